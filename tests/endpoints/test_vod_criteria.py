"""VOD/SOS by the criteria of each publication: every criterion at its edge, alone and together."""

from __future__ import annotations

import pytest

from dayzero.endpoints import Options, derive
from dayzero.errors import RefusalError
from endpoints.facts import alive, answers, found, happened, measured, reasons, records, whys

CHILD, ADULT, CLINICAL = "VOD_paediatric_EBMT2018", "VOD_adult_EBMT2023", "VOD_adult_EBMT2023_clinical"
BALTIMORE, SEATTLE = "VOD_Baltimore", "VOD_modified_Seattle"


LOOKED = ("hepatomegaly", "ascites", "weight gain", "refractory thrombocytopenia", "liver ultrasound")


def cohort(cases):
    """Return records of a patient for each case, and of ``q``; in all of them everything was looked for."""
    people = [f"p{n:02}" for n in range(len(cases))]
    events = [happened("q", None, event, occurred="no") for event in LOOKED]
    results = [
        measured(who, day, analyte, value)
        for who in ("q", *people)
        for day in (0, 1)
        for analyte, value in (("bilirubin", 0.5), ("weight", 20.0))
    ]
    for who, (shown, values) in zip(people, cases, strict=True):
        events += [happened(who, *event[:2], **(event[2] if len(event) > 2 else {})) for event in shown]
        results += [measured(who, *result) for result in values]
    return records(["q", *people], events=events, measurements=results, follow_up=alive(100, "q", *people))


def days(derived):
    """Return the day on which each patient met the criteria, else None."""
    return {p: time if cause == 1 else None for p, (time, cause) in answers(derived).items() if p != "q"}


ASCITES, LIVER = (10, "ascites"), (10, "hepatomegaly")
PAIN = (10, "hepatomegaly", {"grade": "painful"})


PAEDIATRIC_CASES = (
    ([ASCITES], [], None),
    ([ASCITES, LIVER], [], 10),
    ([ASCITES, (12, "refractory thrombocytopenia")], [], 12),
    ([LIVER, (9, "weight gain")], [], 10),
    ([(9, "weight gain"), (9, "refractory thrombocytopenia")], [], 9),
    # two signs of one criterion are one criterion
    ([(9, "weight gain")], [(9, "weight", 21.1)], None),
    # weight more than 5% over baseline: 5.0% is not, 5.1% is
    ([ASCITES], [(11, "weight", 21.0)], None),
    ([ASCITES], [(11, "weight", 21.02)], 11),
    # bilirubin risen to 2 mg/dL within 72 hours: 1.9 is not, 2.0 is; 3 days are, 4 are not
    ([ASCITES], [(9, "bilirubin", 1.0), (11, "bilirubin", 1.9)], None),
    ([ASCITES], [(9, "bilirubin", 1.0), (11, "bilirubin", 2.0)], 11),
    ([ASCITES], [(9, "bilirubin", 1.0), (12, "bilirubin", 2.0)], 12),
    ([ASCITES], [(9, "bilirubin", 1.0), (13, "bilirubin", 2.0)], None),
    ([ASCITES], [(9, "bilirubin", 2.0), (11, "bilirubin", 2.5)], None),
    # rising on 3 consecutive days: 3 rises
    ([ASCITES], [(9, "bilirubin", 0.6), (10, "bilirubin", 0.7), (11, "bilirubin", 0.8)], 11),
    ([ASCITES], [(9, "bilirubin", 0.4), (10, "bilirubin", 0.7), (11, "bilirubin", 0.8)], None),
    ([ASCITES], [(9, "bilirubin", 0.6), (10, "bilirubin", 0.7), (11, "bilirubin", 0.7)], None),
    ([ASCITES], [(9, "bilirubin", 0.6), (11, "bilirubin", 0.7), (12, "bilirubin", 0.8)], None),
    # no limit of onset
    ([(60, "ascites"), (61, "hepatomegaly")], [], 61),
    # signs more than 14 days apart do not stand together
    ([(10, "ascites"), (24, "hepatomegaly")], [], 24),
    ([(10, "ascites"), (25, "hepatomegaly")], [], None),
)


def test_paediatric(engine):
    made = cohort([case[:2] for case in PAEDIATRIC_CASES])
    expected = {f"p{n:02}": day for n, (_, _, day) in enumerate(PAEDIATRIC_CASES)}
    assert days(derive(CHILD, engine(made))) == expected


def test_a_result_below_a_bound_is_lower_than_2(engine):
    made = cohort([([ASCITES], [(11, "bilirubin", 2.0)])])
    low = measured("p00", 10, "bilirubin", 0.3, operator="<")
    made.tables["measurements"].extend(
        records(["p"], measurements=[{**low, "row": 99}]).tables["measurements"]
    )
    assert answers(derive(CHILD, engine(made)))["p00"] == (11, 1)


OTHER_CASES = (
    (ADULT, [PAIN], [], None, ""),
    (ADULT, [LIVER, ASCITES], [], None, ""),
    (ADULT, [PAIN, ASCITES], [], 10, "derived;probable;classical"),
    (ADULT, [(10, "liver ultrasound"), ASCITES], [], 10, "derived;probable;classical"),
    (ADULT, [ASCITES], [(21, "bilirubin", 2.0)], 21, "derived;probable;classical"),
    (ADULT, [ASCITES], [(22, "bilirubin", 2.0)], 22, "derived;probable;late"),
    (ADULT, [ASCITES], [(11, "bilirubin", 1.9)], None, ""),
    (ADULT, [ASCITES], [(11, "weight", 21.0)], None, ""),
    (ADULT, [ASCITES], [(11, "weight", 21.02)], 11, "derived;probable;classical"),
    (ADULT, [ASCITES, (10, "weight gain")], [], None, ""),
    (ADULT, [PAIN, ASCITES], [(10, "bilirubin", 2.0)], 10, "derived;clinical;classical"),
    (ADULT, [(30, "VOD", {"detail": "liver biopsy"})], [], 30, "derived;proven;late"),
    (ADULT, [(30, "VOD", {"detail": "no biopsy"})], [], None, ""),
    (ADULT, [], [(15, "HVPG", 9.9)], None, ""),
    (ADULT, [], [(15, "HVPG", 10.0)], 15, "derived;proven;classical"),
    (CLINICAL, [PAIN, ASCITES, (10, "liver ultrasound")], [], None, ""),
    (CLINICAL, [PAIN, ASCITES], [(11, "bilirubin", 2.0)], 11, "derived;clinical;classical"),
    (CLINICAL, [PAIN], [(11, "bilirubin", 2.0)], None, ""),
    (CLINICAL, [PAIN, ASCITES], [(11, "weight", 22.0)], None, ""),
    (
        CLINICAL,
        [ASCITES],
        [(12, "bilirubin", 9.0), (12, "weight", 22.0)],
        12,
        "derived;clinical;classical",
    ),
    (BALTIMORE, [LIVER, ASCITES], [(21, "bilirubin", 2.0)], 21, "derived"),
    (BALTIMORE, [LIVER, ASCITES], [(22, "bilirubin", 2.0)], None, ""),
    (BALTIMORE, [LIVER, ASCITES], [(20, "weight", 21.0)], None, ""),
    (BALTIMORE, [LIVER], [(12, "bilirubin", 2.0), (12, "weight", 21.0)], 12, "derived"),
    (BALTIMORE, [LIVER], [(12, "bilirubin", 2.0), (12, "weight", 20.98)], None, ""),
    (SEATTLE, [LIVER], [(12, "bilirubin", 2.0)], None, ""),
    (SEATTLE, [LIVER], [(20, "bilirubin", 2.1)], 20, "derived"),
    (SEATTLE, [LIVER], [(21, "bilirubin", 2.1)], None, ""),
    (SEATTLE, [LIVER], [(12, "weight", 20.4)], None, ""),
    (SEATTLE, [LIVER], [(12, "weight", 20.42)], 12, "derived"),
    (SEATTLE, [LIVER, ASCITES], [], None, ""),
)


@pytest.mark.parametrize("name", [ADULT, CLINICAL, BALTIMORE, SEATTLE])
def test_other_criteria(engine, name):
    cases = [case[1:] for case in OTHER_CASES if case[0] == name]
    derived = derive(name, engine(cohort([case[:2] for case in cases])))
    assert days(derived) == {f"p{n:02}": day for n, (_, _, day, _) in enumerate(cases)}
    flags = dict(derived.frame.select("patient_id", "flags").iter_rows())
    assert flags == {"q": ""} | {f"p{n:02}": flag for n, (*_, flag) in enumerate(cases)}


def test_the_window_is_an_option(engine):
    made = engine(cohort([([(10, "ascites"), (30, "hepatomegaly")], [])]))
    assert answers(derive(CHILD, made, Options(vod_together_days=20)))["p00"] == (30, 1)


def test_why_names_each_sign_and_its_row(engine):
    made = cohort([([ASCITES], [(9, "bilirubin", 1.0), (11, "bilirubin", 2.0)])])
    derived = derive(CHILD, engine(made))
    assert whys(derived) == {
        "p00": "VOD/SOS (paediatric EBMT 2018) on day 11: ascites on day 10 (events row 7), bilirubin risen "
        "to at "
        "least 2 mg/dL within 72 hours on day 11 (measurements row 11)",
        "q": "no VOD/SOS (paediatric EBMT 2018) to day 100 (follow_up row 2); 5 of 5 criteria could be told",
    }


def test_death_and_a_second_transplant_compete(engine):
    people = ["died", "again", "after", "first", "undated"]
    made = records(
        people,
        transplants=[
            *({"patient_id": p, "day": 0, "type": "allogeneic"} for p in people),
            {"patient_id": "again", "day": 20, "type": "allogeneic"},
        ],
        events=[
            *(happened(p, 30, "ascites") for p in ("again", "after", "first")),
            *(happened(p, 30, "hepatomegaly") for p in ("again", "after", "first")),
            happened("died", 15, "death"),
            happened("after", 25, "death"),
            happened("first", 30, "death"),
        ],
        measurements=[measured(p, 5, "bilirubin", 0.5) for p in people],
        follow_up=alive(100, "again", "undated"),
    )
    derived = derive(CHILD, engine(made))
    assert answers(derived) == {"again": (20, 3), "died": (15, 2), "first": (30, 1), "undated": (100, 0)}
    assert reasons(derived) == {
        "after": "VOD/SOS (paediatric EBMT 2018) is found after death: one of the two days is wrong [day 30]"
    }
    assert derived.causes == ("VOD/SOS (paediatric EBMT 2018)", "death", "second transplant")


def test_who_was_not_looked_at_is_not_counted(engine):
    made = records(
        ["measured", "silent", "asked"],
        events=[happened("measured", 5, "ascites"), happened("asked", None, "ascites", occurred="unknown")],
        measurements=[measured("measured", 5, "bilirubin", 0.5), measured("asked", 5, "bilirubin", 0.5)],
        follow_up=alive(100, "measured", "silent", "asked"),
    )
    derived = derive(CHILD, engine(made))
    assert answers(derived) == {"measured": (100, 0)}
    few = "fewer than 2 of the criteria can be told from what is recorded"
    assert reasons(derived) == {"silent": few, "asked": few}
    baltimore = records(
        ["p", "q"],
        events=[happened("q", 5, "ascites"), happened("q", 5, "hepatomegaly")],
        measurements=[measured("q", d, "weight", 20.0) for d in (0, 5)]
        + [measured("q", 5, "bilirubin", 0.5)],
        follow_up=alive(100, "p", "q"),
    )
    assert reasons(derive(BALTIMORE, engine(baltimore))) == {
        "p": "bilirubin, without which the criteria cannot be met, was not measured after day 0"
    }


def test_what_cannot_be_told_of_anybody_is_refused(engine):
    made = records(["p"], measurements=[measured("p", 5, "bilirubin", 9.0)], follow_up=alive(100, "p"))
    with pytest.raises(RefusalError, match=r"fewer than 2 of its 5 criteria for every one of 1 patients"):
        derive(CHILD, engine(made))


def test_recorded_and_derived_disagree(engine):
    made = records(
        ["recorded", "derived", "both", "neither"],
        events=[
            happened("recorded", 12, "VOD"),
            happened("both", 12, "VOD"),
            *(happened(p, 12, e) for p in ("derived", "both") for e in ("ascites", "hepatomegaly")),
        ],
        follow_up=alive(100, "recorded", "derived", "both", "neither"),
    )
    derived = derive(CHILD, engine(made))
    assert {p: c for p, (_, c) in answers(derived).items()} == {
        "recorded": 0,
        "derived": 1,
        "both": 1,
        "neither": 0,
    }
    assert sorted(found(derived)) == [("vod_disagrees", "derived"), ("vod_disagrees", "recorded")]


def test_criteria_of_another_age_are_a_finding(engine):
    people = [{"patient_id": "child", "age": 17.9}, {"patient_id": "adult", "age": 18.0}]
    made = records(
        people,
        events=[happened("child", 5, "ascites"), happened("child", 50, "hepatomegaly", grade="painful")],
        measurements=[measured(p, d, "weight", 20.0) for p in ("child", "adult") for d in (0, 5)],
        follow_up=alive(100, "child", "adult"),
    )
    for name, who in (
        (CHILD, "1 of 2 patients are 18 years or older"),
        (ADULT, "1 of 2 patients are younger"),
    ):
        derived = derive(name, engine(made))
        words = {finding.id: finding.what for finding in derived.findings}
        assert words["endpoints.criteria_of_another_age"].startswith(who)
    assert "criteria_of_another_age" not in dict(found(derive(SEATTLE, engine(made))))


def test_a_sign_without_a_day_is_never_a_no(engine):
    made = cohort([([ASCITES, (None, "hepatomegaly")], []), ([ASCITES, LIVER, (None, "ascites")], [])])
    derived = derive(CHILD, engine(made))
    assert answers(derived)["p01"] == (10, 1)
    assert reasons(derived) == {
        "p00": "a sign has no day, so that it cannot be told whether it stood with others [events row 8]"
    }
