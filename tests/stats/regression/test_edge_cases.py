"""Empty, tiny, degenerate: a defined answer or a refusal that says what, where and what is allowed."""

from __future__ import annotations

import numpy as np
import pytest

from dayzero.errors import BadInputError, RefusalError
from dayzero.stats import CollinearityError, SeparationError, cause_specific, concordance, cox, fine_gray

TIME, EVENT, X = [1, 2, 3, 4, 5, 6], [1, 1, 0, 1, 1, 0], {"x": [0, 1, 1, 0, 1, 0]}
CAUSE = [1, 2, 0, 1, 2, 0]
FITS = {
    "cox": lambda time=TIME, event=EVENT, x=X, **k: cox(time, event, x, **k),
    "fine_gray": lambda time=TIME, event=EVENT, x=X, **k: fine_gray(time, event, x, **k),
    "cause_specific": lambda time=TIME, event=EVENT, x=X, **k: cause_specific(time, event, x, **k),
}


@pytest.fixture(params=FITS)
def fit(request):
    return FITS[request.param]


def test_no_rows(fit):
    with pytest.raises(BadInputError, match=r"no rows|no cause ever happens"):
        fit([], [], {"x": []})


def test_no_events(fit):
    with pytest.raises(BadInputError, match=r"no row has an event|never happens|ever happens"):
        fit(event=[0] * 6)


def test_one_row(fit):
    with pytest.raises(CollinearityError, match="'x' is constant"):
        fit([3], [1], {"x": [2]})


def test_everybody_tied():
    """All six fail on day 7: by Efron and Breslow the likelihood is that of one risk set."""
    for ties in ("efron", "breslow"):
        model = cox([7] * 6, [1] * 6, {"x": [0, 1, 2, 3, 4, 9]}, ties=ties)
        assert np.isfinite(model.coef).all()
        assert model.coef[0] == pytest.approx(0, abs=1e-12)
    with pytest.raises(CollinearityError):  # exact: that all of six fail is certain whatever x is
        cox([7] * 6, [1] * 6, {"x": [0, 1, 2, 3, 4, 9]}, ties="exact")


def test_events_on_day_0(fit):
    assert fit([0, 0, 0, 1, 2, 3], [1, 1, 0, 1, 0, 1], {"x": [0, 1, 1, 0, 1, 0]}) is not None


def test_missing_covariate_names_column_and_position(fit):
    with pytest.raises(BadInputError, match=r"column 'x', position 2 \(counting from 0\), 1 in all"):
        fit(x={"x": [0, 1, np.nan, 0, 1, 0]})


@pytest.mark.parametrize("bad", [np.nan, np.inf, -1.0])
def test_impossible_times(fit, bad):
    with pytest.raises(BadInputError, match="finite and not negative"):
        fit([1, 2, bad, 4, 5, 6])


def test_missing_event(fit):
    with pytest.raises(BadInputError, match="position 1"):
        fit(event=[1, np.nan, 0, 1, 1, 0])


def test_cox_refuses_causes():
    with pytest.raises(BadInputError, match="fine_gray or cause_specific"):
        cox(TIME, CAUSE, X)


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan])
def test_weights_must_be_positive(fit, bad):
    with pytest.raises(BadInputError, match="weight"):
        fit(weight=[1, 1, bad, 1, 1, 1])


def test_constant_covariate(fit):
    with pytest.raises(CollinearityError, match="'one' is constant") as refusal:
        fit(x={**X, "one": [0.1] * 6})
    assert refusal.value.terms == ("one",)


def test_covariate_constant_within_strata():
    with pytest.raises(CollinearityError, match=r"within strata: .*'x' is constant"):
        cox(TIME, EVENT, {"x": [0, 0, 0, 1, 1, 1]}, stratum=[0, 0, 0, 1, 1, 1])


def test_collinear_covariates_are_named_with_their_partners(fit):
    x = np.array([0, 1, 1, 0, 1, 0.0])
    y = np.array([3, 1, 4, 1, 5, 9.0])
    with pytest.raises(CollinearityError, match="'z' is a combination of 'x', 'y'") as refusal:
        fit(x={"x": x, "y": y, "z": 2 * x - y / 3 + 7})
    assert refusal.value.terms == ("z",)


def test_separation_names_the_term_and_proposes_firth():
    with pytest.raises(SeparationError, match="'x' to -infinity") as refusal:
        cox([1, 2, 3, 4], [1, 1, 0, 0], {"x": [0, 0, 1, 1]})
    assert "penalty='firth'" in str(refusal.value)
    assert np.isfinite(cox([1, 2, 3, 4], [1, 1, 0, 0], {"x": [0, 0, 1, 1]}, penalty="firth").coef).all()


def test_separation_by_a_combination():
    """Neither x nor y separates alone, x - y does."""
    x = np.array([2, 3, 4, 1, 2, 3.0])
    y = np.array([0, 2, 3, 2, 4, 4.0])
    with pytest.raises(SeparationError) as refusal:
        cox([1, 2, 3, 4, 5, 6], [1, 1, 1, 0, 0, 0], {"x": x, "y": y})
    assert set(refusal.value.terms) <= {"x", "y"}


def test_separation_in_one_cause_names_the_cause():
    with pytest.raises(SeparationError, match="cause 2"):
        cause_specific([1, 2, 3, 4, 5, 6], [1, 2, 1, 2, 1, 0], {"x": [1, 0, 0, 0, 1, 1]})


def test_fine_gray_separation_does_not_propose_firth():
    with pytest.raises(SeparationError) as refusal:
        fine_gray([1, 2, 3, 4], [1, 1, 2, 0], {"x": [0, 0, 1, 1]})
    assert "firth" not in str(refusal.value)


def test_cause_never_seen():
    with pytest.raises(BadInputError, match="cause 3 never happens") as refusal:
        fine_gray(TIME, CAUSE, X, of_interest=3)
    assert "a cause that happens: 1, 2" in str(refusal.value)
    models = cause_specific(
        [1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 0, 1, 2, 0, 1, 2], {"x": [0, 1, 1, 1, 0, 0, 1, 1]}
    )
    with pytest.raises(BadInputError, match="unknown cause '3'"):
        models[3]


def test_lengths_must_agree(fit):
    with pytest.raises(BadInputError, match="has 5"):
        fit(x={"x": [0, 1, 1, 0, 1]})
    with pytest.raises(BadInputError, match="stratum has 2 values"):
        fit(stratum=[1, 2])
    with pytest.raises(BadInputError, match="cluster has 2 values"):
        fit(cluster=[1, 2])


def test_entry_must_come_before_time():
    with pytest.raises(BadInputError, match=r"entry must be before time.*|position 1"):
        cox(TIME, EVENT, X, entry=[0, 2, 0, 0, 0, 0])
    with pytest.raises(BadInputError, match="entry must be finite"):
        cox(TIME, EVENT, X, entry=[0, np.nan, 0, 0, 0, 0])


@pytest.mark.parametrize(
    ("options", "allowed"),
    [
        ({"ties": "effron"}, "efron, breslow, exact"),
        ({"penalty": "ridge"}, "firth"),
        ({"variance": "sandwich"}, "model, robust"),
    ],
)
def test_unknown_options_list_what_is_allowed(options, allowed):
    with pytest.raises(BadInputError, match=f"allowed: {allowed}"):
        cox(TIME, EVENT, X, **options)


def test_unknown_fine_gray_variance():
    with pytest.raises(BadInputError, match="allowed: cmprsk, jackknife"):
        fine_gray(TIME, CAUSE, X, variance="robust")


def test_combinations_without_a_valid_answer():
    for options in ({"weight": [1, 2, 1, 1, 1, 1]}, {"cluster": [1, 1, 2, 2, 3, 3]}):
        with pytest.raises(RefusalError, match="exact likelihood"):
            cox(TIME, EVENT, X, ties="exact", **options)
    with pytest.raises(RefusalError, match="cluster"):
        cox(TIME, EVENT, X, cluster=[1, 1, 2, 2, 3, 3], variance="model")
    robust = cox(TIME, EVENT, X, variance="robust")
    with pytest.raises(RefusalError, match="wald_test"):
        robust.likelihood_ratio_test()
    exact = cox(TIME, EVENT, X, ties="exact")
    with pytest.raises(RefusalError, match="schoenfeld"):
        exact.residuals("schoenfeld")


def test_variance_is_robust_unless_weights_are_whole():
    assert not cox(TIME, EVENT, X).robust
    assert not cox(TIME, EVENT, X, weight=[1, 2, 1, 1, 1, 1]).robust
    assert cox(TIME, EVENT, X, weight=[1, 1.5, 1, 1, 1, 1]).robust
    assert "robust" in str(cox(TIME, EVENT, X, cluster=[1, 1, 2, 2, 3, 3]).convention)


def test_functions_of_time_must_be_tables_of_numbers():
    with pytest.raises(BadInputError, match="needs time_function"):
        fine_gray(TIME, CAUSE, X, time_covariates=X)
    with pytest.raises(BadInputError, match="shape"):
        fine_gray(TIME, CAUSE, X, time_covariates=X, time_function=lambda _: np.zeros((1, 3)))
    with pytest.raises(BadInputError, match="log"), np.errstate(divide="ignore"):
        fine_gray([0, 2, 3, 4, 5, 6], CAUSE, X, time_covariates=X, time_function=np.log)


def test_proportional_hazards_options():
    model = cox(TIME, EVENT, X)
    with pytest.raises(BadInputError, match="allowed: km, rank, identity, log"):
        model.proportional_hazards_test("sqrt")
    with pytest.raises(BadInputError, match="unknown term 'y'"):
        model.proportional_hazards_test(groups={"g": ["y"]})
    given = model.proportional_hazards_test(np.sqrt)
    assert given.transform == "given function"
    with pytest.raises(BadInputError, match="not finite"):
        cox([0, 2, 3, 4, 5, 6], EVENT, X).proportional_hazards_test("log")


def test_concordance_without_a_pair():
    with pytest.raises(BadInputError, match="no two rows can be compared"):
        concordance([5, 5, 1], [1, 1, 0], [0.1, 0.2, 0.3])
    with pytest.raises(BadInputError, match="predictor must be finite"):
        concordance([1, 2], [1, 0], [np.nan, 1])
    with pytest.raises(RefusalError, match="n/G2"):
        concordance([1, 2], [1, 0], [0, 1], stratum=[1, 1], time_weight="n/G2")


def test_prediction_needs_the_terms_and_the_stratum():
    model = cox(TIME, EVENT, X, stratum=list("ababab"))
    with pytest.raises(BadInputError, match="unknown term 'x'"):
        model.predict({"y": [1]}, stratum="a")
    with pytest.raises(BadInputError, match="none given"):
        model.predict({"x": [1]})
    with pytest.raises(BadInputError, match="2 columns"):
        model.predict([[1, 2]], stratum="a")


def test_labels_that_nobody_has_are_not_counted():
    """Strata 1 and 4, clusters 10 and 12: the numbers between are no strata and no clusters."""
    model = cox(TIME, EVENT, X, stratum=[1, 4, 1, 4, 1, 4], cluster=[10, 10, 12, 12, 12, 10])
    assert model.data.risk.stratum_levels == (1, 4)
    assert "over 2 clusters" in str(model.convention)
    with pytest.raises(BadInputError, match="unknown stratum '2'"):
        model.predict({"x": [1]}, stratum=2)


def test_stratum_without_events():
    """Its curve stays at the start, without an interval."""
    time, event, x = [1, 2, 3, 4, 5, 6], [1, 1, 1, 1, 0, 0], {"x": [0, 1, 1, 0, 1, 0]}
    model = cox(time, event, x, stratum=list("aaaabb"))
    row = model.predict({"x": [1]}, stratum="b").at([3]).row(0, named=True)
    assert (row["estimate"], row["std_err"]) == (1.0, 0.0)
    assert np.isnan(row["lower"])
    table = model.baseline_hazard()
    assert set(table["stratum"]) == {"a"}


def test_huge_covariates_do_not_overflow():
    """Dates as days since 1970 and a hundred-year scale give the model of centred, scaled ones."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=60)
    time, event = rng.integers(1, 30, 60), rng.random(60) < 0.7
    plain = cox(time, event, {"x": x})
    moved = cox(time, event, {"x": 20000 + 365.25 * x})
    assert moved.coef[0] * 365.25 == pytest.approx(plain.coef[0], rel=1e-10)
    assert moved.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-13)


def test_outliers_do_not_underflow():
    """A covariate over eight orders of magnitude: Newton's first step would be far too long."""
    x = 10.0 ** np.arange(-4, 5)
    time, event = [9, 8, 1, 7, 2, 6, 3, 5, 4], [1, 1, 1, 1, 0, 1, 1, 1, 1]
    model = cox(time, event, {"x": x})
    assert np.isfinite(model.coef).all()
    assert abs(model.coef[0] / model.std_err[0]) < 5
    with pytest.raises(SeparationError):
        cox([1, 2, 3, 4], [1, 1, 1, 0], {"x": [1e6, 1e3, 1.0, 1e-3]})


def test_ties_broken_by_round_off_are_ties():
    """0.1 + 0.2 and 0.3 are one time (R's survival::aeqSurv)."""
    event, x = [1, 1, 0, 1], {"x": [0, 1, 1, 0]}
    whole = cox([3, 3, 5, 6], event, x)
    parts = cox([0.1 + 0.2, 0.3, 0.5, 0.6], event, x)
    assert parts.coef[0] == pytest.approx(whole.coef[0], rel=1e-13)
