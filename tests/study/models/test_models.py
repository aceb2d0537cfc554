"""A ``[[model]]``: who is in it, what is fitted, what is withheld, and what is said beside it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from dayzero.errors import BadInputError
from dayzero.report.tables.models import who
from study.models.cohort import fit, ids, results

if TYPE_CHECKING:
    from pathlib import Path

DFS = '[[model]]\nendpoint = "DFS"\ncovariates = '
CIR = '[[model]]\nendpoint = "CIR"\ncovariates = '


def sixty() -> list[dict[str, Any]]:
    """Return 60 patients: 24 relapses, 16 deaths, on different days; ages 1 to 60, risk by thirds."""
    return [
        {
            "day": 5 * i + (i * 7) % 4,
            "status": (1, 2, 0, 1, 0)[i % 5] if i % 15 else 2,
            "age": (i * 17) % 60 + 1,
            "sex": "female" if i % 3 else "male",
            "risk": ("low", "middle", "high")[(i // 2) % 3],
            "centre": "AB"[i % 2],
        }
        for i in range(1, 61)
    ]


def test_complete_cases_are_counted_by_variable(tmp_path: Path) -> None:
    rows = sixty()
    rows[0]["age"] = rows[1]["age"] = rows[1]["risk"] = rows[2]["risk"] = ""
    found = results(tmp_path, rows, DFS + '["age", "risk"]')
    (model,) = found.models
    assert (model.n, model.left_out) == (57, 3)
    assert {c.name: c.missing for c in model.covariates} == {"age": 2, "risk": 2}
    assert {each.n for each in model.fits} == {57}
    (finding,) = [f for f in found.findings if f.id == "guard.complete_cases"]
    assert "57 patients of 60" in finding.what
    assert "Age at transplant 2, risk 2" in finding.what


def test_who_has_no_stratum_or_cluster_is_counted_by_its_name(tmp_path: Path) -> None:
    rows = sixty()
    rows[0]["sex"] = rows[1]["sex"] = rows[2]["centre"] = ""
    found = results(tmp_path, rows, DFS + '["age"]\nstrata = ["sex"]\ncluster = "centre"')
    (model,) = found.models
    assert (model.n, model.left_out, model.unplaced) == (57, 3, ("sex 2", "centre 1"))
    (finding,) = [f for f in found.findings if f.id == "guard.complete_cases"]
    assert "3 left out (not known: sex 2, centre 1)" in finding.what
    assert who(model).endswith("3 left out (not known: sex 2, centre 1).")


def test_all_causes_get_both_hazards(tmp_path: Path) -> None:
    (model,) = results(tmp_path, sixty(), CIR + '["age", "sex"]').models
    names = [each.id.removeprefix(model.id) for each in model.fits if each.alone is None]
    assert names == [".cs1", ".fg1", ".cs2", ".fg2"]
    assert [each.ratio for each in model.fits if each.alone is None] == ["csHR", "sHR", "csHR", "sHR"]
    assert [each.cause_label for each in model.fits if each.alone is None][::2] == [
        "relapse",
        "death without relapse",
    ]


def test_a_scale_multiplies_the_coefficient(tmp_path: Path) -> None:
    one, ten = (
        fit(results(tmp_path, sixty(), DFS + text).models[0], "").terms[0]
        for text in ('["age"]', '[{ name = "age", per = 10 }]')
    )
    assert ten.coef == pytest.approx(10 * one.coef, rel=1e-9)
    assert ten.ratio == pytest.approx(one.ratio**10, rel=1e-9)
    assert (one.label, ten.label) == ("per year", "per 10 years")


def test_changing_the_reference_turns_the_ratio_over(tmp_path: Path) -> None:
    first, second = (
        fit(results(tmp_path, sixty(), DFS + f'[{{ name = "sex", reference = "{level}" }}]').models[0], "")
        for level in ("male", "female")
    )
    assert [t.is_reference for t in first.terms] == [True, False]
    assert first.terms[1].ratio == pytest.approx(1 / second.terms[1].ratio, rel=1e-9)
    assert first.terms[1].p_value == pytest.approx(second.terms[1].p_value, rel=1e-9)


def test_row_order_is_irrelevant(tmp_path: Path) -> None:
    study = CIR + '["age", "risk"]'
    one = results(tmp_path, sixty(), study).models[0]
    again = results(tmp_path, sixty()[::-1], study).models[0]
    for a, b in zip(one.fits, again.fits, strict=True):
        ours, theirs = ([t.coef for t in each.terms if not t.is_reference] for each in (a, b))
        assert ours
        assert ours == pytest.approx(theirs, rel=1e-9)


def penalised(rows: list[dict[str, Any]], beta: float) -> float:
    """Return Firth's penalised log-likelihood of one 0/1 covariate without ties, by the definition."""
    value = information = 0.0
    for row in rows:
        if row["status"]:
            at_risk = [np.exp(beta * other["x"]) for other in rows if other["day"] >= row["day"]]
            exposed = sum(w for w, o in zip(at_risk, _late(rows, row), strict=True) if o["x"])
            share = exposed / sum(at_risk)
            value += beta * row["x"] - np.log(sum(at_risk))
            information += share * (1 - share)
    return float(value + 0.5 * np.log(information))


def _late(rows: list[dict[str, Any]], row: dict[str, Any]) -> list[dict[str, Any]]:
    return [other for other in rows if other["day"] >= row["day"]]


def _maximum(rows: list[dict[str, Any]]) -> float:
    """Search the maximum on ever finer grids."""
    low, high = -6.0, 6.0
    for _ in range(40):
        grid = np.linspace(low, high, 11)
        best = int(np.argmax([penalised(rows, float(b)) for b in grid]))
        low, high = float(grid[max(best - 1, 0)]), float(grid[min(best + 1, 10)])
    return (low + high) / 2


def test_a_level_without_an_event_gets_firths_estimate(tmp_path: Path) -> None:
    rows = [{"day": 10 + i, "status": int(i in (1, 4, 7, 8)), "x": 0, "risk": "low"} for i in range(12)]
    rows += [{"day": 10.5 + i, "status": 0, "x": 1, "risk": "none"} for i in range(12)]
    rows = [{**row, "day": int(2 * row["day"])} for row in rows]
    data = [{key: row[key] for key in ("day", "status", "risk")} for row in rows]
    found = results(tmp_path, data, DFS + '[{ name = "risk", reference = "low" }]')
    (model,) = found.models
    own = fit(model, "")
    assert own.penalised
    assert own.proportional == ()
    reference, term = own.terms
    assert (reference.n, reference.events, term.n, term.events) == (12, 4, 12, 0)
    expected = _maximum(rows)
    # A grid search finds a maximum to the square root of the precision of its height.
    assert term.coef == pytest.approx(expected, abs=1e-6)
    for limit in (term.lower, term.upper):
        fall = penalised(rows, term.coef) - penalised(rows, float(np.log(limit)))
        assert fall == pytest.approx(3.841458820694124 / 2, rel=1e-7)
    assert "profile penalised likelihood" in own.convention
    (finding,) = [f for f in found.findings if f.id == "guard.firth"]
    assert "no event in risk none" in finding.what


def test_fine_gray_says_that_it_has_no_finite_ratio(tmp_path: Path) -> None:
    rows = [{"day": 20 + 2 * i, "status": int(i in (1, 4, 7, 8)), "risk": "low"} for i in range(12)]
    rows += [{"day": 21 + 2 * i, "status": 0, "risk": "none"} for i in range(12)]
    found = results(tmp_path, rows, CIR + '["risk"]')
    assert fit(found.models[0], ".cs1").penalised
    assert fit(found.models[0], ".fg1").refused == (
        "no finite ratio (risk: none), as when a level has no event; merge levels, or leave it out"
    )
    assert fit(found.models[0], ".cs2").refused == "no death without relapse among the 24 patients"
    assert "guard.model_not_fitted" in ids(found)


def test_with_few_events_each_covariate_stands_alone(tmp_path: Path) -> None:
    rows = [{**row, "status": int(i in range(2, 30, 4))} for i, row in enumerate(sixty())]
    found = results(tmp_path, rows, DFS + '["age", "sex"]')
    (model,) = found.models
    assert fit(model, "").refused == "only 7 events: a multivariable model needs at least 10"
    assert fit(model, "").terms == ()
    assert fit(model, ".alone.age").terms[0].ratio is not None
    assert "guard.too_few_events" in ids(found)


def test_fewer_than_ten_events_a_coefficient_is_said(tmp_path: Path) -> None:
    rows = [{**row, "status": int(i % 4 == 0)} for i, row in enumerate(sixty())]
    found = results(tmp_path, rows, DFS + '["age", "sex"]')
    (finding,) = [f for f in found.findings if f.id == "guard.few_events_per_covariate"]
    assert "15 with relapse or death for 2 coefficients: 7.5 events each, fewer than 10" in finding.what
    assert len(fit(found.models[0], "").terms) == 3


def test_crossing_hazards_fail_the_check(tmp_path: Path) -> None:
    early = [{"day": 1 + i, "status": 1, "risk": "a"} for i in range(20)]
    early += [{"day": 200 + i, "status": 0, "risk": "a"} for i in range(20)]
    late = [{"day": 100 + i, "status": 1, "risk": "b"} for i in range(20)]
    late += [{"day": 200 + i, "status": 0, "risk": "b"} for i in range(20)]
    found = results(tmp_path, [*early, *late], DFS + '["risk"]')
    checks = fit(found.models[0], "").proportional
    assert [c.covariate for c in checks] == ["risk", ""]
    assert checks[0].p_value < 0.001
    (finding,) = [f for f in found.findings if f.id == "guard.hazards_not_proportional"]
    assert "stratum" in finding.hint
    assert "restricted mean" in finding.hint


def test_nine_patients_make_no_model(tmp_path: Path) -> None:
    found = results(tmp_path, sixty()[:9], DFS + '["age"]')
    (model,) = found.models
    assert model.fits == ()
    assert "only 9 patients" in model.refused


def test_a_covariate_known_only_later_is_refused(tmp_path: Path) -> None:
    found = results(tmp_path, sixty(), DFS + '["age", "late"]')
    (model,) = found.models
    assert model.fits == ()
    assert "late was known only after day 0" in model.refused
    assert "landmark" in model.instead
    assert "time_dependent" in model.instead
    assert "guard.covariate_known_after_day0" in ids(found)


def test_centres_are_named_unless_they_are_in_the_model(tmp_path: Path) -> None:
    assert "guard.centres_ignored" in ids(results(tmp_path, sixty(), DFS + '["age"]'))
    for more in ('cluster = "centre"', 'strata = ["centre"]'):
        found = results(tmp_path, sixty(), f'{DFS}["age"]\n{more}')
        assert "guard.centres_ignored" not in ids(found)
        assert found.models[0].fits[0].refused == ""


def test_a_cluster_makes_the_variance_robust(tmp_path: Path) -> None:
    plain = fit(results(tmp_path, sixty(), DFS + '["age"]').models[0], "")
    robust = fit(results(tmp_path, sixty(), DFS + '["age"]\ncluster = "centre"').models[0], "")
    assert robust.terms[0].coef == plain.terms[0].coef
    assert robust.terms[0].std_err != plain.terms[0].std_err
    assert "robust sandwich over 2 clusters" in robust.convention


def test_an_endpoint_that_cannot_be_derived_has_no_model(tmp_path: Path) -> None:
    found = results(tmp_path, sixty(), '[[model]]\nendpoint = "OS"\ncovariates = ["age"]')
    (model,) = found.models
    assert (model.fits, model.n) == ((), 0)
    assert model.refused
    assert "guard.endpoint_not_derivable" in ids(found)


def test_models_of_an_endpoint_are_numbered(tmp_path: Path) -> None:
    found = results(tmp_path, sixty(), "\n".join([DFS + '["age"]', CIR + '["age"]', DFS + '["sex"]']))
    assert [model.id for model in found.models] == ["model.DFS.1", "model.CIR.1", "model.DFS.2"]
    every = [t.id for m in found.models for f in m.fits for t in f.terms]
    assert all(a != b for a, b in pairwise(sorted(every)))


@pytest.mark.parametrize(
    ("study", "what"),
    [
        (DFS + '["agee"]', "unknown variable 'agee'"),
        (DFS + '[{ name = "sex", reference = "men" }]', "unknown reference level 'men'"),
        (DFS + '[{ name = "sex", per = 10 }]', "'sex' is a category and has no scale"),
        (DFS + '[{ name = "age", reference = "young" }]', "'age' is a number and has no reference level"),
        (DFS + '[{ name = "age", per = 0 }]', "'per' is 0"),
        (DFS + '["age", "age"]', "the covariate 'age' is named twice"),
        (DFS + "[]", "a model has no covariate"),
        (DFS + '["age"]\nstrata = ["age"]', "'age' is a covariate and in strata"),
        (DFS + '["age"]\ntime_dependent = ["DFS"]', "'DFS' cannot change the hazard of 'DFS'"),
        ('[[model]]\nendpoint = "alive"\ncovariates = ["age"]', "it has no hazard"),
        ('[model]\nendpoint = "DFS"', "'model' is a table"),
    ],
)
def test_what_makes_no_sense_is_an_error_with_its_line(tmp_path: Path, study: str, what: str) -> None:
    with pytest.raises(BadInputError) as caught:
        results(tmp_path, sixty(), study)
    assert what in caught.value.what
    assert "study.toml, line" in caught.value.where
