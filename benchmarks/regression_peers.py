"""Time one model of one other package, in that package's own environment; called by regression.py.

Usage: python regression_peers.py MODEL data.npz REPEATS. Prints one JSON line: seconds (best), coef, std_err.
"""

from __future__ import annotations

import json
import sys
import time
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

Answer = tuple[list[float], list[float] | None]


def survival_raw(days: Any, cause: Any, x: Any) -> Callable[[], Answer]:
    """Package survival (Rust): the bare fit on arrays, no residuals."""
    fit = import_module("survival.regression").coxph_fit_raw
    event = (cause == 1).astype(np.int32)

    def run() -> Answer:
        model = fit(days, event, x, resid=False)
        variance = np.asarray(model.variance if hasattr(model, "variance") else model.var, dtype=float)
        return list(model.coefficients), np.sqrt(
            np.diag(variance.reshape(len(model.coefficients), -1))
        ).tolist()

    return run


def survival_coxph(days: Any, cause: Any, x: Any) -> Callable[[], Answer]:
    """Package survival (Rust): coxph with a formula, as its manual shows it."""
    package = import_module("survival")
    names = [f"x{j}" for j in range(x.shape[1])]
    data = {"time": days, "event": (cause == 1).astype(float), **{k: x[:, j] for j, k in enumerate(names)}}

    def run() -> Answer:
        model = package.coxph("Surv(time, event) ~ " + " + ".join(names), data)
        return list(np.asarray(package.coef(model), dtype=float)), None

    return run


def lifelines(days: Any, cause: Any, x: Any) -> Callable[[], Answer]:
    """Package lifelines: CoxPHFitter (Efron)."""
    pandas, package = import_module("pandas"), import_module("lifelines")
    frame = pandas.DataFrame(x, columns=[f"x{j}" for j in range(x.shape[1])])
    frame["time"], frame["event"] = days, cause == 1

    def run() -> Answer:
        model = package.CoxPHFitter().fit(frame, "time", "event")
        return model.params_.tolist(), model.standard_errors_.tolist()

    return run


def scikit_survival(days: Any, cause: Any, x: Any) -> Callable[[], Answer]:
    """Package scikit-survival: CoxPHSurvivalAnalysis (Efron), which gives no standard error."""
    package = import_module("sksurv.linear_model")
    y = import_module("sksurv.util").Surv.from_arrays(cause == 1, days)

    def run() -> Answer:
        model = package.CoxPHSurvivalAnalysis(ties="efron").fit(x, y)
        return model.coef_.tolist(), None

    return run


def comprisk(days: Any, cause: Any, x: Any) -> Callable[[], Answer]:
    """Package comprisk: Fine-Gray with its model-based error."""
    return _comprisk(days, cause, x, robust=False)


def comprisk_robust(days: Any, cause: Any, x: Any) -> Callable[[], Answer]:
    """Package comprisk: Fine-Gray with its sandwich, which leaves out the estimation of the censoring."""
    return _comprisk(days, cause, x, robust=True)


def _comprisk(days: Any, cause: Any, x: Any, *, robust: bool) -> Callable[[], Answer]:
    package = import_module("comprisk")

    def run() -> Answer:
        model = package.FineGrayRegression(robust_se=robust).fit(x, time=days, event=cause.astype(int))
        return model.coef_.tolist(), model.se_.tolist()

    return run


def survival_finegray(days: Any, cause: Any, x: Any) -> Callable[[], Answer]:
    """Package survival (Rust): finegray_regression with its naive error."""
    fit = import_module("survival.regression").finegray_regression
    rows, status = x.tolist(), cause.astype(int).tolist()

    def run() -> Answer:
        model = fit(days.tolist(), status, rows, 1)
        return list(model.coefficients), list(model.std_errors)

    return run


MODELS = {
    "survival raw fit": survival_raw,
    "survival coxph": survival_coxph,
    "lifelines": lifelines,
    "scikit-survival (no SE)": scikit_survival,
    "comprisk (model SE)": comprisk,
    "comprisk robust_se": comprisk_robust,
    "survival finegray (naive SE)": survival_finegray,
}


def main() -> None:
    """Run one model and print what came out."""
    name, path, repeats = sys.argv[1], sys.argv[2], int(sys.argv[3])
    data = np.load(path)
    run = MODELS[name](data["days"].astype(float), data["cause"], data["x"])
    best, answer = float("inf"), None
    for _ in range(repeats):
        begin = time.perf_counter()
        answer = run()
        best = min(best, time.perf_counter() - begin)
    print(json.dumps({"seconds": best, "coef": answer and answer[0], "std_err": answer and answer[1]}))


if __name__ == "__main__":
    main()
