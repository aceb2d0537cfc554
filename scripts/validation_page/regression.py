"""Cox, Fine-Gray and adjusted curves beside R survival, cmprsk and riskRegression."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dayzero import stats

from .differences import Pair, Parity, parity
from .sources import Columns, columns, stored, version

if TYPE_CHECKING:
    from collections.abc import Iterator

NEW = {"age": [30, 60], "female": [0, 1], "dose": [1, 4]}
MODELS = {
    "right": ("right-censored", ()),
    "late": ("delayed entry", ("entry",)),
    "strata": ("entry, strata", ("entry", "stratum")),
    "weights": ("case weights, model SE", ("weight",)),
    "iptw": ("entry, weights, robust SE", ("entry", "weight")),
    "cluster": ("entry, clustered SE", ("entry", "cluster")),
    "everything": ("entry, strata, weights, clusters", ("entry", "stratum", "weight", "cluster")),
    "copies": ("whole weights", ("copies",)),
}
RESIDUALS = {
    "deviance": "deviance",
    "score": "score_rows",
    "dfbeta": "dfbeta",
    "dfbetas": "dfbetas",
    "schoenfeld": "schoenfeld",
    "scaled_schoenfeld": "scaledsch",
}
TRANSFORMS = ("km", "rank", "identity", "log")


def covariates(rows: Columns) -> Columns:
    """Return the three covariates of the synthetic rows."""
    return {key: rows[key] for key in ("age", "female", "dose")}


def transplant(bmt: Columns) -> Columns:
    """Return the covariates of the published model of 177 patients."""
    return {
        "Age": bmt["Age"],
        "Sex": bmt["Sex"] == "M",
        "D": bmt["D"] == "AML",
        **stats.expand_factor("Phase", bmt["Phase"], reference="Relapse"),
        "Source": bmt["Source"] == "PB",
    }


def fitted(rows: Columns, name: str, ties: str) -> Any:
    """Fit one of the models."""
    options = {key if key != "copies" else "weight": rows[key] for key in MODELS[name][1]}
    variance = "model" if name == "weights" else None
    return stats.cox(rows["time"], rows["event"], covariates(rows), ties=ties, variance=variance, **options)


def cox_tests(model: Any, want: dict[str, Any]) -> list[Pair]:
    """Pair Wald and score tests."""
    score = want["rscore"] if model.robust else want["score"]
    return [Pair(model.wald_test().statistic, want["wald"]), Pair(model.score_test().statistic, score)]


def cox(r: dict[str, Any], rows: Columns, package: str) -> Iterator[Parity]:
    """Coefficients, variances, tests, residuals, curves and concordance of Cox models."""
    for ties in ("efron", "breslow"):
        parts: dict[str, list[Pair]] = {
            n: []
            for n in ("tests", "martingale residuals", "other residuals", "zph", "concordance", "curves")
        }
        for name, (label, _) in MODELS.items():
            model, want = fitted(rows, name, ties), r[ties][name]
            pairs = [Pair(model.coef, want["coef"]), Pair(model.covariance, want["var"])]
            pairs.append(Pair([model.log_likelihood_null, model.log_likelihood], want["loglik"]))
            data = f"rows, {label}"
            yield parity(f"Cox, {ties}: coefficients, covariance", data, f"coxph ({package})", pairs)
            parts["tests"] += cox_tests(model, want)
            residual = model.residuals("martingale")["residual"]
            parts["martingale residuals"].append(Pair(residual, want["martingale"]))
            for transform in TRANSFORMS:
                table = model.proportional_hazards_test(transform).table()
                own = table.select("statistic", "df", "p_value").to_numpy()
                parts["zph"].append(Pair(own, want["zph"][transform]))
            c = model.concordance()
            pair = Pair([c.estimate, c.std_err], [want["concordance"][k] for k in ("estimate", "std_err")])
            parts["concordance"].append(pair)
            if name in ("right", "everything"):
                for kind, key in RESIDUALS.items():
                    frame = model.residuals(kind)
                    own = frame.select(residual_columns(frame, model)).to_numpy()
                    parts["other residuals"].append(Pair(own, want[key]))
            if "curve" in want:
                parts["curves"] += curves(model, name, want["curve"])
        for part, program, estimator in (
            ("tests", "coxph", "Wald and score tests"),
            ("martingale residuals", "residuals.coxph", "martingale residuals"),
            ("other residuals", "residuals.coxph", "six other residuals"),
            ("zph", "cox.zph", "proportional hazards, four transforms"),
            ("concordance", "concordance", "concordance, SE"),
            ("curves", "survfit.coxph", "predicted curves, SE, limits"),
        ):
            yield parity(
                f"Cox, {ties}: {estimator}", "rows, all of the above", f"{program} ({package})", parts[part]
            )


def residual_columns(frame: Any, model: Any) -> list[str]:
    """Return the columns that hold residuals."""
    return ["residual"] if "residual" in frame.columns else list(model.terms)


def curves(model: Any, name: str, want: dict[str, Any]) -> list[Pair]:
    """Pair predicted curves of two patients."""
    frame = model.predict(NEW, stratum="B" if name == "strata" else None).steps()

    def column(key: str) -> Any:
        values = np.asarray(want[key], dtype=float)
        return values.reshape(2, -1).ravel() if name == "strata" else values.T.ravel()

    return [
        Pair(frame["estimate"], column("surv")),
        Pair(frame["std_err"], column("std_err") * column("surv")),
        Pair(frame["lower"], column("lower")),
        Pair(frame["upper"], column("upper")),
    ]


def cox_special(r: dict[str, Any], rows: Columns, bmt: Columns, package: str) -> Iterator[Parity]:
    """Exact ties, baseline hazard, concordance variants, the 177 patients."""
    x, small = covariates(rows), {key: value[:60] for key, value in rows.items()}
    right = stats.cox(small["time"], small["event"], covariates(small), ties="exact")
    late = stats.cox(
        rows["time"], rows["event"], x, entry=rows["entry"], stratum=rows["stratum"], ties="exact"
    )
    pairs = []
    for model, key in ((right, "right"), (late, "late")):
        want = r["exact"][key]
        pairs += [Pair(model.coef, want["coef"]), Pair(model.covariance, want["var"])]
        pairs.append(Pair(model.residuals()["residual"], want["martingale"]))
    yield parity("Cox, exact ties: all of it", "rows, two models", f"coxph ({package})", pairs)
    model = stats.cox(rows["time"], rows["event"], x)
    # R leaves 0/1 covariates uncentred, so that its "mean" patient is male.
    patient = {"age": [rows["age"].mean()], "female": [0.0], "dose": [rows["dose"].mean()]}
    table = model.baseline_hazard(patient)
    known = dict(zip(r["basehaz"]["time"], r["basehaz"]["hazard"], strict=True))
    pairs = [Pair(table["cumulative_hazard"], [known[t] for t in table["time"]])]
    yield parity("Cox: baseline hazard", "rows", f"basehaz ({package})", pairs)
    uno = model.concordance("n/G2")
    early = stats.concordance(rows["time"], rows["event"], model.linear_predictor(), horizon=20)
    pairs = [
        Pair([found.estimate, found.std_err], [r[key][k] for k in ("estimate", "std_err")])
        for found, key in ((uno, "uno"), (early, "horizon"))
    ]
    yield parity("concordance: Uno's weights, horizon", "rows", f"concordance ({package})", pairs)
    model = stats.cox(bmt["ftime"], bmt["Status"] > 0, transplant(bmt))
    want = r["bmtcrr"]
    pairs = [Pair(model.coef, want["coef"]), Pair(model.covariance, want["var"])]
    table = model.proportional_hazards_test(
        groups={"Phase": ["Phase: CR1", "Phase: CR2", "Phase: CR3"]}
    ).table()
    pairs.append(Pair(table.select("statistic", "df", "p_value").to_numpy(), want["zph"]))
    yield parity("Cox, factor of four levels, zph", "bmtcrr", f"coxph, cox.zph ({package})", pairs)


def fine_gray_models(rows: Columns, bmt: Columns, r: dict[str, Any]) -> dict[str, tuple[str, Any]]:
    """Fit every Fine-Gray model that crr fits too."""
    x, time, cause = covariates(rows), rows["time"], rows["cause"]
    female, happened = x["female"], cause > 0
    moving = {
        "time_covariates": np.column_stack([female, female, x["age"]]),
        "time_function": lambda t: np.column_stack([t, np.log(t), t]),
    }
    again = np.repeat(np.arange(len(time)), rows["copies"].astype(int))
    only = {"time_covariates": {"female": female}, "time_function": lambda t: t}
    fit = stats.fine_gray
    return {
        "plain": ("rows", fit(time, cause, x)),
        "cause2": ("rows, cause 2", fit(time, cause, x, of_interest=2)),
        "cengroup": ("rows, censoring groups", fit(time, cause, x, censoring_group=rows["centre"])),
        "uncensored": (
            "rows without censoring",
            fit(time[happened], cause[happened], {k: v[happened] for k, v in x.items()}),
        ),
        "continuous": ("rows, times without ties", fit(r["continuous"]["time"], cause, x)),
        "copies": (
            "rows, each repeated",
            fit(time[again], cause[again], {k: v[again] for k, v in x.items()}),
        ),
        "interacted": ("rows, functions of time", fit(time, cause, x, **moving)),
        "only_interacted": (
            "rows, function of time, censoring groups",
            fit(time, cause, None, censoring_group=rows["centre"], **only),
        ),
        "bmtcrr": ("bmtcrr, relapse", fit(bmt["ftime"], bmt["Status"], transplant(bmt))),
        "bmtcrr2": (
            "bmtcrr, death in remission",
            fit(bmt["ftime"], bmt["Status"], transplant(bmt), of_interest=2),
        ),
    }


def fine_gray(rows: Columns, bmt: Columns) -> Iterator[Parity]:
    """Fine-Gray models, predictions, strata."""
    r = stored("fine_gray")
    cmprsk, survival = (f"{name} {version(r, name)}" for name in ("cmprsk", "survival"))
    models = fine_gray_models(rows, bmt, r)
    for key, (label, model) in models.items():
        want = r[key]
        pairs = [Pair(model.coef, want["coef"]), Pair(model.covariance, want["var"])]
        pairs.append(Pair(model.naive_covariance, want["invinf"]))
        pairs.append(Pair([model.log_likelihood_null, model.log_likelihood], [want["null"], want["loglik"]]))
        yield parity("Fine-Gray: coefficients, both variances", label, f"crr ({cmprsk})", pairs)
    plain = models["plain"][1].predict(NEW).steps()["estimate"]
    moved = models["interacted"][1]
    moved = moved.predict([[30, 0, 1], [60, 1, 4]], time_covariates=[[0, 0, 30], [1, 1, 60]]).steps()[
        "estimate"
    ]
    pairs = [
        Pair(found, np.array(r[key]["predict"])[:, 1:].T)
        for found, key in ((plain, "plain"), (moved, "interacted"))
    ]
    yield parity("Fine-Gray: predicted incidence", "rows, two models", f"predict.crr ({cmprsk})", pairs)
    model = stats.fine_gray(r["continuous"]["time"], rows["cause"], covariates(rows), stratum=rows["stratum"])
    pairs = [
        Pair(model.coef, r["strata"]["coef"]),
        Pair(model.naive_covariance, r["strata"]["invinf"]),
    ]
    program = f"finegray, coxph ({survival})"
    yield parity("Fine-Gray in strata: coefficients, information", "rows, times without ties", program, pairs)


def adjusted(rows: Columns) -> Iterator[Parity]:
    """Direct-adjusted survival; incidence from cause-specific models."""
    r = stored("adjusted")
    x, want = covariates(rows), r["untied"]
    model = stats.cox(r["time"], rows["event"], x, ties="breslow")
    made = stats.adjusted_curves(model, {"M": {"female": 0}, "F": {"female": 1}})
    found, difference = made.at(r["times"]), made.difference("M", "F", r["times"])
    pairs = [
        Pair(1 - found["estimate"], want["risk"]),
        Pair(found["std_err"], want["se"]),
        Pair(difference["difference"], want["difference"]),
        Pair(difference["std_err"], want["difference_se"]),
    ]
    program = f"ate (riskRegression {version(r, 'riskRegression')})"
    yield parity("adjusted survival and difference, SE", "rows, times without ties", program, pairs)
    models = stats.cause_specific(rows["time"], rows["cause"], x, ties="breslow")
    states = models.predict(NEW).at(r["times"])["estimate"].to_numpy().reshape(2, 3, -1).transpose(2, 0, 1)
    program = f"survfit of a multi-state coxph (survival {version(r, 'survival')})"
    pairs = [Pair(states, r["multistate"]["pstate"])]
    yield parity("incidence of two causes from Cox models", "rows", program, pairs)


def rows() -> list[Parity]:
    """Return the rows of this part of the table."""
    data, bmt, r = columns("regression/rows.csv"), columns("regression/bmtcrr.csv"), stored("cox")
    survival = f"survival {version(r, 'survival')}"
    return [
        *cox(r, data, survival),
        *cox_special(r, data, bmt, survival),
        *fine_gray(data, bmt),
        *adjusted(data),
    ]
