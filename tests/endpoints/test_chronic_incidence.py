"""Chronic GVHD of a severity or on systemic treatment, and GVHD after donor lymphocytes."""

from __future__ import annotations

import pytest

from dayzero.endpoints import Options, derive
from dayzero.errors import RefusalError
from endpoints.facts import alive, answers, happened, reasons, records, treated, whys

MODERATE, SEVERE, SYSTEMIC = "cGVHD_moderate_severe", "cGVHD_severe", "cGVHD_systemic_treatment"


def flags(derived):
    return {p: f for p, f in derived.frame.select("patient_id", "flags").iter_rows() if f}


def test_severity(engine):
    people = {
        "mild": [(150, {"grade": "mild"})],
        "moderate": [(150, {"grade": "moderate"})],
        "severe": [(150, {"grade": "severe"})],
        "worse later": [(150, {"grade": "mild"}), (210, {"grade": "severe"})],
        "extensive": [(150, {"grade": "extensive"})],
        "limited": [(150, {"grade": "limited"})],
        "silent about it": [(150, {})],
        "no": [(None, {"occurred": "no"})],
        "no severe": [(None, {"occurred": "no", "grade": "severe"})],
        "unknown": [(None, {"occurred": "unknown"})],
        "nothing": [],
    }
    made = records(
        list(people),
        events=[happened(who, day, "cGVHD", **more) for who, rows in people.items() for day, more in rows],
        follow_up=alive(400, *people),
    )
    moderate = derive(MODERATE, engine(made))
    assert answers(moderate) == {
        "mild": (400, 0),
        "moderate": (150, 1),
        "no": (400, 0),
        "nothing": (400, 0),
        "severe": (150, 1),
        "worse later": (210, 1),
    }
    assert set(reasons(moderate)) == {"extensive", "limited", "silent about it", "unknown", "no severe"}
    severe = derive(SEVERE, engine(made))
    assert answers(severe) == {
        "extensive": (150, 1),
        "limited": (400, 0),
        "mild": (400, 0),
        "moderate": (400, 0),
        "no": (400, 0),
        "no severe": (400, 0),
        "nothing": (400, 0),
        "severe": (150, 1),
        "worse later": (210, 1),
    }
    assert flags(severe) == {"extensive": "cgvhd_date_approx", "severe": "cgvhd_date_approx"}
    assert whys(severe)["worse later"].endswith("on day 210: as recorded (events row 6)")


def test_systemic_treatment(engine):
    made = records(
        ["treated", "topical", "said", "none"],
        events=[
            happened("treated", 150, "cGVHD", grade="mild"),
            happened("topical", 150, "cGVHD", grade="mild"),
            happened("said", 150, "cGVHD"),
            happened("said", 170, "cGVHD", detail="systemic treatment"),
        ],
        treatments=[
            treated("treated", 160, "corticosteroids", indication="chronic GVHD"),
            treated("topical", 160, "corticosteroids", indication="chronic GVHD, topical"),
        ],
        follow_up=alive(400, "treated", "topical", "said", "none"),
    )
    derived = derive(SYSTEMIC, engine(made))
    assert answers(derived) == {"none": (400, 0), "said": (170, 1), "topical": (400, 0), "treated": (160, 1)}
    assert whys(derived)["treated"].endswith("on day 160: systemic treatment (treatments row 2)")


def test_death_and_second_transplant_compete_and_choices_apply(engine):
    made = records(
        ["died", "again", "lymphocytes"],
        transplants=[
            *({"patient_id": p, "day": 0, "type": "allogeneic"} for p in ("died", "again", "lymphocytes")),
            {"patient_id": "again", "day": 100, "type": "allogeneic"},
            {"patient_id": "lymphocytes", "day": 90, "type": "DLI"},
        ],
        events=[
            happened("died", 80, "death"),
            happened("again", 150, "cGVHD", grade="severe"),
            happened("lymphocytes", 150, "cGVHD", grade="severe"),
            happened("lymphocytes", 100, "aGVHD", grade="III"),
        ],
        follow_up=alive(400, "again", "lymphocytes"),
    )
    derived = derive(SEVERE, engine(made))
    assert answers(derived) == {"again": (100, 3), "died": (80, 2), "lymphocytes": (150, 1)}
    assert flags(derived)["lymphocytes"] == "cgvhd_date_approx;after_donor_lymphocytes"
    assert flags(derive("cGVHD", engine(made)))["lymphocytes"] == "after_donor_lymphocytes"
    assert flags(derive("aGVHD_III_IV", engine(made)))["lymphocytes"] == "after_donor_lymphocytes"
    assert answers(derive(SEVERE, engine(made), Options(second_transplant="ignore")))["again"] == (150, 1)
    cut = derive(SEVERE, engine(made), Options(donor_lymphocytes="censor"))
    assert answers(cut)["lymphocytes"] == (90, 0)


@pytest.mark.parametrize("endpoint", [MODERATE, "mgrfs_nih", "crfs"])
def test_who_is_left_out_for_want_of_a_severity_is_warned_of(engine, endpoint):
    people = {"severe": "severe", "limited": "limited", "no grade": None}
    made = records(
        ["none", *people],
        events=[happened(who, 150, "cGVHD", grade=grade) for who, grade in people.items()]
        + [happened("none", None, "aGVHD", occurred="no", grade="III-IV")],
        follow_up=alive(400, "none", *people),
    )
    findings = derive(endpoint, engine(made)).findings
    told = [finding for finding in findings if finding.id == "endpoints.chronic_gvhd_left_out"]
    assert [(finding.severity, finding.what.split(",")[0]) for finding in told] == [
        ("warning", "2 patients with chronic GVHD are not counted")
    ]
    assert "more frequent than estimated" in told[0].what


def test_what_cannot_be_told_is_refused(engine):
    nothing = records(["p"], follow_up=alive(9, "p"))
    with pytest.raises(RefusalError, match="nothing is recorded about chronic GVHD"):
        derive(SEVERE, engine(nothing))
    ungraded = records(["p"], events=[happened("p", 150, "cGVHD")], follow_up=alive(400, "p"))
    with pytest.raises(RefusalError, match="no row says whether it was severe chronic GVHD"):
        derive(SEVERE, engine(ungraded))
    undated = records(["p"], events=[happened("p", None, "cGVHD", grade="severe")], follow_up=alive(400, "p"))
    with pytest.raises(RefusalError, match="is known, but not when"):
        derive(SEVERE, engine(undated))
    flat = records(
        ["p", "q"],
        kind="flat file",
        events=[
            happened("p", 150, "cGVHD", grade="severe"),
            happened("q", None, "cGVHD", occurred="unknown"),
        ],
        follow_up=alive(400, "p", "q"),
    )
    with pytest.raises(RefusalError, match="for nobody as not having happened"):
        derive(SEVERE, engine(flat))
