"""A clock that starts at a landmark day: who is still at risk then, and what was known of them by then."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from dayzero import stats
from dayzero.study import guardrails
from dayzero.study.words import patients

if TYPE_CHECKING:
    from dayzero.endpoints.definition import DerivedEndpoint
    from dayzero.records.findings import Finding
    from dayzero.study.grouping import Grouping


def at_landmark(grouping: Grouping, day: float) -> Grouping:
    """Return a grouping as it was known on a landmark day.

    A grouping by an event has the patients with it up to that day (the day included) against those without,
    whether they were observed to that day or had something else first; who was last observed before, without
    either, is in no level. A grouping known by a stated day keeps its levels when the landmark is not
    earlier. Any other stays as it is.
    """
    if grouping.onset is not None:
        yes = (pl.col("cause") == 1) & (pl.col("time") <= day)
        known = (pl.col("time") >= day) | (pl.col("cause") > 0)
        ids = grouping.onset.select("patient_id")
        return replace(classified(grouping, ids, yes, known), known_late=())
    if grouping.known_by is not None and grouping.known_by <= day:
        return replace(grouping, known_late=())
    return grouping


def classified(grouping: Grouping, ids: pl.DataFrame, yes: pl.Expr, known: pl.Expr) -> Grouping:
    """Put patients into the level without or with an event.

    Parameters
    ----------
    grouping : Grouping
        By that event.
    ids : polars.DataFrame
        ``patient_id`` of those to be classified.
    yes, known : polars.Expr
        Conditions on ``time`` and ``cause`` of the event: that it happened, that it is known whether it did.
    """
    without, having = grouping.info.levels
    rows = ids.join(grouping.onset, on="patient_id", how="inner") if grouping.onset is not None else ids
    level = pl.when(yes).then(pl.lit(having)).when(known).then(pl.lit(without))
    assigned = rows.select("patient_id", group=level).drop_nulls().sort("patient_id")
    counts = tuple(int((assigned["group"] == each).sum()) for each in grouping.info.levels)
    info = replace(grouping.info, counts=counts, unclassified=ids.height - assigned.height)
    return replace(grouping, info=info, assigned=assigned)


def landmark_finding(derived: DerivedEndpoint, day: float) -> Finding:
    """Say how many patients did not reach a landmark."""
    definition = derived.definition
    lost = derived.not_eligible.filter(pl.col("reason").str.ends_with(_lost(day)))
    total = derived.frame.height + lost.height
    what = (
        f"{definition.label}: {patients(derived.frame.height)} of {total:,} were at risk after day {day:g}; "
        f"{lost.height} had the event, a competing one, or were last seen by then, and are not in it."
    )
    return guardrails.LANDMARK.finding(what, item=definition.name)


def _lost(day: float) -> str:
    return f"on or before day {day:g} (landmark)"


def landmarked(derived: DerivedEndpoint, day: float) -> DerivedEndpoint:
    """Start an endpoint's clock at a landmark.

    Parameters
    ----------
    derived : DerivedEndpoint
        From day 0; its definition already bears the name and label of the landmark.
    day : float
        Who had an event or was last observed on or before this day is not eligible.

    Notes
    -----
    Anderson, Cain and Gelber 1983, J Clin Oncol 1:710; see :func:`dayzero.stats.landmark`.
    """
    frame = derived.frame
    kept = stats.landmark(frame["time"].cast(float).to_numpy(), frame["cause"].to_numpy(), day)
    words = {0: "last observed", **{code + 1: word for code, word in enumerate(derived.causes)}}
    left = frame[kept.lost_row]
    lost = left.select(
        "patient_id",
        reason=pl.col("cause").replace_strict(words, return_dtype=pl.String) + f" {_lost(day)}",
    )
    whole = frame["time"].dtype.is_integer() and float(day).is_integer()
    moved = frame[kept.row].with_columns(time=pl.Series(kept.time))
    if whole:
        moved = moved.with_columns(pl.col("time").cast(frame["time"].dtype))
    definition = replace(
        derived.definition,
        origin=f"day {day:g} after the first allogeneic transplant (landmark)",
        eligible=f"{derived.definition.eligible}; event-free and under observation after day {day:g}",
    )
    not_eligible = pl.concat([derived.not_eligible, lost], how="diagonal_relaxed").sort("patient_id")
    return replace(derived, definition=definition, frame=moved, not_eligible=not_eligible)
