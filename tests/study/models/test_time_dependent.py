"""A covariate that changes on the day of an event: the partial likelihood by its definition."""

from __future__ import annotations

from math import exp, log
from typing import TYPE_CHECKING

import pytest

from study.gvhd_cohort import Patient, forty, results
from study.models.cohort import fit, ids

if TYPE_CHECKING:
    from pathlib import Path

MODEL = '[[model]]\nendpoint = "OS"\ntime_dependent = ["aGVHD_II_IV"]\n'


def end(patient: Patient) -> tuple[int, bool]:
    _, _, death, contact = patient
    return (contact, False) if death is None else (death, True)


def exposed(patient: Patient, day: int) -> bool:
    return patient[0] is not None and patient[0][0] <= day


def score(patients: list[Patient], beta: float, after: int = 0) -> float:
    """Return the derivative of the log partial likelihood (no tied deaths), by two loops."""
    total = 0.0
    for one in patients:
        day, died = end(one)
        if not died or day <= after:
            continue
        at_risk = [other for other in patients if end(other)[0] >= day]
        weights = [exp(beta * exposed(other, day)) for other in at_risk]
        mean = sum(w * exposed(o, day) for w, o in zip(weights, at_risk, strict=True)) / sum(weights)
        total += exposed(one, day) - mean
    return total


def root(patients: list[Patient], after: int = 0) -> float:
    low, high = -6.0, 6.0
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if score(patients, middle, after) > 0 else (low, middle)
    return (low + high) / 2


def test_the_ratio_is_that_of_the_definition(tmp_path: Path) -> None:
    patients = forty()
    deaths = [end(p)[0] for p in patients.values() if end(p)[1]]
    assert len(deaths) == len(set(deaths))
    found = results(tmp_path, patients, MODEL)
    own = fit(found.models[0], "")
    before, since = own.terms
    assert (before.label, since.label) == ("before", "since then")
    assert before.is_reference
    assert since.coef == pytest.approx(root(list(patients.values())), rel=1e-9)


def test_patients_and_events_are_counted_in_each_state(tmp_path: Path) -> None:
    patients = list(forty().values())
    before, since = fit(results(tmp_path, forty(), MODEL).models[0], "").terms
    ever = [p for p in patients if p[0] and p[0][0] <= end(p)[0]]
    assert before.n == 40
    assert since.n == len(ever)
    deaths = [p for p in patients if end(p)[1]]
    assert since.events == sum(exposed(p, end(p)[0]) for p in deaths)
    assert before.events + since.events == len(deaths)


def test_an_event_on_the_day_of_the_change_is_of_the_new_level(tmp_path: Path) -> None:
    patients = forty()
    patients["p00"] = ((30, "III"), None, 30, 400)
    found = results(tmp_path, patients, MODEL)
    since = fit(found.models[0], "").terms[1]
    assert since.coef == pytest.approx(root(list(patients.values())), rel=1e-9)
    deaths = [p for p in patients.values() if end(p)[1]]
    assert since.events == sum(exposed(p, end(p)[0]) for p in deaths)


def test_from_a_landmark_it_goes_on_changing(tmp_path: Path) -> None:
    patients = forty()
    found = results(tmp_path, patients, MODEL + "landmark = 50\n")
    (model,) = found.models
    assert model.endpoint == "OS_from_day_50"
    late = [p for p in patients.values() if end(p)[0] > 50]
    assert model.n == len(late)
    assert fit(model, "").terms[1].coef == pytest.approx(root(late, after=50), rel=1e-9)


def test_a_subdistribution_hazard_has_no_such_covariate(tmp_path: Path) -> None:
    found = results(tmp_path, forty(), MODEL.replace('"OS"', '"NRM"'))
    (model,) = found.models
    assert fit(model, ".cs1").terms
    assert "no time-dependent covariate" in fit(model, ".fg1").refused
    assert "guard.model_not_fitted" in ids(found)


def test_a_grouping_at_the_landmark_is_a_covariate(tmp_path: Path) -> None:
    """One 0/1 covariate without ties: the score at the estimate is nought, by two loops over the patients."""
    study = (
        '[groups.gvhd]\nhappened = "aGVHD_II_IV"\n'
        '[[model]]\nendpoint = "OS"\ncovariates = ["gvhd"]\nlandmark = 60\n'
    )
    (model,) = results(tmp_path, forty(), study).models
    late = [p for p in forty().values() if end(p)[0] > 60]
    fixed = [(((0, "II") if exposed(p, 60) else None), p[1], p[2], p[3]) for p in late]
    term = fit(model, "").terms[1]
    assert term.ratio is not None
    assert log(term.ratio) == pytest.approx(root(fixed, after=60), rel=1e-9)


def test_without_a_landmark_that_covariate_is_refused(tmp_path: Path) -> None:
    study = '[groups.gvhd]\nhappened = "aGVHD_II_IV"\n[[model]]\nendpoint = "OS"\ncovariates = ["gvhd"]\n'
    found = results(tmp_path, forty(), study)
    assert "aGVHD_II_IV was known only after day 0" in found.models[0].refused
    assert "guard.covariate_known_after_day0" in ids(found)
