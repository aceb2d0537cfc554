"""GVHD-free, relapse-free survival: each variant counts other chronic GVHD, none is later than DFS."""

from __future__ import annotations

import pytest

from dayzero.endpoints import check_identities, derive
from dayzero.errors import RefusalError
from endpoints.facts import answers, found, reasons, records, whys

VARIANTS = ("grfs_holtan2015", "grfs_ebmt_ruggeri2016", "mgrfs_nih", "crfs")


def _acute(p, day, grade, occurred=None):
    return {"patient_id": p, "day": day, "event": "aGVHD", "grade": grade, "occurred": occurred}


def _chronic(p, day, grade=None, detail=None, occurred=None):
    row = {"patient_id": p, "day": day, "event": "cGVHD", "grade": grade, "detail": detail}
    return {**row, "occurred": occurred}


def _made(people, events, last=900, **more):
    contacts = [{"patient_id": p, "day": last, "alive": "yes"} for p in people]
    return records(people, events=events, follow_up=contacts, **more)


def test_which_gvhd_counts_in_which_variant(engine):
    people = ["acute", "mild", "moderate", "severe", "extensive", "limited", "treated", "both", "none"]
    events = [
        _acute("acute", 30, "III"),
        _acute("mild", 30, "II"),
        _chronic("mild", 200, "mild", "topical treatment only"),
        _chronic("moderate", 150, "mild", "no systemic treatment"),
        _chronic("moderate", 210, "moderate", "no systemic treatment"),
        _chronic("severe", 220, "severe", "systemic treatment"),
        _chronic("extensive", 230, "extensive", "systemic steroids"),
        _chronic("limited", 240, "limited", "not treated"),
        _chronic("treated", 250, "mild"),
        _chronic("both", 260, "severe", "systemic"),
        _acute("both", 60, "IV"),
        {"patient_id": "none", "day": 400, "event": "relapse"},
    ]
    treatments = [
        {"patient_id": "treated", "agent": "ruxolitinib", "start_day": 300, "indication": "chronic GVHD"},
        {"patient_id": "mild", "agent": "tacrolimus", "start_day": 210, "indication": "cGVHD, topical"},
        {"patient_id": "none", "agent": "ciclosporin", "start_day": 1, "indication": "GVHD prophylaxis"},
    ]
    made = engine(_made(people, events, treatments=treatments))
    derived = {name: derive(name, made) for name in (*VARIANTS, "DFS", "OS")}
    times = {name: {p: t for p, (t, cause) in answers(derived[name]).items() if cause} for name in VARIANTS}
    common = {"none": 400, "both": 60, "acute": 30}
    assert times == {
        "grfs_holtan2015": common | {"severe": 220, "extensive": 230, "treated": 300},
        "grfs_ebmt_ruggeri2016": common | {"severe": 220, "extensive": 230},
        "mgrfs_nih": common | {"moderate": 210, "severe": 220},
        "crfs": {"none": 400, "both": 260, "moderate": 210, "severe": 220},
    }
    check_identities(derived)
    seattle = (
        "chronic GVHD, but no row says whether it was moderate or severe chronic GVHD (NIH) [events row {}]"
    )
    assert reasons(derived["mgrfs_nih"]) == {
        "extensive": seattle.format(8),
        "limited": seattle.format(9),
    }
    flags = dict(derived["mgrfs_nih"].frame.select("patient_id", "flags").iter_rows())
    assert flags["severe"] == "grfs_date_approx"  # the first row may be the onset
    assert flags["moderate"] == ""  # the day on which it became moderate is recorded
    assert ("grfs_date_approx", None) in found(derived["mgrfs_nih"])
    why = whys(derived["grfs_holtan2015"])
    assert why["treated"] == (
        "chronic GVHD that needed systemic immunosuppression, on day 300 (treatments row 2)"
    )
    assert why["both"] == "acute GVHD grade III-IV on day 60 (events row 12)"
    assert (
        why["none"] == "relapse on day 400 (events row 13); followed to day 900 (follow_up row 10); no GVHD "
        "that counts before"
    )


@pytest.mark.parametrize(
    ("event", "gvhd", "expected"),
    [("relapse", 99, 99), ("relapse", 100, 100), ("relapse", 101, 100), ("death", 100, 100)],
)
def test_the_first_component_decides(engine, event, gvhd, expected):
    events = [
        {"patient_id": "a", "day": 100, "event": event},
        _acute("a", gvhd, "III"),
        _chronic("b", 50, "severe"),
    ]
    derived = derive("mgrfs_nih", engine(_made(["a", "b"], events, last=40)))
    assert answers(derived) == {"a": (expected, 1), "b": (40, 0)}
    assert found(derived) == [("gvhd_after_observation", "b")]


@pytest.mark.parametrize("name", VARIANTS)
def test_silence_about_gvhd_is_not_no(engine, name):
    chronic_only = _made(["a"], [_chronic("a", None, None, None, "no")])
    nothing = _made(["a"], [{"patient_id": "a", "day": 9, "event": "relapse"}])
    acute_only = _made(["a"], [_acute("a", None, None, "no")])
    with pytest.raises(RefusalError, match="nothing is recorded about chronic GVHD"):
        derive(name, engine(acute_only))
    with pytest.raises(RefusalError, match="nothing is recorded about"):
        derive(name, engine(nothing))
    if name != "crfs":
        with pytest.raises(RefusalError, match=f"^{name} cannot.*nothing is recorded about acute GVHD"):
            derive(name, engine(chronic_only))


def test_no_row_says_whether_the_criterion_was_met(engine):
    made = engine(_made(["a", "b"], [_chronic("a", 200, "extensive"), _acute("b", None, None, "no")]))
    with pytest.raises(RefusalError, match="no row says whether it was moderate or severe"):
        derive("mgrfs_nih", made)
    with pytest.raises(RefusalError, match="needed systemic immunosuppression"):
        derive("grfs_holtan2015", made)
    assert answers(derive("grfs_ebmt_ruggeri2016", made)) == {"a": (200, 1), "b": (900, 0)}


@pytest.mark.parametrize(
    ("grade", "moderate", "severe"),
    [
        ("Severe (NIH)", 1, 1),
        ("moderate-severe", 1, None),
        ("mild to moderate", None, 0),
        ("not severe", None, None),
        ("non-extensive", None, None),
        ("moderate, extensive", 1, 0),  # where NIH is there, NIH decides
        ("limited or extensive", None, None),
        ("limited", None, 0),
        ("2", None, None),
    ],
)
def test_severity_as_written(engine, grade, moderate, severe):
    others = [_chronic("b", 99, "mild, limited"), _acute("b", 9, "I")]
    made = engine(_made(["a", "b"], [_chronic("a", 200, grade), *others]))
    for name, expected in (("mgrfs_nih", moderate), ("grfs_ebmt_ruggeri2016", severe)):
        cause = answers(derive(name, made)).get("a", (0, None))[1]
        assert cause == expected, name


def test_who_cannot_be_counted(engine):
    people = ["unclear", "earlier", "unknown", "unknown_acute", "grade", "after_death", "told", "only_worse"]
    events = [
        _chronic("unclear", 200),
        _chronic("earlier", 200),
        {"patient_id": "earlier", "day": 150, "event": "relapse"},
        _chronic("unknown", None, None, None, "unknown"),
        _acute("unknown_acute", None, None, "unknown"),
        _acute("grade", 30, "II-IV"),
        _chronic("after_death", 300, "severe"),
        {"patient_id": "after_death", "day": 250, "event": "death"},
        _chronic("told", 120, "severe"),
        _chronic("only_worse", None, "severe", None, "no"),
    ]
    derived = derive("mgrfs_nih", engine(_made(people, events, last=240)))
    assert answers(derived) == {"earlier": (150, 1), "told": (120, 1)}
    assert reasons(derived) == {
        "after_death": "GVHD is recorded after death: one of the two days is wrong [events row 8]",
        "grade": "the recorded grade does not say whether it was acute GVHD grade III-IV [events row 7]",
        "only_worse": "of chronic GVHD, only a worse form is denied [events row 11]",
        "unclear": "chronic GVHD, but no row says whether it was moderate or severe chronic GVHD (NIH) "
        "[events row 2]",
        "unknown": "whether chronic GVHD occurred is recorded as unknown [events row 5]",
        "unknown_acute": "whether acute GVHD grade III-IV occurred is recorded as unknown [events row 6]",
    }
    assert "only_worse" not in reasons(
        derive("grfs_ebmt_ruggeri2016", engine(_made(people, events, last=240)))
    )


@pytest.mark.parametrize("row", [_acute("a", None, "IV"), _chronic("a", None, "severe")])
def test_gvhd_without_a_day_refuses(engine, row):
    made = _made(["a", "b"], [row, _acute("b", 9, "I"), _chronic("b", 99, "mild")])
    with pytest.raises(RefusalError, match=r"but not when, for 1 of 2 patients \(a \(events row 2\)\)"):
        derive("grfs_ebmt_ruggeri2016", engine(made))


def test_a_flat_file_that_states_noes_leaves_the_silent_out():
    events = [
        _acute("a", None, "III-IV", "no"),
        _chronic("a", None, "extensive", None, "no"),
        _acute("b", None, "III-IV", "no"),
        _acute("c", 20, "III-IV"),
        _chronic("c", None, None, None, "no"),
    ]
    made = _made(["a", "b", "c", "d"], events, kind="flat file")
    derived = derive("grfs_ebmt_ruggeri2016", made)
    assert answers(derived) == {"a": (900, 0), "c": (20, 1)}
    assert reasons(derived) == {
        "b": "whether chronic GVHD occurred is not recorded",
        "d": "whether acute GVHD grade III-IV occurred is not recorded",
    }


def test_a_given_first_failure_serves_too():
    made = _made(
        ["a", "b"],
        [_acute("a", 20, "IV"), _chronic("b", 100, "mild")],
        given=[
            {"patient_id": "a", "time": 60.5, "outcome": "relapse"},
            {"patient_id": "b", "time": 80.5, "outcome": "death"},
        ],
    )
    derived = derive("mgrfs_nih", made)
    assert answers(derived) == {"a": (20.0, 1), "b": (80.5, 1)}


def test_event_free_survival(engine):
    people = ["cancer", "relapse", "neither", "refractory"]
    transplants = [
        {
            "patient_id": p,
            "day": 0,
            "type": "allogeneic",
            "remission": "not in remission" if p == "refractory" else "CR1",
        }
        for p in people
    ]
    events = [
        {"patient_id": "cancer", "day": 700, "event": "second malignancy"},
        {"patient_id": "cancer", "day": 800, "event": "relapse"},
        {"patient_id": "relapse", "day": 300, "event": "relapse"},
        {"patient_id": "relapse", "day": 500, "event": "second malignancy"},
    ]
    made = engine(_made(people, events, transplants=transplants))
    derived = {name: derive(name, made) for name in ("EFS", "DFS", "OS")}
    check_identities(derived)
    assert answers(derived["EFS"]) == {"cancer": (700, 1), "neither": (900, 0), "relapse": (300, 1)}
    assert whys(derived["EFS"])["cancer"] == "second malignancy on day 700 (events row 2)"
    assert set(reasons(derived["EFS"])) == {"refractory"}
    with pytest.raises(RefusalError, match="nothing is recorded about second malignancy"):
        derive("EFS", engine(_made(people, events[2:3], transplants=transplants)))
