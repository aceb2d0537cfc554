"""Severity of VOD/SOS: every cell of the paediatric and adult tables, and the facts that fill them."""

from __future__ import annotations

import pytest

from dayzero.endpoints import derive_variables
from dayzero.endpoints.complication.vod_severity import adult_severity, paediatric_severity
from endpoints.facts import alive, happened, measured, records


@pytest.mark.parametrize(
    ("finding", "category"),
    [
        ({"transaminases": 2.0}, "mild"),
        ({"transaminases": 2.1}, "moderate"),
        ({"transaminases": 5.0}, "moderate"),
        ({"transaminases": 5.1}, "severe"),
        ({"refractory_days": 2}, "mild"),
        ({"refractory_days": 3}, "moderate"),
        ({"refractory_days": 6}, "moderate"),
        ({"refractory_days": 7}, "severe"),
        ({"bilirubin": 1.9}, "mild"),
        ({"bilirubin": 2.0}, "severe"),
        ({"ascites": "minimal"}, "mild"),
        ({"ascites": "moderate"}, "moderate"),
        ({"ascites": "paracentesis"}, "severe"),
        ({"doubling": True}, "severe"),
        ({"coagulation": "normal"}, "mild"),
        ({"coagulation": "impaired"}, "severe"),
        ({"coagulation": "replaced"}, "very severe"),
        ({"gfr": 90.0}, None),
        ({"gfr": 89.0}, "mild"),
        ({"gfr": 60.0}, "mild"),
        ({"gfr": 59.9}, "moderate"),
        ({"gfr": 30.0}, "moderate"),
        ({"gfr": 29.9}, "severe"),
        ({"gfr": 15.0}, "severe"),
        ({"gfr": 14.9}, "very severe"),
        ({"support": "low oxygen"}, "mild"),
        ({"support": "oxygen"}, "moderate"),
        ({"support": "ventilation"}, "severe"),
        ({"cognitive_impairment": True}, "very severe"),
        ({"organ_failure": True}, "very severe"),
        ({}, None),
        # the worst single category counts
        ({"transaminases": 1.0, "ascites": "moderate"}, "moderate"),
        # two starred findings in the severe range
        ({"transaminases": 5.1, "bilirubin": 2.0}, "very severe"),
        ({"refractory_days": 7, "ascites": "paracentesis"}, "very severe"),
        ({"bilirubin": 2.0, "ascites": "moderate", "doubling": True, "gfr": 20.0}, "severe"),
    ],
)
def test_paediatric_table(finding, category):
    assert paediatric_severity(**finding) == category


@pytest.mark.parametrize(
    ("version", "finding", "category"),
    [
        # a column with one finding alone gives no category
        ("EBMT2023", {"bilirubin": 9.0}, None),
        ("EBMT2023", {}, None),
        ("EBMT2023", {"days_to_diagnosis": 8, "bilirubin": 2.0}, "mild"),
        ("EBMT2023", {"days_to_diagnosis": 8, "bilirubin": 1.9}, None),
        ("EBMT2023", {"days_to_diagnosis": 8, "bilirubin": 2.9}, "mild"),
        ("EBMT2023", {"days_to_diagnosis": 7, "bilirubin": 3.0}, "moderate"),
        ("EBMT2023", {"days_to_diagnosis": 5, "bilirubin": 4.9}, "moderate"),
        ("EBMT2023", {"days_to_diagnosis": 4, "bilirubin": 5.0}, "severe"),
        ("EBMT2023", {"days_to_diagnosis": 4, "bilirubin": 8.0}, None),
        ("EBMT2023", {"bilirubin": 8.0, "transaminases": 8.1}, "very severe"),
        ("EBMT2023", {"bilirubin": 8.0, "transaminases": 8.0}, None),
        ("EBMT2023", {"bilirubin": 7.9, "transaminases": 5.1}, "severe"),
        ("EBMT2023", {"bilirubin": 3.0, "transaminases": 5.0}, "moderate"),
        ("EBMT2023", {"bilirubin": 2.0, "transaminases": 2.0}, "mild"),
        ("EBMT2023", {"doubling": True, "days_to_diagnosis": 0}, "severe"),
        # two columns with two findings each: the worse
        (
            "EBMT2023",
            {"bilirubin": 3.0, "transaminases": 2.1, "doubling": True, "days_to_diagnosis": 4},
            "severe",
        ),
        # weight and creatinine of 2023
        ("EBMT2023", {"weight": 5.0, "doubling": True}, "severe"),
        ("EBMT2023", {"weight": 5.0, "bilirubin": 3.0}, None),
        ("EBMT2023", {"weight": 4.9, "days_to_diagnosis": 8}, None),
        ("EBMT2023", {"weight": 10.0, "bilirubin": 8.0}, "very severe"),
        ("EBMT2023", {"creatinine": 1.0, "bilirubin": 2.0}, "mild"),
        ("EBMT2023", {"creatinine": 1.1, "bilirubin": 3.0}, "moderate"),
        ("EBMT2023", {"creatinine": 1.49, "bilirubin": 3.0}, "moderate"),
        ("EBMT2023", {"creatinine": 1.5, "bilirubin": 5.0}, "severe"),
        ("EBMT2023", {"creatinine": 2.0, "bilirubin": 8.0}, "very severe"),
        ("EBMT2023", {"organ_failure": True}, "very severe"),
        # of 2016
        ("EBMT2016", {"weight": 4.9, "days_to_diagnosis": 8}, "mild"),
        ("EBMT2016", {"weight": 5.0, "bilirubin": 3.0}, "moderate"),
        ("EBMT2016", {"weight": 9.9, "doubling": True}, "severe"),
        ("EBMT2016", {"weight": 10.0, "bilirubin": 8.0}, "very severe"),
        ("EBMT2016", {"creatinine": 1.19, "bilirubin": 2.0}, "mild"),
        ("EBMT2016", {"creatinine": 1.2, "bilirubin": 3.0}, "moderate"),
        ("EBMT2016", {"creatinine": 1.5, "bilirubin": 5.0}, "severe"),
        ("EBMT2016", {"creatinine": 2.0, "bilirubin": 8.0}, "very severe"),
    ],
)
def test_adult_tables(version, finding, category):
    assert adult_severity(version, **finding) == category


def test_words_that_are_not_known_are_refused():
    with pytest.raises(ValueError, match="EBMT2016 or EBMT2023"):
        adult_severity("EBMT2020")
    with pytest.raises(ValueError, match="minimal, moderate, paracentesis"):
        paediatric_severity(ascites="some")


SIGNS = [("ascites", {}), ("hepatomegaly", {"grade": "painful"})]
NAMES = ("vod_severity_paediatric_ebmt2018", "vod_severity_adult_ebmt2023", "vod_severity_adult_ebmt2016")


CASES = (
    ([], [], (None, None, None)),
    ([(11, "ascites", {"grade": "moderate"})], [], ("moderate", None, None)),
    ([(12, "ascites", {"grade": "needed paracentesis"})], [], ("severe", None, None)),
    ([(11, "refractory thrombocytopenia", {})], [], (None, None, None)),
    (
        [(11, "refractory thrombocytopenia", {}), (17, "refractory thrombocytopenia", {})],
        [],
        ("severe", None, None),
    ),
    ([(11, "coagulopathy", {})], [], ("severe", None, None)),
    ([(11, "coagulopathy", {"grade": "factors replaced"})], [], ("very severe", None, None)),
    ([(11, "respiratory support", {"grade": "oxygen 1 L/min"})], [], ("mild", None, None)),
    ([(11, "respiratory support", {"grade": "oxygen 4 L/min"})], [], ("moderate", None, None)),
    ([(11, "respiratory support", {"grade": "CPAP"})], [], ("severe", None, None)),
    ([(11, "respiratory support", {"grade": "oxygen"})], [], (None, None, None)),
    ([(11, "encephalopathy", {})], [], ("very severe", None, None)),
    ([(11, "organ dysfunction", {"site": "kidney"})], [], (None, None, None)),
    (
        [(11, "organ dysfunction", {"site": "kidney"}), (12, "organ dysfunction", {"site": "lung"})],
        [],
        ("very severe",) * 3,
    ),
    ([(11, "organ dysfunction", {"grade": "MOF"})], [], ("very severe",) * 3),
    # 21 days after the diagnosis are looked at, the 22nd is not
    ([(31, "encephalopathy", {})], [], ("very severe", None, None)),
    ([(32, "encephalopathy", {})], [], (None, None, None)),
    ([(9, "encephalopathy", {})], [], (None, None, None)),
    ([], [(11, "ALT", 90.0, {"upper_limit": 45.0})], ("mild", None, None)),
    ([], [(11, "ALT", 90.0, {})], (None, None, None)),
    ([], [(11, "AST", 6.0, {"unit": "xULN"})], ("severe", "severe", "severe")),
    ([], [(11, "GFR", 20.0, {})], ("severe", None, None)),
    ([], [(11, "bilirubin", 2.0, {}), (13, "bilirubin", 4.0, {})], ("severe", "severe", "severe")),
    ([], [(11, "bilirubin", 2.0, {}), (14, "bilirubin", 4.0, {})], ("severe", None, None)),
    ([], [(11, "weight", 21.0, {}), (11, "creatinine", 0.6, {})], (None, "severe", "severe")),
    ([], [(11, "weight", 21.0, {}), (11, "creatinine", 0.5, {})], (None, "severe", "severe")),
)


def test_the_worst_after_diagnosis(engine):
    """Each patient has painful hepatomegaly and ascites on day 10, and one case beside them."""
    people = [f"p{n:02}" for n in range(len(CASES))]
    events, results = [], []
    for who, (shown, values, _) in zip(people, CASES, strict=True):
        events += [happened(who, 10, event, **more) for event, more in SIGNS]
        events += [happened(who, day, event, **more) for day, event, more in shown]
        results += [
            measured(who, 0, a, v) for a, v in (("bilirubin", 1.0), ("weight", 20.0), ("creatinine", 0.4))
        ]
        results += [measured(who, 5, "bilirubin", 1.0)]
        results += [measured(who, day, analyte, value, **more) for day, analyte, value, more in values]
    made = records(people, events=events, measurements=results, follow_up=alive(100, *people))
    frame = derive_variables(engine(made)).frame
    assert dict(zip(people, frame.select(NAMES).rows(), strict=True)) == {
        who: expected for who, (_, _, expected) in zip(people, CASES, strict=True)
    }


def test_bilirubin_raised_before_transplant_does_not_grade(engine):
    made = records(
        ["p"],
        events=[happened("p", 10, "ascites"), happened("p", 10, "hepatomegaly")],
        measurements=[measured("p", -1, "bilirubin", 2.5), measured("p", 11, "bilirubin", 3.0)],
        follow_up=alive(100, "p"),
    )
    assert derive_variables(engine(made)).frame[NAMES[0]].to_list() == [None]


def test_without_bilirubin_severity_is_not_known():
    variables = derive_variables(records(["p"], events=[happened("p", 10, "ascites")]))
    assert variables.frame.select(NAMES).row(0) == (None, None, None)
    assert {variables.notes[name].known for name in NAMES} == {"after day 0"}
