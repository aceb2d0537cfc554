"""Curves that a model predicts, for a patient or averaged over a cohort."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from dayzero.errors import BadInputError
from dayzero.stats.curves.curve import position, wanted_times
from dayzero.stats.intervals import normal_quantile, wald_limits

if TYPE_CHECKING:
    import polars as pl

    from dayzero.stats.arrays import Label
    from dayzero.stats.convention import Convention

FloatArray = npt.NDArray[np.float64]
Evaluate = Callable[[FloatArray], tuple[FloatArray, FloatArray]]


def step_index(times: FloatArray, wanted: FloatArray) -> npt.NDArray[np.intp]:
    """Return the step that holds at each wanted time, 0 before the first (and when there is none)."""
    return position(times, wanted) if len(times) else np.zeros(len(wanted), dtype=np.intp)


@dataclass(frozen=True, eq=False)
class PredictedCurves:
    """Predicted survival or incidence, computed at the times it is asked for.

    Attributes
    ----------
    labels : tuple
        What each curve is of: the position of the row asked about, or the name of a group.
    causes : tuple of int or None
        The cause of each curve; None for survival.
    times : ndarray, shape (T,)
        Where the curves step.
    conf_type, conf_level
        Scale and level of the interval.
    convention : Convention
        What exactly was done.
    last : float
        Last time observed in the data predicted from; nothing is known beyond it.
    evaluate : callable
        Times (m,) to estimates and standard errors, each (curves, m).
    """

    labels: tuple[Label, ...]
    causes: tuple[int | None, ...]
    times: FloatArray
    conf_type: str
    conf_level: float
    convention: Convention
    last: float
    evaluate: Evaluate = field(repr=False)

    def at(self, times: Any) -> pl.DataFrame:
        """Return the curves at ``times``.

        Columns: curve, cause, time, estimate, std_err, lower, upper, beyond_follow_up (nobody was observed
        that long; the estimate is carried forward). Rows are ordered by curve, then time as given.
        """
        import polars as pl

        wanted = wanted_times(times)
        estimate, std_err = self.evaluate(wanted)
        lower, upper = wald_limits(estimate, std_err, self.conf_type, self.conf_level)
        columns: dict[str, Any] = {
            "curve": [label for label in self.labels for _ in wanted],
            "cause": pl.Series([cause for cause in self.causes for _ in wanted], dtype=pl.Int64),
            "time": np.tile(wanted, len(self.labels)),
            "estimate": estimate.ravel(),
            "std_err": std_err.ravel(),
            "lower": lower.ravel(),
            "upper": upper.ravel(),
            "beyond_follow_up": np.tile(wanted > self.last, len(self.labels)),
        }
        return pl.DataFrame(columns)

    def steps(self) -> pl.DataFrame:
        """Return the curves at all their steps, with the columns of :meth:`at`."""
        return self.at(self.times)


@dataclass(frozen=True, eq=False)
class AdjustedCurves(PredictedCurves):
    """Direct-adjusted curves, one a group (and cause), that can be compared.

    Attributes
    ----------
    joint : callable
        Times (m,) to estimates (curves, m) and their covariance (m, curves, curves).
    """

    joint: Evaluate = field(repr=False)

    def difference(
        self, first: Label, second: Label, times: Any, cause: int | None = None, conf_level: float = 0.95
    ) -> pl.DataFrame:
        """Return ``first`` minus ``second`` at ``times``.

        Columns: time, difference, std_err, lower, upper (plain interval), z, p_value.
        """
        import polars as pl

        from dayzero.stats.regression.model_summary import normal_p

        i, j = self._curve(first, cause), self._curve(second, cause)
        wanted = wanted_times(times)
        estimate, c = self.joint(wanted)
        difference = estimate[i] - estimate[j]
        std_err = np.sqrt(np.maximum(c[:, i, i] + c[:, j, j] - 2 * c[:, i, j], 0.0))
        half = normal_quantile(conf_level) * std_err
        z = np.divide(difference, std_err, out=np.full(len(wanted), np.nan), where=std_err > 0)
        columns = {
            "time": wanted,
            "difference": difference,
            "std_err": std_err,
            "lower": difference - half,
            "upper": difference + half,
            "z": z,
            "p_value": normal_p(z),
        }
        return pl.DataFrame(columns)

    def _curve(self, label: Label, cause: int | None) -> int:
        """Find the curve of a group and cause; the cause may be left out when the group has one curve."""
        found = [i for i, own in enumerate(self.labels) if own == label]
        if not found:
            allowed = list(dict.fromkeys(str(own) for own in self.labels))
            raise BadInputError.unknown_name(kind="group", found=str(label), allowed=allowed)
        if cause is None and len(found) == 1:
            return found[0]
        for i in found:
            if self.causes[i] == cause:
                return i
        allowed = [str(self.causes[i]) for i in found]
        raise BadInputError.unknown_name(kind="cause", found=str(cause), allowed=allowed)
