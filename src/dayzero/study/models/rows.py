"""The rows that a regression is fitted to: one a patient, or several where a covariate changes in time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from dayzero import stats
from dayzero.study.models.covariates import SINCE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dayzero.stats.arrays import FloatArray
    from dayzero.study.models.covariates import Covariate


@dataclass(frozen=True, eq=False)
class Rows:
    """What is fitted.

    Attributes
    ----------
    covariates : tuple of Covariate
        With the number of patients left out because of each.
    left_out : int
        Patients without a value of some covariate, stratum or cluster.
    unplaced : tuple of int
        Patients without a value of each stratum and of the cluster.
    patient : ndarray of int
        Which patient a row is of.
    time, cause : ndarray
    entry : ndarray or None
        Where rows do not start at the origin.
    columns : dict of str to ndarray
        The regression's columns.
    levels : dict of (str, str) to ndarray of bool
        Which rows have a level of a covariate.
    strata, cluster : ndarray or None
    delayed : bool
        Whether some patient comes under observation after the origin.
    """

    covariates: tuple[Covariate, ...]
    left_out: int
    unplaced: tuple[int, ...]
    patient: np.ndarray
    time: FloatArray
    cause: np.ndarray
    entry: FloatArray | None
    columns: dict[str, FloatArray]
    levels: dict[tuple[str, str], np.ndarray]
    strata: np.ndarray | None
    cluster: np.ndarray | None
    delayed: bool

    @property
    def n(self) -> int:
        """Number of patients."""
        return len(np.unique(self.patient))

    @property
    def changing(self) -> bool:
        """Whether a covariate changes in time."""
        return any(covariate.changes for covariate in self.covariates)

    def events(self, cause: int) -> int:
        """Return how many patients had an event of this cause."""
        return int((self.cause == cause).sum())

    def counted(self, covariate: str, level: str, cause: int) -> tuple[int, int]:
        """Return the patients who ever had a level, and those with the event while they had it."""
        own = self.levels[covariate, level]
        return len(np.unique(self.patient[own])), int((own & (self.cause == cause)).sum())


def make_rows(
    frame: pl.DataFrame,
    covariates: Sequence[Covariate],
    strata: Sequence[pl.DataFrame],
    cluster: pl.DataFrame | None,
) -> Rows:
    """Join outcome and covariates, keep the complete cases, and cut follow-up where covariates change.

    Parameters
    ----------
    frame : polars.DataFrame
        ``patient_id``, ``time``, ``cause``, and ``entry`` where observation starts after the origin.
    covariates : sequence of Covariate
    strata : sequence of polars.DataFrame
        ``patient_id``, ``value``; each combination of values is a stratum.
    cluster : polars.DataFrame or None
        ``patient_id``, ``value``.
    """
    joined = frame
    extra = [*strata, *([cluster] if cluster is not None else [])]
    for index, own in enumerate([*(c.values for c in covariates), *extra]):
        named = own.rename({"value": f"_{index}"})
        joined = joined.join(named, on="patient_id", how="left", maintain_order="left")
    names = [f"_{index}" for index in range(len(covariates) + len(extra))]
    complete = joined.drop_nulls(names)
    counted = tuple(
        replace(c, info=replace(c.info, missing=int(joined[name].null_count())))
        for c, name in zip(covariates, names, strict=False)
    )
    kept = tuple(_with_patients(c, complete[name]) for c, name in zip(counted, names, strict=False))
    labels = [complete[name].cast(pl.String).to_numpy() for name in names[len(covariates) :]]
    strata_labels = labels[: len(strata)]
    stratum = None
    if strata_labels:
        stratum = np.array(
            [" / ".join(map(str, parts)) for parts in zip(*strata_labels, strict=True)], dtype=object
        )
    delayed = "entry" in complete.columns and bool((complete["entry"] > 0).any())
    table = Rows(
        covariates=kept,
        left_out=joined.height - complete.height,
        unplaced=tuple(int(joined[name].null_count()) for name in names[len(covariates) :]),
        patient=np.arange(complete.height),
        time=complete["time"].cast(float).to_numpy(),
        cause=complete["cause"].to_numpy(),
        entry=complete["entry"].cast(float).to_numpy() if delayed else None,
        columns={},
        levels={},
        strata=stratum,
        cluster=labels[-1] if cluster is not None else None,
        delayed=delayed,
    )
    known = {c.info.name: complete[name].to_numpy() for c, name in zip(kept, names, strict=False)}
    if table.changing:
        table, known = _cut(table, known)
    elif table.entry is not None:
        # A day more for every time but the origin, as in _cut: who is there from day 0 enters before it.
        table = replace(table, time=table.time + 1, entry=np.where(table.entry > 0, table.entry + 1, 0.0))
    columns, levels = _columns(table.covariates, known)
    return replace(table, columns=columns, levels=levels)


def _with_patients(covariate: Covariate, values: pl.Series) -> Covariate:
    """Leave out levels that no complete case has; the reference stays, so that its absence is seen."""
    info = covariate.info
    if not info.levels or info.time_dependent:
        return covariate
    present = set(values.to_list())
    levels = tuple(level for level in info.levels if level in present or level == info.reference)
    return replace(covariate, info=replace(info, levels=levels))


def _columns(
    covariates: Sequence[Covariate], values: dict[str, np.ndarray]
) -> tuple[dict[str, FloatArray], dict[tuple[str, str], np.ndarray]]:
    columns: dict[str, FloatArray] = {}
    levels: dict[tuple[str, str], np.ndarray] = {}
    for covariate in covariates:
        own = values[covariate.info.name]
        if covariate.is_number:
            columns[covariate.column()] = own.astype(float)
            levels[covariate.info.name, ""] = np.ones(len(own), dtype=bool)
        for level in covariate.info.levels:
            levels[covariate.info.name, level] = own == level
            if level != covariate.info.reference:
                columns[covariate.column(level)] = (own == level).astype(float)
    return columns, levels


def _cut(table: Rows, values: dict[str, np.ndarray]) -> tuple[Rows, dict[str, np.ndarray]]:
    """Cut every patient's follow-up where a covariate changes: Z(t) = 1 from the day of the change on."""
    who = table.patient
    facts = {
        c.info.name: stats.TimeDependent(who, values[c.info.name])
        for c in table.covariates
        if c.info.time_dependent
    }
    # A day more for every time but the origin: a row of day 0 becomes the interval (0, 1], and risk sets,
    # which depend on the order of times alone, stay what they are.
    start = np.zeros(len(who)) if table.entry is None else table.entry
    begin = np.where(start > 0, start + 1, 0.0)
    shifted = {name: stats.TimeDependent(who, fact.time + 1) for name, fact in facts.items()}
    for covariate in table.covariates:
        if covariate.change is not None:
            since = _first_after(table.time, covariate.change)
            shifted[_period(covariate)] = stats.TimeDependent(who, since + 1)
    pieces = stats.counting_process(who, begin, table.time + 1, table.cause, shifted)
    row = pieces.row
    cut = {name: own[row] for name, own in values.items() if name not in facts}
    for covariate in table.covariates:
        if covariate.info.time_dependent:
            on = np.asarray(pieces.covariates[covariate.info.name]) > 0
            cut[covariate.info.name] = np.where(on, SINCE, covariate.info.reference).astype(object)
        elif covariate.change is not None:
            after = np.asarray(pieces.covariates[_period(covariate)]) > 0
            cut[covariate.info.name] = _in_period(covariate, cut[covariate.info.name], after)
    divided = replace(
        table,
        covariates=tuple(_divided(covariate) for covariate in table.covariates),
        patient=who[row],
        time=pieces.stop.astype(float),
        cause=pieces.event,
        entry=pieces.start.astype(float),
        strata=None if table.strata is None else table.strata[row],
        cluster=None if table.cluster is None else table.cluster[row],
    )
    return divided, cut


def _period(covariate: Covariate) -> str:
    return f"period of {covariate.info.name}"


def _first_after(times: FloatArray, day: float) -> FloatArray:
    """Return, for everybody, the first observed time after a day; NaN when nobody was observed so long."""
    later = times[times > day]
    return np.full(len(times), later.min() if later.size else np.nan)


def _in_period(covariate: Covariate, levels: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Return the level of each row with its period; the reference has none."""
    named = [
        level if level == covariate.info.reference else covariate.periods(level)[int(is_after)]
        for level, is_after in zip(levels.tolist(), after.tolist(), strict=True)
    ]
    return np.array(named, dtype=object)


def _divided(covariate: Covariate) -> Covariate:
    """Return a covariate whose levels are told apart by period."""
    if covariate.change is None:
        return covariate
    info = covariate.info
    levels = (info.reference, *(name for level in covariate.compared for name in covariate.periods(level)))
    return replace(covariate, info=replace(info, levels=levels))
