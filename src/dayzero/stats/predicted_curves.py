"""Curves that a model predicts, one for each patient asked about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from dayzero.stats.curve import position, wanted_times
from dayzero.stats.intervals import wald_limits

if TYPE_CHECKING:
    import polars as pl

    from dayzero.stats.arrays import Label
    from dayzero.stats.convention import Convention

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PredictedCurves:
    """Predicted survival or incidence.

    Attributes
    ----------
    labels : tuple
        What each curve is of: the position of the row asked about, or the name of a group.
    times : ndarray, shape (T,)
        Where the curves step.
    estimate, std_err : ndarray, shape (m, 1 + T)
        Just after each time; position 0 is before the first.
    kind : {"survival", "incidence"}
    conf_type, conf_level
        Scale and level of the interval.
    convention : Convention
        What exactly was done.
    last : float
        Last time observed in the data (or stratum) predicted from; nothing is known beyond it.
    """

    labels: tuple[Label, ...]
    times: FloatArray
    estimate: FloatArray
    std_err: FloatArray
    kind: str
    conf_type: str
    conf_level: float
    convention: Convention
    last: float

    def at(self, times: Any) -> pl.DataFrame:
        """Return the curves at ``times``.

        Columns: curve, time, estimate, std_err, lower, upper, beyond_follow_up (nobody was observed that
        long; the estimate is carried forward). Rows are ordered by curve, then time as given.
        """
        return self._frame(wanted_times(times))

    def steps(self) -> pl.DataFrame:
        """Return the curves at all their steps, with the columns of :meth:`at`."""
        return self._frame(self.times)

    def _frame(self, wanted: FloatArray) -> pl.DataFrame:
        import polars as pl

        index = position(self.times, wanted)
        estimate, std_err = self.estimate[:, index], self.std_err[:, index]
        lower, upper = wald_limits(estimate, std_err, self.conf_type, self.conf_level)
        m = len(self.labels)
        columns = {
            "curve": [label for label in self.labels for _ in wanted],
            "time": np.tile(wanted, m),
            "estimate": estimate.ravel(),
            "std_err": std_err.ravel(),
            "lower": lower.ravel(),
            "upper": upper.ravel(),
            "beyond_follow_up": np.tile(wanted > self.last, m),
        }
        return pl.DataFrame(columns)
