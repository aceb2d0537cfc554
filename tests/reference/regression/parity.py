"""Print how far dayzero's regression is from the stored results of R: estimator, data, largest difference.

    .venv/bin/python tests/reference/regression/parity.py

A difference is relative to the largest absolute value of the quantity in R.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np

from dayzero.stats import adjusted_curves, cause_specific, cox, expand_factor, fine_gray

HERE = Path(__file__).parent
TEXT = {"arm", "stratum", "centre", "Sex", "D", "Phase", "Source"}
NEW = {"age": [30, 60], "female": [0, 1], "dose": [1, 4]}
MODELS = {
    "right": (),
    "late": ("entry",),
    "strata": ("entry", "stratum"),
    "iptw": ("entry", "weight"),
    "cluster": ("entry", "cluster"),
    "everything": ("entry", "stratum", "weight", "cluster"),
}
Row = tuple[str, str, str, float]


def columns(name: str) -> dict[str, Any]:
    """Read a CSV file as arrays."""
    with (HERE / name).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {key: np.array([r[key] if key in TEXT else float(r[key]) for r in rows]) for key in rows[0]}


def stored(name: str) -> Any:
    """Read results of R."""
    return json.loads((HERE / name).read_text(encoding="utf-8"))


def differ(found: Any, expected: Any) -> float:
    """Largest difference relative to the largest value."""
    a, b = np.asarray(found, dtype=float).ravel(), np.asarray(expected, dtype=float).ravel()
    return float(np.abs(a - b).max() / np.abs(b).max())


def transplant(data: dict[str, Any]) -> dict[str, Any]:
    """Covariates of the published model of the 177 patients."""
    return {
        "Age": data["Age"],
        "Sex": data["Sex"] == "M",
        "D": data["D"] == "AML",
        **expand_factor("Phase", data["Phase"], reference="Relapse"),
        "Source": data["Source"] == "PB",
    }


def cox_rows(data: dict[str, Any], x: dict[str, Any]) -> list[Row]:
    """Compare Cox models with survival::coxph and what follows from it."""
    reference = stored("cox.json")
    out: list[Row] = []
    for ties in ("efron", "breslow"):
        for name, options in MODELS.items():
            model = cox(data["time"], data["event"], x, ties=ties, **{key: data[key] for key in options})
            r = reference[ties][name]
            label = f"rows.csv, {', '.join(options) or 'right-censored'}"
            title = f"Cox, {ties}"
            out += [
                (f"{title}: coefficients", label, "survival::coxph", differ(model.coef, r["coef"])),
                (f"{title}: covariance", label, "survival::coxph", differ(model.covariance, r["var"])),
                (
                    f"{title}: proportional hazards",
                    label,
                    "survival::cox.zph",
                    differ(model.proportional_hazards_test().statistic, np.array(r["zph"]["km"])[:, 0]),
                ),
                (
                    f"{title}: concordance, SE",
                    label,
                    "survival::concordance",
                    differ(
                        [model.concordance().estimate, model.concordance().std_err],
                        [r["concordance"]["estimate"], r["concordance"]["std_err"]],
                    ),
                ),
            ]
            if "curve" in r and name != "strata":
                curves = model.predict(NEW).steps()
                survival = np.array(r["curve"]["surv"]).T
                std_err = np.array(r["curve"]["std_err"]).T * survival
                out.append(
                    (
                        f"{title}: predicted survival",
                        label,
                        "survival::survfit",
                        differ(curves["estimate"], survival),
                    )
                )
                out.append(
                    (f"{title}: its SE", label, "survival::survfit", differ(curves["std_err"], std_err))
                )
    exact = cox(data["time"], data["event"], x, entry=data["entry"], stratum=data["stratum"], ties="exact")
    r = reference["exact"]["late"]
    label = "rows.csv, entry, stratum"
    out.append(("Cox, exact: coefficients", label, "survival::coxph", differ(exact.coef, r["coef"])))
    out.append(("Cox, exact: covariance", label, "survival::coxph", differ(exact.covariance, r["var"])))
    return out


def fine_gray_rows(data: dict[str, Any], x: dict[str, Any]) -> list[Row]:
    """Compare Fine-Gray models with cmprsk::crr."""
    reference = stored("fine_gray.json")
    time, cause = data["time"], data["cause"]
    female, age = x["female"], x["age"]
    bmt = columns("bmtcrr.csv")
    moving = {
        "time_covariates": np.column_stack([female, female, age]),
        "time_function": lambda t: np.column_stack([t, np.log(t), t]),
    }
    models = {
        "plain": ("rows.csv", fine_gray(time, cause, x)),
        "cause2": ("rows.csv, cause 2", fine_gray(time, cause, x, of_interest=2)),
        "cengroup": ("rows.csv, censoring groups", fine_gray(time, cause, x, censoring_group=data["centre"])),
        "interacted": ("rows.csv, functions of time", fine_gray(time, cause, x, **moving)),
        "bmtcrr": ("bmtcrr.csv, relapse", fine_gray(bmt["ftime"], bmt["Status"], transplant(bmt))),
        "bmtcrr2": (
            "bmtcrr.csv, death in remission",
            fine_gray(bmt["ftime"], bmt["Status"], transplant(bmt), of_interest=2),
        ),
    }
    out: list[Row] = []
    for key, (label, model) in models.items():
        r = reference[key]
        out.append(("Fine-Gray: coefficients", label, "cmprsk::crr", differ(model.coef, r["coef"])))
        out.append(("Fine-Gray: covariance", label, "cmprsk::crr", differ(model.covariance, r["var"])))
    predicted = models["plain"][1].predict(NEW).steps()["estimate"]
    expected = np.array(reference["plain"]["predict"])[:, 1:].T
    out.append(
        ("Fine-Gray: predicted incidence", "rows.csv", "cmprsk::predict.crr", differ(predicted, expected))
    )
    return out


def adjusted_rows(data: dict[str, Any], x: dict[str, Any]) -> list[Row]:
    """Compare adjusted curves with riskRegression and predicted states with survival."""
    r = stored("adjusted.json")
    model = cox(r["time"], data["event"], x, ties="breslow")
    curves = adjusted_curves(model, {"M": {"female": 0}, "F": {"female": 1}}).at(r["times"])
    models = cause_specific(data["time"], data["cause"], x, ties="breslow")
    states = models.predict(NEW).at(r["times"])["estimate"].to_numpy().reshape(2, 3, -1).transpose(2, 0, 1)
    label, other = "rows.csv, times without ties", "riskRegression::ate"
    return [
        ("adjusted survival", label, other, differ(1 - curves["estimate"], r["untied"]["risk"])),
        ("adjusted survival: SE", label, other, differ(curves["std_err"], r["untied"]["se"])),
        (
            "incidence of two causes",
            "rows.csv",
            "survival::survfit",
            differ(states, r["multistate"]["pstate"]),
        ),
    ]


def rows() -> list[Row]:
    """Return estimator, data, program compared with, largest relative difference."""
    data = columns("rows.csv")
    x = {key: data[key] for key in ("age", "female", "dose")}
    return [*cox_rows(data, x), *fine_gray_rows(data, x), *adjusted_rows(data, x)]


if __name__ == "__main__":
    for estimator, where, program, difference in rows():
        print(f"{estimator:36} {where:44} {program:24} {difference:.1e}")  # noqa: T201
