"""The flow: what each rule excluded, what it could not tell, and what remained."""

from __future__ import annotations

import pytest

from dayzero.errors import BadInputError
from dayzero.study.cohort import Cohort, People, select_cohort
from study.hand_made import facts, study_of

PATIENTS = {
    "lineage": ["B", "B", "T", None, "B", "B"],
    "age": [3, 12, 9, 4, None, 7],
    "late_cmv": [True, False, True, False, True, None],
}


EVERYONE = frozenset(f"p{i:02}" for i in range(1, 7))
ALL_TRANSPLANTED = People(6, EVERYONE)


def select(rules: str, people: People = ALL_TRANSPLANTED) -> Cohort:
    return select_cohort(study_of("[cohort]", rules), facts(**PATIENTS), people)


def test_without_rules_everyone_transplanted_is_studied() -> None:
    cohort = select("", People(7, EVERYONE - {"p06"}))
    assert [(s.id, s.excluded, s.remaining) for s in cohort.steps] == [
        ("cohort.all", 0, 7),
        ("cohort.transplanted", 2, 5),
    ]
    assert cohort.n == 5


def test_who_was_transplanted_after_the_cut_off_is_a_box_of_the_flow() -> None:
    cohort = select("", People(6, EVERYONE, EVERYONE - {"p01", "p02"}))
    assert [(s.id, s.excluded, s.remaining) for s in cohort.steps[1:]] == [
        ("cohort.transplanted", 0, 6),
        ("cohort.cutoff", 2, 4),
    ]
    assert cohort.n == 4


def test_rules_one_after_the_other() -> None:
    cohort = select(
        """include = [{ rule = "lineage = 'B'", label = "B-lineage" }]
           exclude = [{ rule = "age >= 10" }]"""
    )
    assert [(s.label, s.excluded, s.unknown, s.remaining) for s in cohort.steps[2:]] == [
        ("B-lineage", 1, 1, 4),  # p03 is T, p04 not known
        ("age >= 10", 1, 1, 2),  # p02 is 12, p05 has no age: whether to exclude is not known
    ]
    assert cohort.facts.frame["patient_id"].to_list() == ["p01", "p06"]
    for before, step in zip(cohort.steps, cohort.steps[1:], strict=False):
        assert step.remaining == before.remaining - step.excluded - step.unknown


def test_a_rule_about_the_future_is_remembered() -> None:
    cohort = select('include = [{ rule = "late_cmv" }]')
    assert cohort.known_late == ("late_cmv",)


def test_a_value_nobody_has_is_found() -> None:
    cohort = select("include = [{ rule = \"lineage in ('B', 'B-ALL')\" }]")
    (finding,) = cohort.findings
    assert finding.id == "guard.value_nobody_has"
    assert "lineage = 'B-ALL'" in finding.what
    assert "values in the data: B, T" in finding.hint


def test_nobody_left() -> None:
    with pytest.raises(BadInputError) as caught:
        select('include = [{ rule = "age > 100", label = "Very old" }]')
    message = str(caught.value)
    assert 'no patient is left after the rule "age > 100"' in message
    assert "study.toml, line 5" in message
    assert "Patients in the data: 6" in message
    assert "Very old: 0 (1 not known)" in message


def test_nobody_transplanted() -> None:
    with pytest.raises(BadInputError, match="no patient is left"):
        select("", People(6, frozenset()))
