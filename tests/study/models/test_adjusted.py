"""Adjusted curves against the average of predictions patient by patient; effects that change at a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from dayzero import stats
from dayzero.errors import BadInputError
from study.models.cohort import fit, ids, results
from study.models.test_models import sixty

if TYPE_CHECKING:
    from pathlib import Path

    from dayzero.study.results import Curve

GROUP = '[groups.risk]\nvariable = "risk"\norder = ["low", "middle", "high"]\n'
MODEL = '[[model]]\nendpoint = "{}"\ncovariates = ["age", "risk"]\nadjusted = "risk"\n'


def columns(rows: list[dict[str, Any]], risk: str | None = None) -> dict[str, np.ndarray]:
    """Return the covariates of every patient, or of every patient moved to one level of risk."""
    levels = [risk or row["risk"] for row in rows]
    return {
        "age": np.array([float(row["age"]) for row in rows]),
        "middle": np.array([float(level == "middle") for level in levels]),
        "high": np.array([float(level == "high") for level in levels]),
    }


def heights(curve: Curve, days: list[float]) -> list[float]:
    return [curve.estimate[max(i for i, t in enumerate(curve.time) if t <= day)] for day in days]


DAYS = [20.0, 77.0, 150.0, 240.0]


def test_survival_is_the_average_of_all_predictions(tmp_path: Path) -> None:
    rows = sixty()
    (model,) = results(tmp_path, rows, GROUP + MODEL.format("DFS")).models
    day, event = np.array([r["day"] for r in rows]), np.array([r["status"] > 0 for r in rows])
    own = stats.cox(day, event, columns(rows))
    assert [curve.label for curve in model.curves] == ["low", "middle", "high"]
    for curve in model.curves:
        found = own.predict(columns(rows, curve.group)).at(DAYS)["estimate"].to_numpy()
        expected = found.reshape(len(rows), len(DAYS)).mean(axis=0)
        assert heights(curve, DAYS) == pytest.approx(expected.tolist(), rel=1e-9)
        assert curve.estimate[0] == 1.0


def test_incidence_combines_the_models_of_all_causes(tmp_path: Path) -> None:
    rows = sixty()
    (model,) = results(tmp_path, rows, GROUP + MODEL.format("CIR")).models
    day, cause = np.array([r["day"] for r in rows]), np.array([r["status"] for r in rows])
    own = stats.cause_specific(day, cause, columns(rows))
    for curve in model.curves:
        frame = own.predict(columns(rows, curve.group)).at(DAYS)
        found = frame.filter(frame["cause"] == 1)["estimate"].to_numpy()
        expected = found.reshape(len(rows), len(DAYS)).mean(axis=0)
        assert heights(curve, DAYS) == pytest.approx(expected.tolist(), rel=1e-9)


def test_numbers_at_risk_are_those_of_the_patients_as_they_were(tmp_path: Path) -> None:
    rows = sixty()
    (model,) = results(tmp_path, rows, GROUP + MODEL.format("DFS")).models
    for curve in model.curves:
        mine = [r["day"] for r in rows if r["risk"] == curve.label]
        assert curve.n == len(mine)
        assert curve.at_risk == tuple(sum(day >= tick for day in mine) for tick in curve.ticks)
        assert curve.end == max(mine)


def test_the_figure_is_in_the_model(tmp_path: Path) -> None:
    (model,) = results(tmp_path, sixty(), GROUP + MODEL.format("DFS")).models
    assert model.figure is not None
    assert model.figure.id == "adjusted_DFS_1"
    assert model.figure.rows[0][0].curves == tuple(curve.id for curve in model.curves)
    assert model.figure.rows[0][0].title == "Disease-free survival by risk, adjusted"


def test_without_a_finite_ratio_there_are_no_adjusted_curves(tmp_path: Path) -> None:
    rows = [{**row, "status": 0} if row["risk"] == "high" else row for row in sixty()]
    found = results(tmp_path, rows, GROUP + MODEL.format("DFS"))
    (model,) = found.models
    assert (model.curves, model.figure, model.adjusted) == ((), None, "")
    assert "guard.model_not_fitted" in ids(found)


CHANGE = '[[model]]\nendpoint = "DFS"\ncovariates = [{ name = "risk", reference = "low", change_at = 100 }]\n'


def test_an_effect_that_changes_is_two_effects(tmp_path: Path) -> None:
    """The ratio to a day is that of everybody censored then; the one after it, of those still at risk."""
    rows = sixty()
    own = fit(results(tmp_path, rows, CHANGE).models[0], "")
    day, event = np.array([r["day"] for r in rows]), np.array([r["status"] > 0 for r in rows])
    levels = {k: v for k, v in columns(rows).items() if k != "age"}
    early = stats.cox(np.minimum(day, 100), event & (day <= 100), levels)
    late = day > 100
    after = stats.cox(day[late], event[late], {k: v[late] for k, v in levels.items()})
    found = {term.label: term.coef for term in own.terms}
    assert list(found) == [
        "low",
        "high, to 100 days",
        "high, after 100 days",
        "middle, to 100 days",
        "middle, after 100 days",
    ]
    expected = dict(zip(("middle", "high"), zip(early.coef, after.coef, strict=True), strict=True))
    for level, (to, since) in expected.items():
        assert found[f"{level}, to 100 days"] == pytest.approx(to, rel=1e-8)
        assert found[f"{level}, after 100 days"] == pytest.approx(since, rel=1e-8)


def test_an_event_on_the_day_of_the_change_is_before_it(tmp_path: Path) -> None:
    rows = sixty()
    events = {term.label: term.events for term in fit(results(tmp_path, rows, CHANGE).models[0], "").terms}
    mine = [r["day"] for r in rows if r["risk"] == "high" and r["status"]]
    assert events["high, to 100 days"] == sum(day <= 100 for day in mine)
    assert events["high, after 100 days"] == sum(day > 100 for day in mine)
    on_day = CHANGE.replace("100", str(mine[0]))
    events = {term.label: term.events for term in fit(results(tmp_path, rows, on_day).models[0], "").terms}
    assert events[f"high, to {mine[0]} days"] == sum(day <= mine[0] for day in mine)


def test_a_changing_ratio_has_no_subdistribution_hazard(tmp_path: Path) -> None:
    (model,) = results(tmp_path, sixty(), CHANGE.replace("DFS", "CIR")).models
    assert fit(model, ".cs1").terms
    assert "changes with time" in fit(model, ".fg1").refused


@pytest.mark.parametrize(
    ("study", "what"),
    [
        (MODEL.format("DFS"), "unknown grouping among the covariates 'risk'"),
        (GROUP + MODEL.format("DFS").replace('adjusted = "risk"', 'adjusted = "age"'), "'age'"),
        (
            GROUP + MODEL.format("DFS") + 'time_dependent = ["aGVHD_II_IV"]\n',
            "adjusted curves need covariates that do not change",
        ),
        (CHANGE.replace('"risk", reference = "low"', '"age"'), "'age' is a number: change_at needs levels"),
        (CHANGE.replace("100", "0"), "'change_at' is 0"),
    ],
)
def test_what_makes_no_sense_is_an_error(tmp_path: Path, study: str, what: str) -> None:
    with pytest.raises(BadInputError) as caught:
        results(tmp_path, sixty(), study)
    assert what in caught.value.what
