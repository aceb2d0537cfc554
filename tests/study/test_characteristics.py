"""The characteristics table: medians, ranges, counts, and what is missing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl
import pytest

from dayzero.endpoints.catalogue import CATALOGUE
from dayzero.endpoints.definition import DerivedEndpoint
from dayzero.errors import BadInputError
from dayzero.study.characteristics import describe
from dayzero.study.listing import list_patients
from study.hand_made import facts, grouping, study_of

if TYPE_CHECKING:
    from dayzero.study.results import Characteristic

PATIENTS = facts(
    age=[12.0, 5.0, 10.0, 5.0, None],
    sex=["male", "male", "female", "unknown", None],
    ino=[True, False, None, True, False],
    mrd=["negative", "not done", "negative", "positive", None],
    late_day=[11, 12, 12, 12, None],
)
GROUPS = {"g": grouping("aab.b")}


def rows(text: str) -> dict[str, Characteristic]:
    declared = '[groups.g]\nvariable = "sex"'
    study = study_of("[characteristics]", text, declared)
    return {row.id: row for row in describe(study, PATIENTS, GROUPS)}


def test_a_number() -> None:
    age = rows('variables = ["age"]')["char.age"]
    assert (age.median, age.minimum, age.maximum, age.q1, age.q3) == (7.5, 5.0, 12.0, 5.0, 10.5)
    assert (age.n, age.total, age.missing, age.unit) == (4, 4, 1, "years")


def test_levels_with_unknown_as_missing() -> None:
    found = rows('variables = ["sex"]')
    assert list(found) == ["char.sex.male", "char.sex.female"]  # as the schema lists its codes
    male = found["char.sex.male"]
    assert (male.n, male.total, male.missing, male.fraction) == (2, 3, 2, 2 / 3)


def test_not_done_is_an_answer() -> None:
    found = rows('variables = ["mrd"]')
    assert (found["char.mrd.not done"].n, found["char.mrd.not done"].total) == (1, 4)


def test_yes_no() -> None:
    found = rows('variables = ["ino"]')
    assert [(row.level, row.n, row.total) for row in found.values()] == [("yes", 2, 4), ("no", 2, 4)]


def test_by_group_and_a_grouping_as_a_line() -> None:
    found = rows('variables = ["age", "g"]\nby = "g"')
    assert found["char.g.a.age"].median == 8.5
    assert (found["char.g.b.age"].n, found["char.g.b.age"].missing) == (1, 1)
    assert (found["char.g.a"].n, found["char.g.a"].missing) == (2, 1)
    assert found["char.g.a.age"].group == "a"


def test_the_default_is_what_was_known_at_day_0() -> None:
    variables = dict.fromkeys(row.variable for row in describe(study_of(), PATIENTS, {}))
    assert list(variables) == ["age", "sex", "ino", "mrd"]


def test_what_explains_another_variable_is_shown_when_asked_for() -> None:
    notes = {**PATIENTS.notes, "sex": replace(PATIENTS.notes["sex"], detail=True)}
    patients = replace(PATIENTS, notes=notes)
    variables = dict.fromkeys(row.variable for row in describe(study_of(), patients, {}))
    assert list(variables) == ["age", "ino", "mrd"]
    assert describe(study_of("[characteristics]", 'variables = ["sex"]'), patients, {})[0].variable == "sex"


def test_a_number_that_nobody_has() -> None:
    nobody = facts(age=[None, None], sex=["male", "male"])
    nobody = type(nobody)(nobody.frame.with_columns(nobody.frame["age"].cast(float)), nobody.notes, {})
    (age,) = describe(study_of("[characteristics]", 'variables = ["age"]'), nobody, {})
    assert (age.median, age.minimum, age.n, age.missing) == (None, None, 0, 2)


def test_an_unknown_name() -> None:
    with pytest.raises(BadInputError, match="did you mean 'age'"):
        rows('variables = ["aga"]')


def test_the_listing_of_a_small_cohort() -> None:
    listing = list_patients(
        study_of("[listing]", 'columns = ["age", "sex", "ino", "late_day"]'), PATIENTS, {}, {}
    )
    assert listing is not None
    assert listing.columns == ("patient_id", "age", "sex", "ino", "late_day")
    assert listing.labels[:2] == ("Patient", "Age (years)")
    assert listing.rows[0] == ("p01", "12", "male", "yes", "11")
    assert listing.rows[4] == ("p05", "not recorded", "not recorded", "no", "not recorded")


def derived(name: str, times: list[int | None], causes: list[int], who: list[str]) -> DerivedEndpoint:
    frame = pl.DataFrame({"patient_id": who, "time": times, "cause": causes})
    known = CATALOGUE[name]
    words = ("relapse", "death without relapse") if name == "CIR" else ("happened",)
    return DerivedEndpoint(known, frame, words, frame.clear())


def test_an_endpoint_of_the_study_can_be_a_column() -> None:
    ill = derived("cmv_infection", [None, 40], [1, 0], ["p01", "p02"])
    relapse = derived("CIR", [412, 1015, 30], [1, 0, 2], ["p01", "p02", "p03"])
    listing = list_patients(
        study_of("[listing]", 'columns = ["cmv_infection", "CIR"]'),
        PATIENTS,
        {},
        {"cmv_infection": ill, "CIR": relapse},
    )
    assert listing is not None
    assert listing.labels == ("Patient", "CMV infection or reactivation", "Cumulative incidence of relapse")
    assert listing.rows[:3] == (
        ("p01", "yes", "relapse, day 412"),
        ("p02", "no", "none to day 1,015"),
        ("p03", "not recorded", "death without relapse, day 30"),
    )


def test_no_listing_of_sixteen() -> None:
    assert list_patients(study_of(), facts(age=list(range(16))), {}, {}) is None
    assert list_patients(study_of(), facts(age=list(range(15))), {}, {}) is not None
