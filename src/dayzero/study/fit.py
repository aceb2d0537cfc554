"""The curves of a sample, and which interval belongs to which number.

The interval that the study's convention asks for is used wherever it exists and is trustworthy. Where a group
has fewer than ten patients, or the estimate is exactly 0 or 1 (where every Wald interval has no width), the
interval is exact: beta product limits, which without censoring are those of Clopper and Pearson.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from dayzero import stats
from dayzero.study.clock import from_days
from dayzero.study.guardrails import SMALL_GROUP

if TYPE_CHECKING:
    import polars as pl

    from dayzero.stats import Convention, Curve
    from dayzero.study.conventions import Choices
    from dayzero.study.sample import Sample

CLOPPER_PEARSON = "Clopper-Pearson (exact)"
BETA_PRODUCT = "beta product (exact)"
#: With censoring and competing events the limits are an extension whose coverage is simulated, not proved.
BETA_PRODUCT_COMPETING = "beta product"
#: An estimate this near 0 or 1 is 0 or 1 up to the round-off of a product.
EDGE = 1e-12


@dataclass(frozen=True, eq=False)
class Fit:
    """The curves of one sample under the study's conventions, and their exact counterparts."""

    sample: Sample
    choices: Choices

    @cached_property
    def curve(self) -> Curve:
        """Curves with the interval that the convention asks for."""
        wanted = self.choices.conf_type
        return self._curve("log-log" if wanted == "beta" and not self.can_be_exact else wanted)

    @cached_property
    def exact(self) -> Curve:
        """The same curves with beta product limits."""
        if self.choices.conf_type == "beta" or not self.can_be_exact:
            return self.curve
        return self._curve("beta")

    @property
    def can_be_exact(self) -> bool:
        """Whether exact limits exist: not under delayed entry."""
        return self.sample.entry is None

    def _curve(self, conf_type: str) -> Curve:
        table, level = self.sample.table, self.choices.conf_level
        if self.is_survival:
            return stats.kaplan_meier(table, conf_type=conf_type, conf_level=level)
        variance = self.choices.variance
        return stats.cumulative_incidence(table, variance=variance, conf_type=conf_type, conf_level=level)

    @property
    def is_survival(self) -> bool:
        """Whether the curve falls from 1 (Kaplan-Meier) or rises from 0 (Aalen-Johansen)."""
        return self.sample.derived.definition.kind == "survival"

    def of_interest(self, frame: pl.DataFrame, index: int) -> pl.DataFrame:
        """Keep the rows of one level and of the cause of interest."""
        import polars as pl

        rows = frame.filter(pl.col("group") == index)
        return rows if self.is_survival else rows.filter(pl.col("cause") == 1)

    def is_small(self, index: int) -> bool:
        """Whether a level has so few patients that all its intervals are exact."""
        return self.can_be_exact and self.sample.counts[index] < SMALL_GROUP

    def all_exact(self, index: int) -> bool:
        """Whether every interval of a level is exact: few patients, or nobody with the event."""
        if not self.can_be_exact:
            return False
        return self.is_small(index) or self.sample.events[index] == 0 or self.choices.conf_type == "beta"

    def exact_name(self, index: int, days: float) -> str:
        """Name the exact interval of a level at a time.

        Without censoring up to then it is Clopper and Pearson's; with censoring the beta product of Fay,
        Brittain and Proschan (2013), which is called exact unless competing events were seen too.
        """
        mine = self.sample.group == index
        passed = mine & (self.sample.time <= days * (1 + EDGE))
        if not bool((self.sample.cause[passed] == 0).any()):
            return CLOPPER_PEARSON
        if bool((self.sample.cause[passed] > 1).any()):
            return BETA_PRODUCT_COMPETING
        return BETA_PRODUCT

    def last(self, index: int) -> float:
        """Return the last day on which a level was observed."""
        return float(self.sample.time[self.sample.group == index].max())

    def longest(self, unit: str) -> float:
        """Return the last time at which anybody was observed, in ``unit``."""
        return from_days(float(self.sample.time.max()), unit)

    def is_complete(self, index: int) -> bool:
        """Whether a level's last patients at risk all had an event: the curve then holds for ever."""
        end = self.curve.estimate[index, :, -1]
        free = float(end[0]) if self.is_survival else 1 - float(end.sum())
        return free <= EDGE

    def convention(self, *, exact: bool = False) -> Convention:
        """Return what exactly was done."""
        return (self.exact if exact else self.curve).convention


def probability(value: float | None) -> float | None:
    """Return a probability; 0 or 1 up to round-off is 0 or 1, and what does not exist is None."""
    found = number(value)
    if found is None:
        return None
    if found <= EDGE:
        return 0.0
    return 1.0 if found >= 1 - EDGE else found


def number(value: float | None) -> float | None:
    """Return a number that exists, or None in place of NaN and infinity."""
    return float(value) if value is not None and np.isfinite(value) else None
