"""REDCap exports: rows of instruments and events, choices, boxes, blanks, and identifiers never read."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

from dayzero import records
from dayzero.errors import BadInputError
from records.making import of
from records.same_patients import REDCAP_MAPPING, as_redcap

if TYPE_CHECKING:
    from pathlib import Path

    from dayzero.records import Records

HEADER = (
    "field_name,form_name,field_type,field_label,select_choices_or_calculations,"
    "text_validation_type_or_show_slider_number,identifier,branching_logic\n"
)
DICTIONARY = (
    "record_id,base,text,Record ID,,,,\n"
    "surname,base,text,Surname,,,y,\n"
    "dob,base,text,Born,,date_dmy,y,\n"
    'sex,base,radio,Sex,"1, Female | 2, Male",,,\n'
    "tx,base,text,Transplant,,date_dmy,,\n"
    'rem,base,dropdown,Remission,"1, CR2 | 2, CR1 | 9, Other",,,\n'
    "relapse,out,yesno,Relapse?,,,,\n"
    "rel_date,out,text,Date,,date_dmy,,[relapse] = '1'\n"
    'compl,out,checkbox,Complications,"1, VOD | 2, TMA",,,\n'
    "note,out,notes,<b>Note</b>,,,,\n"
    "ae_date,ae,text,Date,,date_dmy,,\n"
)
HEAD = "record_id,surname,dob,sex,tx,rem,base_complete,relapse,rel_date,compl___1,compl___2,note,out_complete"
PATIENTS = "[data.patients]\nsex = { column = 'sex' }\nbirth_date = { column = 'dob' }\n"
TRANSPLANTS = "[data.transplants]\ndate = { column = 'tx' }\nremission = { column = 'rem' }\n"
RELAPSE = """
[[data.events]]
event = { value = "relapse" }
occurred = { column = "relapse" }
date = { column = "rel_date" }
"""
VOD = '[[data.events]]\nevent = { value = "VOD" }\noccurred = { column = "compl___1" }\n'


def read(path: Path, rows: str, mapping: str, *, head: str = HEAD, dictionary: str = DICTIONARY) -> Records:
    folder = path / "project"
    folder.mkdir(exist_ok=True)
    (folder / "export.csv").write_text(f"{head}\n{rows}", encoding="utf-8")
    (folder / "dictionary.csv").write_text(HEADER + dictionary, encoding="utf-8")
    section = {"layout": "REDCap", **tomllib.loads(mapping).get("data", {})}
    return records.read(folder, mapping=records.flat_mapping(section, "study.toml, [data]"))


ROWS = (
    "7,Roe,2010-05-06,1,2021-02-03,2,2,0,,0,1,hello,2\n"
    "8,Doe,2011-05-06,2,2021-03-03,1,2,1,2021-05-02,1,0,,1\n"
    "9,Poe,2012-05-06,2,2021-04-03,9,2,,,0,0,,0\n"
)


def test_choices_supply_the_codes(tmp_path: Path) -> None:
    """Codes 1 and 2 are CR2 and CR1 here: the labels count, not that the schema knows 1 as CR1."""
    found = read(tmp_path, ROWS, PATIENTS + TRANSPLANTS)
    assert found.tables["patients"].select("patient_id", "sex", "age").rows() == [
        ("7", "female", 10.0),
        ("8", "male", 9.0),
        ("9", "male", 8.0),
    ]
    assert found.tables["transplants"]["remission"].to_list() == ["CR1", "CR2", None]
    (other,) = of(found.findings, "redcap_other_choice")
    assert "Other" in other.what
    assert [f.where.row for f in of(found.findings, "unknown_code")] == [4]


def test_codes_of_the_mapping_may_name_code_or_label(tmp_path: Path) -> None:
    codes = 'codes = { "1" = "CR2", "cr1" = "CR1", "Other" = "not in remission" }'
    mapping = TRANSPLANTS.replace("column = 'rem'", f"column = 'rem', {codes}")
    found = read(tmp_path, ROWS, PATIENTS + mapping)
    assert found.tables["transplants"]["remission"].to_list() == ["CR1", "CR2", "not in remission"]
    assert not of(found.findings, "redcap_other_choice")


def test_labels_that_say_nothing_need_codes(tmp_path: Path) -> None:
    dictionary = DICTIONARY.replace("1, CR2 | 2, CR1 | 9, Other", "1, erste | 2, zweite")
    with pytest.raises(BadInputError, match="no choice of the field 'rem'"):
        read(tmp_path, ROWS, PATIENTS + TRANSPLANTS, dictionary=dictionary)


def test_an_instrument_that_nobody_filled_in_says_unknown(tmp_path: Path) -> None:
    """Patient 9: boxes exported as 0, status incomplete. That is not a no."""
    found = read(tmp_path, ROWS, PATIENTS + TRANSPLANTS + RELAPSE + VOD)
    events = (
        found.tables["events"].select("patient_id", "event", "occurred", "day").sort("patient_id", "event")
    )
    assert events.rows() == [
        ("7", "VOD", "no", None),
        ("7", "relapse", "no", None),
        ("8", "VOD", "yes", None),
        ("8", "relapse", "yes", 60),
        ("9", "VOD", "unknown", None),
        ("9", "relapse", "unknown", None),
    ]
    assert {"1 row in which" in f.what for f in of(found.findings, "redcap_unfilled")} == {True}
    assert ["out" in f.what for f in of(found.findings, "redcap_incomplete")] == [True]


def test_a_blank_that_branching_hides_is_no_missing_answer(tmp_path: Path) -> None:
    mapping = PATIENTS + TRANSPLANTS + '[data.variables.when]\ncolumn = "rel_date"\n'
    found = read(tmp_path, ROWS, mapping)
    assert "rel_date" not in {f.where.column for f in found.findings if f.id.startswith("records.missing")}
    shown = read(tmp_path, ROWS, mapping, dictionary=DICTIONARY.replace("[relapse] = '1'", ""))
    assert "rel_date" in {f.where.column for f in shown.findings if f.id.startswith("records.missing")}


def test_identifiers_are_dropped_and_named(tmp_path: Path) -> None:
    found = read(tmp_path, ROWS, PATIENTS + TRANSPLANTS)
    (gone,) = of(found.findings, "redcap_identifiers")
    assert gone.what.endswith("unread: surname.")
    (dates,) = of(found.findings, "redcap_identifier_dates")
    assert "dob" in dates.what
    seen = repr(found.findings) + repr([frame.rows() for frame in found.tables.values()])
    assert not any(word in seen for word in ("Roe", "Doe", "hello", "2010", "2011"))


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ("[data.patients]\ncentre = { column = 'surname' }", "marked as an identifier"),
        ("[data.patients]\ncentre = { column = 'dob' }", "marked as an identifier"),
        ("[data.variables.born]\ncolumn = 'dob'", "marked as an identifier"),
        ("[data.patients]\nsex = { column = 'sexe' }", "did you mean 'sex'"),
        ("[data.patients]\nsex = { column = 'ae_date' }", "although the data dictionary has the field"),
        ("[data.patients]\nform = 'bas'\nsex = { column = 'sex' }", "unknown instrument 'bas'"),
        ("[data.transplants]\nform = 'out'\ndate = { column = 'tx' }", "has fields of others"),
        ("[data.patients]\nredcap_event = 'x'\nsex = { column = 'sex' }", "unknown event"),
    ],
)
def test_mappings_that_are_refused(tmp_path: Path, mapping: str, said: str) -> None:
    with pytest.raises(BadInputError, match=said):
        read(tmp_path, ROWS, mapping)


def test_form_and_event_belong_to_redcap() -> None:
    section = {"patients": {"form": "base"}}
    with pytest.raises(BadInputError, match="unknown field 'form'"):
        records.flat_mapping(section, "study.toml, [data]")


REPEATING = (
    "record_id,redcap_repeat_instrument,redcap_repeat_instance,sex,dob,tx,base_complete,ae_date,ae_complete\n"
)


def test_repeating_instruments(tmp_path: Path) -> None:
    """Each instance is a row; a record without one has none, and a record without a base row is refused."""
    rows = (
        "7,,,1,2010-05-06,2021-02-03,2,,\n7,ae,1,,,,,2021-02-13,2\n7,ae,2,,,,,2021-02-23,2\n"
        "8,,,1,2010-05-06,2021-02-03,2,,\n9,ae,1,,,,,2021-02-13,2\n"
    )
    mapping = PATIENTS + "[data.transplants]\ndate = { column = 'tx' }\n"
    mapping += "[[data.events]]\nevent = { value = 'infection' }\ndate = { column = 'ae_date' }\n"
    found = read(tmp_path, rows, mapping, head=REPEATING.strip())
    assert found.tables["events"].select("patient_id", "day").rows() == [("7", 10), ("7", 20)]
    assert [f.where.row for f in of(found.findings, "redcap_no_patient_row")] == [6]
    with pytest.raises(BadInputError, match="of which one repeats"):
        read(
            tmp_path,
            rows,
            mapping.replace("event = {", "site = { column = 'sex' }\nevent = {"),
            head=REPEATING.strip(),
        )


def test_a_longitudinal_project_needs_the_event_of_its_patients(tmp_path: Path) -> None:
    section = tomllib.loads(REDCAP_MAPPING)["data"]
    section["patients"] = {"sex": {"column": "sex"}}
    project = as_redcap(tmp_path)
    found = records.read(project, mapping=records.flat_mapping(section, "study.toml, [data]"))
    assert len(found.tables["patients"]) == 5  # the instrument is filled in at one event only
    text = (project / "export.csv").read_text()
    columns = text.splitlines()[0].split(",")
    row = dict.fromkeys(columns, "") | {"record_id": "P1", "redcap_event_name": "late_arm_1", "sex": "1"}
    (project / "export.csv").write_text(text + ",".join(row.values()) + "\n")
    with pytest.raises(BadInputError, match="redcap_event = "):
        records.read(project, mapping=records.flat_mapping(section, "study.toml, [data]"))


def test_labels_that_several_fields_share(tmp_path: Path) -> None:
    """Two of three columns called Date are exported: which two, nobody can say."""
    head = "Record ID,Born,Sex,Transplant,Date"
    rows = "7,2010-05-06,Female,2021-02-03,2021-05-02\n"
    found = read(tmp_path, rows, PATIENTS + "[data.transplants]\ndate = { column = 'tx' }\n", head=head)
    assert of(found.findings, "redcap_label_twice")
    assert found.tables["patients"]["sex"].to_list() == ["female"]
    with pytest.raises(BadInputError, match="no column 'ae_date'"):
        read(
            tmp_path,
            rows,
            PATIENTS + "[[data.events]]\nevent = { value = 'VOD' }\ndate = { column = 'ae_date' }",
            head=head,
        )


def test_the_pair_of_files(tmp_path: Path) -> None:
    read(tmp_path, ROWS, PATIENTS)
    file = tmp_path / "project" / "export.csv"
    section = {"layout": "REDCap", "dictionary": "dictionary.csv"}
    found = records.read(file, mapping=records.flat_mapping(section, "study.toml, [data]"))
    assert len(found.tables["patients"]) == 3
    for wrong, said in (({}, "is not named"), ({"dictionary": "x.csv"}, "there is no file 'x.csv'")):
        with pytest.raises(BadInputError, match=said):
            records.read(
                file, mapping=records.flat_mapping({"layout": "REDCap", **wrong}, "study.toml, [data]")
            )
    (tmp_path / "project" / "second.csv").write_text("a,b\n1,2\n")
    with pytest.raises(BadInputError, match="2 exports and 1 data dictionaries"):
        read(tmp_path, ROWS, PATIENTS)


def test_an_identifying_record_id_is_refused(tmp_path: Path) -> None:
    dictionary = DICTIONARY.replace("Record ID,,,,", "Record ID,,,y,", 1)
    with pytest.raises(BadInputError, match="record id 'record_id' is marked"):
        read(tmp_path, ROWS, PATIENTS, dictionary=dictionary)


def test_no_contact_is_no_missing_answer(tmp_path: Path) -> None:
    """Of two who died no contact was filled in: that is no empty cell."""
    section = tomllib.loads(REDCAP_MAPPING)["data"]
    found = records.read(as_redcap(tmp_path), mapping=records.flat_mapping(section, "study.toml, [data]"))
    assert {f.severity for f in found.findings} == {"note"}
    assert len(found.tables["follow_up"]) == 3
