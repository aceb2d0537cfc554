"""Direct-adjusted and predicted curves: against R, against their definition, and against real derivatives."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from dayzero.errors import BadInputError, RefusalError
from dayzero.stats import adjusted_curves, cause_specific, cox, fine_gray

GROUPS = {"M": {"female": 0}, "F": {"female": 1}}
NEW = {"age": [30, 60], "female": [0, 1], "dose": [1, 4]}
TIMES = [6.0, 15.0, 30.0]


def test_cox_equals_risk_regression(rows, covariates, adjusted_reference, close):
    expected = adjusted_reference["untied"]
    model = cox(adjusted_reference["time"], rows["event"], covariates, ties="breslow")
    curves = adjusted_curves(model, GROUPS)
    found = curves.at(adjusted_reference["times"])
    close(1 - found["estimate"], expected["risk"])
    close(found["std_err"], expected["se"])
    difference = curves.difference("M", "F", adjusted_reference["times"])
    close(difference["difference"], expected["difference"])
    close(difference["std_err"], expected["difference_se"])


def test_cause_specific_incidence_equals_multistate_survfit(rows, covariates, adjusted_reference, close):
    models = cause_specific(rows["time"], rows["cause"], covariates, ties="breslow")
    found = models.predict(NEW).at(adjusted_reference["times"])["estimate"].to_numpy()
    expected = np.array(adjusted_reference["multistate"]["pstate"])
    close(found.reshape(2, 3, -1).transpose(2, 0, 1), expected)


def test_cox_prediction_is_the_analytic_one(rows, covariates, close):
    """The general machinery, asked for one patient, gives the curve of :meth:`CoxModel.predict`."""
    from dayzero.stats.regression.adjusted import predict_by_influence

    model = cox(rows["time"], rows["event"], covariates, entry=rows["entry"])
    general = predict_by_influence(model, NEW, None, "log-log", 0.95)
    close(general.at(TIMES)["estimate"], model.predict(NEW).at(TIMES)["estimate"])


def models(rows, covariates):
    """Return name and fit of every kind of model, as functions of the weights."""
    time, event, cause = rows["time"], rows["event"], rows["cause"]
    late = {"entry": rows["entry"], "stratum": rows["stratum"]}
    return {
        "cox": lambda w: cox(time, event, covariates, weight=w),
        "cox late, strata": lambda w: cox(time, event, covariates, weight=w, **late),
        "cox breslow": lambda w: cox(time, event, covariates, weight=w, ties="breslow"),
        "causes": lambda w: cause_specific(time, cause, covariates, weight=w),
        "causes late, strata": lambda w: cause_specific(time, cause, covariates, weight=w, **late),
        "fine_gray": lambda w: fine_gray(time, cause, covariates, weight=w),
        "fine_gray strata": lambda w: fine_gray(
            time, cause, covariates, weight=w, stratum=rows["stratum"], censoring_group=rows["centre"]
        ),
    }


@pytest.mark.parametrize(
    "name",
    [
        "cox",
        "cox late, strata",
        "cox breslow",
        "causes",
        "causes late, strata",
        "fine_gray",
        "fine_gray strata",
    ],
)
def test_standard_error_is_the_jackknife_of_the_curve(rows, covariates, name):
    """Squared derivatives with respect to every row's weight add up to the variance (weights unequal)."""
    some = slice(0, 60)
    part = {key: value[some] for key, value in rows.items()}
    fit = models(part, {key: value[some] for key, value in covariates.items()})[name]
    group, times, weight = {"F": {"female": 1}}, [10.0, 20.0], part["weight"]

    def curve(w):
        return adjusted_curves(fit(w), group).at(times)["estimate"].to_numpy()

    total = np.zeros(len(curve(weight)))
    step = 1e-3
    for i in range(len(weight)):
        more, less = weight.copy(), weight.copy()
        more[i] += step
        less[i] -= step
        total += ((curve(more) - curve(less)) / (2 * step) * weight[i]) ** 2
    found = adjusted_curves(fit(weight), group).at(times)["std_err"].to_numpy()
    # A numerical derivative over refitted models: its own error is of the order of step^2.
    np.testing.assert_allclose(found, np.sqrt(total), rtol=1e-4)


def test_clusters_of_copies(rows, covariates):
    """Rows copied and clustered have the standard error of the rows themselves."""
    again = np.repeat(np.arange(len(rows["time"])), 2)
    copies = {key: value[again] for key, value in covariates.items()}
    for fit in (cause_specific, fine_gray):
        once = adjusted_curves(fit(rows["time"], rows["cause"], covariates, weight=np.full(150, 2.0)), GROUPS)
        twice = adjusted_curves(fit(rows["time"][again], rows["cause"][again], copies, cluster=again), GROUPS)
        if fit is fine_gray:  # Efron's ties tell two copies from one row of weight two
            np.testing.assert_allclose(twice.at(TIMES)["std_err"], once.at(TIMES)["std_err"], rtol=1e-9)
        assert twice.at(TIMES)["std_err"].is_finite().all()


def test_survival_and_incidences_add_up_to_one(rows, covariates):
    curves = adjusted_curves(cause_specific(rows["time"], rows["cause"], covariates), GROUPS)
    table = curves.steps()
    total = table.group_by("curve", "time").agg(pl.col("estimate").sum())
    np.testing.assert_allclose(total["estimate"], 1.0, rtol=1e-12)
    assert table["estimate"].is_between(0, 1).all()
    assert set(table["cause"].to_list()) == {None, 1, 2}


def test_average_of_predictions(rows, covariates):
    """The adjusted curve is the mean of the predictions of everybody moved to the group."""
    model = fine_gray(rows["time"], rows["cause"], covariates)
    moved = {**covariates, "female": np.ones(150)}
    one_by_one = model.predict(moved).at([15])["estimate"]
    adjusted = adjusted_curves(model, {"F": {"female": 1}}).at([15])["estimate"][0]
    assert adjusted == pytest.approx(one_by_one.mean(), rel=1e-12)


def test_stratified_by_group(rows, covariates):
    model = cox(rows["time"], rows["event"], covariates, stratum=rows["stratum"])
    groups = {"A": {}, "B": {}}
    curves = adjusted_curves(model, groups, strata={"A": "A", "B": "B"})
    expected = [model.predict(covariates, stratum=s).at([10])["estimate"].mean() for s in "AB"]
    np.testing.assert_allclose(curves.at([10])["estimate"], expected, rtol=1e-12)


def test_before_the_first_event_and_beyond_the_last(rows, covariates):
    curves = adjusted_curves(cox(rows["time"], rows["event"], covariates), GROUPS)
    table = curves.at([0, 10_000])
    assert table["estimate"].to_list()[0] == 1.0
    assert table["std_err"].to_list()[0] == 0.0
    assert table["beyond_follow_up"].to_list() == [False, True, False, True]


def test_refusals(rows, covariates):
    model = cox(rows["time"], rows["event"], covariates)
    with pytest.raises(BadInputError, match="unknown term 'sex'"):
        adjusted_curves(model, {"M": {"sex": 0}})
    curves = adjusted_curves(model, GROUPS)
    with pytest.raises(BadInputError, match="unknown group 'X'"):
        curves.difference("X", "M", [10])
    firth = cox(rows["time"], rows["event"], covariates, penalty="firth")
    with pytest.raises(RefusalError, match="penalty"):
        adjusted_curves(firth, GROUPS)
    causes = adjusted_curves(cause_specific(rows["time"], rows["cause"], covariates), GROUPS)
    with pytest.raises(BadInputError, match="unknown cause '7'"):
        causes.difference("M", "F", [10], cause=7)
