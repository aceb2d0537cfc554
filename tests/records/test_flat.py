"""A flat file spread over the tables by its mapping."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dayzero import records
from dayzero.errors import BadInputError
from records.making import ids, of, read_flat

if TYPE_CHECKING:
    from pathlib import Path

EVENT = """
[[data.events]]
event = { value = "platelet engraftment" }
"""


def events(found: records.Records) -> list[tuple[str, int | None]]:
    return found.tables["events"].select("occurred", "day").rows()


def test_defaults(tmp_path: Path) -> None:
    """No id: the row number. No transplant: one allogeneic on day 0. No patients: ids alone."""
    found = read_flat(tmp_path, "x\n1\n2\n", "")
    assert found.tables["patients"].select("row", "patient_id").rows() == [(2, "2"), (3, "3")]
    assert found.tables["transplants"].select("patient_id", "day", "type").rows() == [
        ("2", 0, "allogeneic"),
        ("3", 0, "allogeneic"),
    ]
    assert found.key is None


def test_codes_of_numbers_and_text(tmp_path: Path) -> None:
    mapping = '[data.patients]\nsex = { column = "s", codes = { 1 = "male", "0" = "F" } }'
    found = read_flat(tmp_path, "s\n1\n0\n1.0\n2\n\n", mapping)
    assert found.tables["patients"]["sex"].to_list() == ["male", "female", "male", None]
    (finding,) = of(found.findings, "unknown_code")
    assert (finding.where.row, finding.found, finding.allowed) == (5, "2", "1 (male), 0 (female)")


def test_codes_of_the_schema_need_no_mapping(tmp_path: Path) -> None:
    mapping = '[data.transplants]\ngraft = { column = "source" }'
    found = read_flat(tmp_path, "source\nBM+PB\nPB\nhoney\n", mapping)
    assert found.tables["transplants"]["graft"].to_list() == [
        "bone marrow and peripheral blood",
        "peripheral blood",
        None,
    ]
    assert of(found.findings, "unknown_code")[0].where.column == "source"


def test_an_empty_cell_that_means_no_is_named_and_one_column_is_one(tmp_path: Path) -> None:
    mapping = EVENT + 'date = { column = "plt", never = [""] }'
    said = [finding.what for finding in read_flat(tmp_path, "plt,x\n12,a\n,b\n", mapping).findings]
    assert any(
        text.startswith("The value '' (the empty cell) stands for 'it did not happen'") for text in said
    )
    assert "1 column of the file is not mapped and was not read." in said


def test_never_is_no_and_empty_is_unknown(tmp_path: Path) -> None:
    mapping = EVENT + 'date = { column = "plt", never = [1000000] }'
    found = read_flat(tmp_path, "plt,x\n12,a\n1000000,a\n1e6,a\n,a\n", mapping)
    assert events(found) == [("yes", 12), ("no", None), ("no", None), ("unknown", None)]
    counts = {finding.found: finding.what for finding in of(found.findings, "sentinel_used")}
    assert "1 of 4 patients" in counts["1000000"]
    (missing,) = of(found.findings, "missing_values")
    assert "row 5" in missing.what
    assert 'never = [""]' in missing.hint


def test_empty_declared_as_never(tmp_path: Path) -> None:
    found = read_flat(tmp_path, "plt,x\n12,a\n,a\n", EVENT + 'date = { column = "plt", never = [""] }')
    assert events(found) == [("yes", 12), ("no", None)]
    assert "missing_values" not in ids(found.findings)


def test_an_undeclared_sentinel_is_not_a_day(tmp_path: Path) -> None:
    found = read_flat(tmp_path, "plt\n12\n1000000\n9999\n14\n", EVENT + 'date = { column = "plt" }')
    assert events(found) == [("yes", 12), ("unknown", None), ("unknown", None), ("yes", 14)]
    assert {finding.where.row for finding in of(found.findings, "implausible_day")} == {3}
    assert {finding.where.row for finding in of(found.findings, "sentinel_suspected")} == {4}


OCCURRED = """
date = { column = "day", never = ["-"] }
occurred = { column = "flag", codes = { 0 = "yes", 1 = "no" } }
"""


@pytest.mark.parametrize(
    ("cells", "default", "by_day", "by_flag"),
    [
        ("12,0", ("yes", 12), ("yes", 12), ("yes", 12)),
        ("-,1", ("no", None), ("no", None), ("no", None)),
        (",1", ("no", None), ("no", None), ("no", None)),
        (",0", ("yes", None), ("yes", None), ("yes", None)),
        ("12,", ("yes", 12), ("yes", 12), ("yes", 12)),
        (",", ("unknown", None), ("unknown", None), ("unknown", None)),
        ("12,1", ("unknown", None), ("yes", 12), ("no", None)),
        ("-,0", ("unknown", None), ("no", None), ("yes", None)),
        ("12,7", ("unknown", None), ("unknown", None), ("unknown", None)),
    ],
)
def test_day_and_flag(
    tmp_path: Path,
    cells: str,
    default: tuple[str, int | None],
    by_day: tuple[str, int | None],
    by_flag: tuple[str, int | None],
) -> None:
    for rule, expected in (("unknown", default), ("use day", by_day), ("use occurred", by_flag)):
        mapping = f'{EVENT}{OCCURRED}contradiction = "{rule}"'
        found = read_flat(tmp_path, f"day,flag,x\n{cells},a\n", mapping)
        assert events(found) == [expected]
        assert bool(of(found.findings, "event_contradiction")) == (cells in ("12,1", "-,0"))
        assert of(found.findings, "zero_means_yes")


def test_one_day_for_all_is_the_day_of_those_in_whom_it_occurred(tmp_path: Path) -> None:
    mapping = (
        EVENT + 'date = { value = "100" }\noccurred = { column = "flag", codes = { 1 = "yes", 0 = "no" } }'
    )
    found = read_flat(tmp_path, "flag,x\n1,a\n0,a\n,a\n", mapping)
    assert events(found) == [("yes", 100), ("no", None), ("unknown", None)]
    assert not of(found.findings, "event_contradiction")


def test_when(tmp_path: Path) -> None:
    mapping = """
[[data.events]]
event = { value = "death" }
date = { column = "time" }
when = { column = "status", is = [1] }
[[data.follow_up]]
date = { column = "time" }
alive = { column = "status", codes = { 1 = "no", 0 = "yes" } }
"""
    found = read_flat(tmp_path, "time,status\n100,1\n200,0\n", mapping)
    assert found.tables["events"].select("patient_id", "day").rows() == [("2", 100)]
    assert found.tables["follow_up"].select("day", "alive").rows() == [(100, "no"), (200, "yes")]
    assert records.check(found)[0].id == "records.no_causes_of_death"


def test_units_of_time(tmp_path: Path) -> None:
    mapping = """
[[data.follow_up]]
date = { column = "months", unit = "months" }
alive = { value = "yes" }
[[data.given]]
name = "first failure"
time = { column = "months", unit = "months" }
outcome = { column = "status", codes = { 0 = "censored", 1 = "relapse", 2 = "death" } }
"""
    found = read_flat(tmp_path, "months,status\n9.5,1\n0.67,2\n131.77,0\n,0\n", mapping)
    assert found.tables["follow_up"]["day"].to_list() == [289, 20, 4011]
    assert found.given.select("row", "outcome").rows() == [(2, "relapse"), (3, "death"), (4, "censored")]
    assert found.given["time"].to_list() == [9.5 * 30.4375, 0.67 * 30.4375, 131.77 * 30.4375]
    assert "30.4375 days each" in of(found.findings, "converted_time")[0].what
    assert len(of(found.findings, "missing_values")) == 1


def test_fractions_of_a_day_are_rounded_and_said(tmp_path: Path) -> None:
    found = read_flat(tmp_path, "plt\n12.4\n", EVENT + 'date = { column = "plt" }')
    assert events(found) == [("yes", 12)]
    assert of(found.findings, "day_not_whole")[0].where.row == 2


def test_dates(tmp_path: Path) -> None:
    mapping = '[data.transplants]\ndate = { column = "hsct" }\n' + EVENT + 'date = { column = "plt" }'
    found = read_flat(tmp_path, "hsct,plt\n01/02/2020,13/02/2020\n", mapping, order="dmy")
    assert events(found) == [("yes", 12)]
    assert found.key is not None


def test_variables(tmp_path: Path) -> None:
    mapping = """
[data]
missing = ["?"]
[data.variables.risk]
column = "r"
codes = { 1 = "high", 0 = "low" }
label = "Risk group"
[data.variables.weight]
column = "kg"
unit = "kg"
[data.variables.again]
column = "s"
type = "yes/no"
codes = { 1 = "yes", 0 = "no" }
known = "after day 0"
"""
    found = read_flat(tmp_path, "r,kg,s\n1,20.5,1\n0,?,0\n?,999,\nNA,30,0\n", mapping)
    patients = found.tables["patients"]
    assert patients["risk"].to_list() == ["high", "low", None, None]
    assert patients["weight"].to_list() == [20.5, None, None, 30.0]
    assert patients["again"].to_list() == ["yes", "no", None, "no"]
    assert found.variables["risk"].label == "Risk group"
    assert found.variables["weight"].unit == "kg"
    assert found.variables["again"].known == "after day 0"
    assert ids(found.findings) >= {"unknown_code", "sentinel_suspected", "missing_optional"}


def test_a_missing_code_that_was_not_declared_is_said(tmp_path: Path) -> None:
    found = read_flat(tmp_path, "r\nNA\nhigh\n", '[data.variables.risk]\ncolumn = "r"')
    assert found.tables["patients"]["risk"].to_list() == ["NA", "high"]
    assert of(found.findings, "looks_missing")[0].where.column == "r"


def test_measurements_of_those_who_have_one(tmp_path: Path) -> None:
    mapping = """
[[data.measurements]]
date = { value = "-7" }
analyte = { value = "MRD" }
value = { column = "mrd", unit = "%" }
"""
    found = read_flat(tmp_path, "mrd,x\n0.01,a\nnegative,a\n,a\nnot done,a\n", mapping)
    rows = found.tables["measurements"].select("patient_id", "day", "value", "unit", "text").rows()
    assert rows == [
        ("2", -7, 1e-4, "fraction", "0.01"),
        ("3", -7, None, "%", "negative"),
        ("5", -7, None, "%", "not done"),
    ]


def test_ids_twice_or_missing(tmp_path: Path) -> None:
    mapping = '[data]\nid = { column = "who" }\n' + EVENT + 'date = { column = "plt" }'
    found = read_flat(tmp_path, "who,plt\n007,1\n007,2\n,3\n8,4\n", mapping)
    assert found.tables["events"].select("patient_id", "day").rows() == [("007", 1), ("8", 4)]
    assert of(found.findings, "duplicate_patient")[0].where.row == 3
    assert of(found.findings, "missing_key")[0].where.row == 4


def test_a_column_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="unknown column 'plat'") as error:
        read_flat(tmp_path, "plt\n1\n", EVENT + 'date = { column = "plat" }')
    assert error.value.allowed == "plt"


def test_a_file_without_headers_shows_no_patient(tmp_path: Path) -> None:
    with pytest.raises(BadInputError) as error:
        read_flat(
            tmp_path,
            "Mario,Rossi,12.3.2010,7\nAnna,Bianchi,1.1.2011,8\n",
            EVENT + 'date = { column = "plt" }',
        )
    assert "Rossi" not in str(error.value)


def test_only_a_header(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="header but no row"):
        read_flat(tmp_path, "plt\n", "")
