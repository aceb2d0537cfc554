"""The patients of one outcome, counted by group and time: what the statistics are computed from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from dayzero.stats import EventTable

if TYPE_CHECKING:
    from dayzero.endpoints.definition import DerivedEndpoint
    from dayzero.stats.arrays import FloatArray
    from dayzero.study.grouping import Grouping
    from dayzero.study.results import GroupInfo


@dataclass(frozen=True, eq=False)
class Sample:
    """An outcome's patients, of the whole cohort or by the levels of one grouping.

    Attributes
    ----------
    derived : DerivedEndpoint
    grouping : GroupInfo or None
        None for the whole cohort.
    levels : tuple of str or None
        ``(None,)`` for the whole cohort.
    time : ndarray
        Days.
    cause, group : ndarray
        Cause code, and index into ``levels``.
    entry : ndarray or None
        Days from which patients are at risk, where some are only after the origin (delayed entry).
    """

    derived: DerivedEndpoint
    grouping: GroupInfo | None
    levels: tuple[str | None, ...]
    time: FloatArray
    cause: np.ndarray
    group: np.ndarray
    entry: FloatArray | None = None

    @property
    def endpoint(self) -> str:
        """Name of the endpoint."""
        return self.derived.definition.name

    @property
    def group_by(self) -> str | None:
        """Name of the grouping, None for the whole cohort."""
        return None if self.grouping is None else self.grouping.name

    @property
    def among(self) -> str:
        """The grouping's restriction, empty for the whole cohort."""
        return "" if self.grouping is None else self.grouping.among

    @cached_property
    def counts(self) -> tuple[int, ...]:
        """Eligible patients of each level."""
        return tuple(int(count) for count in np.bincount(self.group, minlength=len(self.levels)))

    @cached_property
    def events(self) -> tuple[int, ...]:
        """Patients of each level who had the event."""
        hit = self.group[self.cause == 1]
        return tuple(int(count) for count in np.bincount(hit, minlength=len(self.levels)))

    @cached_property
    def table(self) -> EventTable:
        """Count by level, cause and time; a level that nobody has stays."""
        causes = range(1, max(1, len(self.derived.causes)) + 1)
        codes = tuple(range(len(self.levels)))
        return EventTable.from_arrays(
            self.time, self.cause, self.group, self.entry, levels=codes, causes=causes
        )

    def prefix(self, level: str | None) -> str:
        """Return the start of the ids of a level: ``CIR`` or ``CIR.remission.CR1``."""
        if self.group_by is None:
            return self.endpoint
        return f"{self.endpoint}.{self.group_by}.{level}"

    def named(self, level: str | None) -> str:
        """Say which patients a level is, for a sentence."""
        return "the whole cohort" if level is None else f"{self.group_by} {level}"


def whole_sample(derived: DerivedEndpoint) -> Sample:
    """Return the sample of every eligible patient."""
    frame = derived.frame
    return Sample(
        derived,
        None,
        (None,),
        _time(frame),
        frame["cause"].to_numpy(),
        np.zeros(frame.height, int),
        _entry(frame),
    )


def grouped_sample(derived: DerivedEndpoint, grouping: Grouping) -> Sample:
    """Return the sample of the eligible patients that a level of the grouping takes."""
    frame = derived.frame.join(grouping.assigned, on="patient_id", how="inner", maintain_order="left")
    levels = grouping.info.levels
    index = {level: i for i, level in enumerate(levels)}
    group = frame["group"].replace_strict(index, return_dtype=pl.Int64).to_numpy()
    cause = frame["cause"].to_numpy()
    return Sample(derived, grouping.info, levels, _time(frame), cause, group, _entry(frame))


def _time(frame: pl.DataFrame) -> FloatArray:
    return frame["time"].cast(float).to_numpy()


def _entry(frame: pl.DataFrame) -> FloatArray | None:
    """Return the days of entry; None when everybody is at risk from the origin."""
    if "entry" not in frame.columns or not bool((frame["entry"] > 0).any()):
        return None
    return frame["entry"].to_numpy()
