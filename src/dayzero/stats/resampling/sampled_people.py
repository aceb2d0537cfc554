"""People to draw from: units (kinds of people, or clusters) and the cells of the event table they fall in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from dayzero.errors import BadInputError, RefusalError
from dayzero.stats.arrays import checked_times, checked_weights, same_length
from dayzero.stats.curves.curve import position
from dayzero.stats.event_table import EventTable
from dayzero.stats.multistate.history_check import label_codes
from dayzero.stats.spells import Spells

if TYPE_CHECKING:
    from dayzero.stats.arrays import FloatArray, IntArray, Label

ORIGIN = -1


@dataclass(frozen=True, eq=False)
class SampledPeople:
    """People in a fixed order that does not depend on the order of the rows.

    People of the same group, cause, exit and entry are alike: one row stands for all of them, unless they
    have weights or clusters of their own.

    Attributes
    ----------
    times : ndarray, shape (T,)
    groups : tuple
    causes : tuple of int
    group, cause, exit, entry : ndarray of int, shape (r,)
        Group; cause (0 censored, k the k-th of ``causes``); index into ``times`` of leaving and of late entry
        (-1: at risk from the origin).
    weight : ndarray, shape (r,), or None
    unit : ndarray of int, shape (r,)
        What is drawn: a kind of people, or a cluster.
    copies : ndarray of int, shape (units,)
        How many units are alike (1 for a cluster).
    stratum : ndarray of int, shape (units,)
        Units are drawn within strata.
    """

    times: FloatArray
    groups: tuple[Label, ...]
    causes: tuple[int, ...]
    group: IntArray
    cause: IntArray
    exit: IntArray
    entry: IntArray
    weight: FloatArray | None
    unit: IntArray
    copies: IntArray
    stratum: IntArray

    @property
    def late(self) -> bool:
        """Whether somebody entered late."""
        return bool((self.entry >= 0).any())

    @property
    def n_units(self) -> int:
        """Number of different units."""
        return len(self.copies)

    @property
    def total(self) -> int:
        """Number of units to draw from, those alike counted."""
        return int(self.copies.sum())

    @property
    def clustered(self) -> bool:
        """Whether units are clusters of people."""
        return self.n_units < len(self.unit)

    @property
    def cells(self) -> int:
        """Number of cells of the table, all groups, causes and times."""
        return len(self.groups) * (1 + len(self.causes)) * len(self.times)

    def only(self, members: IntArray) -> SampledPeople:
        """Return some of the people as one group, each a unit."""
        n = len(members)
        return SampledPeople(
            times=self.times,
            groups=(self.groups[self.group[members[0]]],),
            causes=self.causes,
            group=np.zeros(n, dtype=np.intp),
            cause=self.cause[members],
            exit=self.exit[members],
            entry=self.entry[members],
            weight=None if self.weight is None else self.weight[members],
            unit=np.arange(n),
            copies=np.ones(n, dtype=np.intp),
            stratum=np.zeros(n, dtype=np.intp),
        )


def sampled_people(
    time: Any,
    cause: Any,
    group: Any,
    entry: Any,
    weight: Any,
    cluster: Any,
    *,
    within_groups: bool,
) -> SampledPeople:
    """Check the arrays (or take a table apart) and list the people."""
    if isinstance(time, EventTable):
        given = [cause, group, entry, weight, cluster]
        if any(values is not None for values in given):
            what = "an EventTable already holds cause, group, entry and weight, and knows no clusters"
            raise BadInputError(what, hint="pass the table alone, or arrays alone")
        return _kinds_of_table(time, within_groups=within_groups)
    if cause is None:
        what = "the second argument is missing: who had the event"
        raise BadInputError(what, hint="pass (time, cause) arrays, or one EventTable")
    table = EventTable.from_arrays(time, cause, group, entry, weight)
    end = checked_times(time).astype(np.float64)
    codes = np.searchsorted(np.array([0, *table.causes]), np.asarray(cause).astype(np.int64))
    begin = np.full(len(end), ORIGIN, dtype=np.intp)
    if entry is not None:
        late = checked_times(entry, "entry").astype(np.float64)
        begin = np.where(late > 0, position(table.times, late) - 1, ORIGIN)
    chosen, labels = label_codes(group, "group", len(end))
    column = np.array([table.groups.index(label) for label in labels], dtype=np.intp)
    weights = None if weight is None else checked_weights(weight)
    same_length(len(end), cluster=cluster)
    clusters = None if cluster is None else cluster_codes(cluster, len(end))
    return _arranged(
        table,
        column[chosen],
        codes,
        position(table.times, end) - 1,
        begin,
        weights,
        clusters,
        within_groups=within_groups,
    )


def cluster_codes(cluster: Any, n: int) -> IntArray:
    """Return cluster labels as codes without holes, so that every code can be drawn."""
    return np.unique(label_codes(cluster, "cluster", n)[0], return_inverse=True)[1]


def _kinds_of_table(table: EventTable, *, within_groups: bool) -> SampledPeople:
    """Take the cells of a table as kinds of people."""
    if table.weighted:
        what = "a table of weighted people no longer knows whose weight is whose"
        raise RefusalError(what, instead="the same call with the arrays, weight=... included")
    cells = Spells.of(table)
    number = np.rint(cells.count).astype(np.intp)
    what_they_are = np.stack((cells.group, cells.exit, cells.cause, cells.entry)).astype(np.intp)
    order = np.lexsort(what_they_are[[3, 2, 1, 0]])
    return _kinds(table, what_they_are[:, order], number[order], within_groups=within_groups)


def _kinds(table: EventTable, what: IntArray, number: IntArray, *, within_groups: bool) -> SampledPeople:
    """Join equal columns of ``what`` (group, exit, cause, entry), which are in order."""
    changes = np.any(what[:, 1:] != what[:, :-1], axis=0)
    first = np.flatnonzero(np.concatenate(([True], changes)))
    group, left, cause, entry = what[:, first]
    return SampledPeople(
        times=table.times,
        groups=table.groups,
        causes=table.causes,
        group=group,
        cause=cause,
        exit=left,
        entry=entry,
        weight=None,
        unit=np.arange(len(first)),
        copies=np.add.reduceat(number, first),
        stratum=group if within_groups else np.zeros(len(first), dtype=np.intp),
    )


def _arranged(
    table: EventTable,
    group: IntArray,
    cause: IntArray,
    left: IntArray,
    entry: IntArray,
    weight: FloatArray | None,
    cluster: IntArray | None,
    *,
    within_groups: bool,
) -> SampledPeople:
    """Sort people by what they are, so that a seed means the same whatever the order of the rows."""
    ties = np.zeros(len(group)) if weight is None else weight
    label = np.zeros(len(group), dtype=np.intp) if cluster is None else cluster
    order = np.lexsort((ties, entry, cause, left, group, label))
    what = np.stack((group, left, cause, entry))[:, order]
    if cluster is None and weight is None:
        return _kinds(table, what, np.ones(len(order), dtype=np.intp), within_groups=within_groups)
    unit = np.arange(len(order)) if cluster is None else label[order]
    n_units = int(unit.max()) + 1
    by_group = within_groups and cluster is None
    return SampledPeople(
        times=table.times,
        groups=table.groups,
        causes=table.causes,
        group=what[0],
        cause=what[2],
        exit=what[1],
        entry=what[3],
        weight=None if weight is None else weight[order],
        unit=unit,
        copies=np.ones(n_units, dtype=np.intp),
        stratum=what[0] if by_group else np.zeros(n_units, dtype=np.intp),
    )
