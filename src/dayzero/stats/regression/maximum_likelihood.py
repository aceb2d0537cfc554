"""Newton's method for a concave likelihood, to the last digits, with a reason when there is no maximum."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dayzero.stats.regression.model_errors import CollinearityError, ConvergenceError, SeparationError

FloatArray = npt.NDArray[np.float64]

MAX_ITERATIONS = 60
STEP_TOLERANCE = 1e-12  # largest last step, in standard deviations of the covariate times coefficient
LARGE_TOLERANCE = 1e-10  # the same with many rows, where it saves a pass and moves a variance by as little
PIVOT_TOLERANCE = 1e-10  # information left in a column after the others, as a share of its own
FIRST_STEPS = 5  # steps that most models need; a collapse takes more
COLLAPSE = 1e-8  # share of the information at zero below which a likelihood is flat for good


@dataclass(frozen=True)
class Evaluation:
    """A log-likelihood with its first two derivatives (the information is minus the second)."""

    log_likelihood: float
    score: FloatArray
    information: FloatArray


@dataclass(frozen=True)
class Optimum:
    """The maximum: coefficients, the evaluation there, and the number of evaluations it took."""

    coef: FloatArray
    evaluation: Evaluation
    evaluations: int


Objective = Callable[[FloatArray], Evaluation]


@dataclass(frozen=True)
class CovariateScale:
    """Names of the covariates, their standard deviations, and the information below which one is constant.

    ``firth`` says whether an error on separation may propose Firth's penalty; ``context`` begins an error.
    """

    terms: tuple[str, ...]
    spread: FloatArray
    floor: FloatArray
    firth: bool = True
    context: str = ""

    @classmethod
    def of(
        cls,
        terms: tuple[str, ...],
        spread: FloatArray,
        n_events: float,
        *,
        firth: bool = True,
        context: str = "",
    ) -> CovariateScale:
        """Set the floor far below any information that a varying covariate leaves."""
        return cls(terms, spread, 1e-11 * n_events * spread**2, firth, context)


def maximize(
    objective: Objective,
    scale: CovariateScale,
    start: FloatArray | None = None,
    tolerance: float = STEP_TOLERANCE,
) -> Optimum:
    """Maximise a concave log-likelihood.

    Parameters
    ----------
    objective : callable
        Coefficients to :class:`Evaluation`.
    scale : CovariateScale
        Names and sizes of the covariates, so that steps are judged on the scale of the log hazard.
    start : ndarray, optional
        Where to start; zero when not given.
    tolerance : float
        Largest last step, in standard deviations of the covariate times coefficient.

    Returns
    -------
    Optimum
        Newton's steps have become smaller than the tolerance; the last one is taken, so the error of the
        coefficients is of the order of its square.

    Raises
    ------
    CollinearityError, SeparationError, ConvergenceError
    """
    beta = np.zeros(len(scale.terms)) if start is None else start
    now = objective(beta)
    at_zero = None if start is not None else now.information
    if at_zero is not None:
        refuse_collinear(at_zero, scale)
    last_decrement = np.inf
    for count in range(1, MAX_ITERATIONS):
        if at_zero is not None and count > FIRST_STEPS:
            _refuse_collapse(now.information, at_zero, scale, beta)
        step = solve(now.information, now.score)
        if step is None:
            _no_step(objective, scale, beta)
            break
        decrement = float(now.score @ step)
        if not np.isfinite(decrement):
            break
        small = float(np.abs(step * scale.spread).max()) <= tolerance
        stalled = count > 5 and decrement < 1e-12 and decrement >= 0.5 * last_decrement
        if small or stalled:
            return Optimum(beta + step, now, count)
        last_decrement = decrement
        beta, now = _uphill(objective, beta, step, now)
    what = f"the likelihood was not maximised in {MAX_ITERATIONS} steps"
    raise ConvergenceError(what, scale.terms)


def _uphill(
    objective: Objective, beta: FloatArray, step: FloatArray, now: Evaluation
) -> tuple[FloatArray, Evaluation]:
    """Take Newton's step, halved until the likelihood does not fall by more than round-off."""
    slack = 1e-11 * (1.0 + abs(now.log_likelihood))
    for _ in range(40):
        # Too long a step may underflow a whole risk set; its log-likelihood is then -inf or NaN, and no gain.
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            there = objective(beta + step)
        if there.log_likelihood >= now.log_likelihood - slack:
            break
        step = step / 2
    return beta + step, there


def solve(information: FloatArray, right: FloatArray) -> FloatArray | None:
    """Solve with the information scaled to unit diagonal; None when it is singular."""
    found = _root(information)
    if found is None:
        return None
    root, size = found
    solution = np.linalg.solve(root.T, np.linalg.solve(root, (right.T / size).T))
    return np.asarray((solution.T / size).T)


def _root(information: FloatArray) -> tuple[FloatArray, FloatArray] | None:
    """Return the Cholesky root of the information at unit diagonal, and the scale; None if singular."""
    size = np.sqrt(np.maximum(np.diag(information), 0.0))
    if not (np.isfinite(size).all() and size.all()):
        return None
    try:
        root = np.linalg.cholesky(information / np.outer(size, size))
    except np.linalg.LinAlgError:
        return None
    return None if np.diag(root).min(initial=1.0) ** 2 < PIVOT_TOLERANCE else (root, size)


def inverse(information: FloatArray) -> FloatArray:
    """Invert an information matrix, symmetric to the last bit."""
    solved = solve(information, np.eye(len(information)))
    full = np.linalg.inv(information).astype(np.float64) if solved is None else solved
    return np.asarray((full + full.T) / 2)


def refuse_collinear(information: FloatArray, scale: CovariateScale) -> None:
    """Raise CollinearityError naming each column that adds no information to those before it."""
    if bool((np.diag(information) > scale.floor).all()) and _root(information) is not None:
        return
    kept: list[int] = []
    aliased: dict[str, tuple[str, ...]] = {}
    for j, term in enumerate(scale.terms):
        own = information[j, j]
        if not own > scale.floor[j]:
            aliased[term] = ()
            continue
        cross = information[np.ix_(kept, [j])][:, 0]
        size = np.sqrt(np.diag(information)[kept])
        slope = np.linalg.solve(information[np.ix_(kept, kept)] / np.outer(size, size), cross / size)
        if (own - (cross / size) @ slope) / own < PIVOT_TOLERANCE:
            share = np.abs(slope) / np.sqrt(own)
            aliased[term] = tuple(scale.terms[k] for k, s in zip(kept, share, strict=True) if s > 1e-6)
        else:
            kept.append(j)
    if aliased:
        raise CollinearityError(aliased, scale.context)


def _refuse_collapse(
    information: FloatArray, at_zero: FloatArray, scale: CovariateScale, beta: FloatArray
) -> None:
    """Raise SeparationError when some direction has lost its information since the start."""
    root = np.linalg.cholesky(at_zero)
    relative = np.linalg.solve(root, np.linalg.solve(root, information).T)
    if not np.isfinite(relative).all():
        raise SeparationError(_diverging(beta, scale), penalty=scale.firth, context=scale.context)
    if np.linalg.eigvalsh((relative + relative.T) / 2)[0] < COLLAPSE:
        raise SeparationError(_diverging(beta, scale), penalty=scale.firth, context=scale.context)


def _diverging(beta: FloatArray, scale: CovariateScale) -> dict[str, int]:
    """Name the coefficients that have run away, with their signs."""
    size = np.abs(beta * scale.spread)
    rows = zip(scale.terms, beta, size, strict=True)
    return {term: int(np.sign(b)) for term, b, s in rows if s >= 0.3 * size.max()}


def _no_step(objective: Objective, scale: CovariateScale, beta: FloatArray) -> None:
    """Say why the information is singular here: collinear everywhere, or collapsed on the way."""
    refuse_collinear(objective(np.zeros_like(beta)).information, scale)
    raise SeparationError(_diverging(beta, scale), penalty=scale.firth, context=scale.context)
