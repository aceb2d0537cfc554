"""A yes/no exposure that begins during follow-up: Mantel-Byar test and Simon-Makuch curves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from dayzero.errors import BadInputError, RefusalError
from dayzero.stats.arrays import checked_causes, checked_times, numeric, same_length
from dayzero.stats.comparisons.logrank import logrank_test
from dayzero.stats.curves.product_limit import kaplan_meier
from dayzero.stats.event_table import EventTable
from dayzero.stats.exposures.time_dependent import TIES, counting_process
from dayzero.stats.exposures.time_facts import TimeDependent
from dayzero.stats.intervals import EDGE

if TYPE_CHECKING:
    from dayzero.stats.arrays import FloatArray
    from dayzero.stats.curves.curve import Curve
    from dayzero.stats.test_result import TestResult

LEVELS = ("unexposed", "exposed")
CLOCKS = ("forward", "reset")


def mantel_byar_test(
    time: Any,
    event: Any,
    exposure: Any,
    *,
    entry: Any = None,
    stratum: Any = None,
    ties: str = "textbook",
) -> TestResult:
    """Compare the hazard of the exposed with that of the not (yet) exposed.

    Parameters
    ----------
    time : array_like, shape (n,)
        End of follow-up.
    event : array_like of 0/1 or bool
        Whether the event happened then.
    exposure : array_like
        When the exposure began; NaN for never. Each patient counts as unexposed until then.
    entry, stratum : array_like, optional
        Delayed entry; strata.
    ties : {"textbook", "R"}
        Whether an event on the day the exposure begins belongs to the exposed; see :func:`counting_process`.

    Returns
    -------
    TestResult
        ``n`` counts the patients who were ever at risk in each state, so that one who changed is in both.

    Notes
    -----
    Mantel and Byar (1974), JASA 69:81: the log-rank test with groups that change in time. Variance
    hypergeometric at each time.
    """
    end, happened, switch, begin = _checked(time, event, exposure, entry)
    table = _table(end, happened, switch, begin, stratum, ties)
    result = logrank_test(table)
    name = result.method.replace("log-rank", "Mantel-Byar")
    notes = (*result.convention.notes, *_notes(end, switch, ties))
    convention = replace(result.convention, estimator=name, source="Mantel and Byar 1974", notes=notes)
    return replace(result, method=name, convention=convention)


def simon_makuch(
    time: Any,
    event: Any,
    exposure: Any,
    *,
    entry: Any = None,
    from_time: float = 0.0,
    clock: str = "forward",
    ties: str = "textbook",
    conf_type: str = "log-log",
    conf_level: float = 0.95,
) -> Curve:
    """Estimate survival without and with an exposure that begins during follow-up.

    Parameters
    ----------
    time, event, exposure, entry, ties
        As for :func:`mantel_byar_test`.
    from_time : float
        Where the curves start at 1: they are conditional on being event-free and observed then.
    clock : {"forward", "reset"}
        "forward" (Simon and Makuch) counts time from the origin; a patient leaves the unexposed and joins the
        exposed when the exposure begins. "reset" returns the curve of the exposed alone, with time counted
        from the exposure: preferred for what follows an intervention, when the hazard depends on the time
        since it (the process is not Markov).
    conf_type, conf_level
        As for :func:`kaplan_meier`.

    Returns
    -------
    Curve
        Groups "unexposed" and "exposed".

    Raises
    ------
    RefusalError
        The exposed at risk all had the event while more became exposed later: the product-limit estimate
        would stay at 0 for ever.

    Notes
    -----
    Simon and Makuch (1984), Stat Med 3:35; the clock-reset alternative: Bernasconi, Valsecchi and Antolini
    (2018), Epidemiol Biostat Public Health 15(3), doi 10.2427/12963. At risk at t are those whose row has
    start < t <= stop, so that nobody is counted twice at one time.
    """
    if clock not in CLOCKS:
        raise BadInputError.unknown_name(kind="clock", found=str(clock), allowed=CLOCKS)
    if not 0 <= from_time < np.inf:
        what = f"from_time is {from_time}"
        raise BadInputError(what, allowed="a time, not negative")
    end, happened, switch, begin = _checked(time, event, exposure, entry)
    if clock == "reset":
        return _reset(end, happened, switch, begin, from_time, ties, conf_type, conf_level)
    table = _table(end, happened, switch, begin, None, ties, from_time)
    curve = kaplan_meier(table, conf_type=conf_type, conf_level=conf_level)
    _refuse_stuck(curve)
    notes = (*curve.convention.notes, *_notes(end, switch, ties))
    if from_time:
        notes = (*notes, f"given event-free at {from_time:g}")
    convention = replace(
        curve.convention, estimator="Simon-Makuch", source="Simon and Makuch 1984", notes=notes
    )
    return replace(curve, convention=convention)


def _checked(time: Any, event: Any, exposure: Any, entry: Any) -> tuple[Any, Any, FloatArray, Any]:
    end = checked_times(time)
    happened, largest = checked_causes(event, "event")
    if largest > 1:
        what = f"event has codes up to {largest}; a single event is coded 0 or 1"
        raise BadInputError(what, hint="pass cause != 0 for a composite, cause == 1 for one cause's hazard")
    switch = numeric(exposure, "exposure").astype(np.float64)
    same_length(len(end), event=happened, exposure=switch, entry=entry)
    if not len(end):
        what = "there are no rows"
        raise BadInputError(what, hint="an empty cohort has no curve and no test")
    begin = np.zeros_like(end) if entry is None else checked_times(entry, "entry")
    return end, happened, switch, begin


def _table(
    end: Any, happened: Any, switch: FloatArray, begin: Any, stratum: Any, ties: str, from_time: float = 0.0
) -> EventTable:
    """Count the rows of a single exposure, those after ``from_time``."""
    who = np.arange(len(end))
    rows = counting_process(who, begin, end, happened, {"exposed": TimeDependent(who, switch)}, ties=ties)
    kept = rows.stop > from_time if from_time else np.ones(len(rows.stop), dtype=bool)
    if not kept.any():
        what = f"nobody is under observation after {from_time:g}"
        raise BadInputError(what, hint="choose an earlier from_time")
    return EventTable.from_arrays(
        rows.stop[kept],
        rows.event[kept],
        np.array(LEVELS, dtype=object)[rows.covariates["exposed"][kept]],
        np.maximum(rows.start, from_time)[kept],
        stratum=None if stratum is None else np.asarray(stratum)[rows.row[kept]],
        levels=LEVELS,
    )


def _reset(
    end: Any,
    happened: Any,
    switch: FloatArray,
    begin: Any,
    from_time: float,
    ties: str,
    conf_type: str,
    conf_level: float,
) -> Curve:
    """Estimate survival of the exposed from the beginning of exposure."""
    if ties not in TIES:
        raise BadInputError.unknown_name(kind="ties", found=str(ties), allowed=TIES)
    if from_time:
        what = "from_time has no meaning when the clock is reset at the exposure"
        raise BadInputError(what, hint="leave from_time out, or use clock='forward'")
    at = np.maximum(switch, 0.0)  # exposed before the origin: exposed from the origin
    with np.errstate(invalid="ignore"):
        kept = (at <= end) if ties == "textbook" else (at < end) | (end == 0) & (at == 0)
    if not kept.any():
        what = "nobody was exposed during follow-up"
        raise BadInputError(what, hint="there is no curve after an exposure that never happened")
    late = np.maximum(begin[kept] - at[kept], 0.0)
    table = EventTable.from_arrays(
        end[kept] - at[kept],
        happened[kept],
        np.full(int(kept.sum()), LEVELS[1], dtype=object),
        late if late.any() else None,
    )
    curve = kaplan_meier(table, conf_type=conf_type, conf_level=conf_level)
    _refuse_stuck(curve)
    convention = replace(
        curve.convention,
        estimator="Kaplan-Meier of the exposed, clock reset at the exposure",
        source="Bernasconi, Valsecchi and Antolini 2018",
        notes=(*curve.convention.notes, *_notes(end, switch, ties)),
    )
    return replace(curve, convention=convention)


def _notes(end: Any, switch: FloatArray, ties: str) -> tuple[str, ...]:
    """Say which ties were used, and how many exposures came too late to count."""
    late = int((switch > end).sum())
    return (
        (TIES[ties], f"{late} exposures begin after the end of follow-up and do not count")
        if late
        else (TIES[ties],)
    )


def _refuse_stuck(curve: Curve) -> None:
    """Refuse a product-limit curve that reached 0 while people joined later."""
    for g, group in enumerate(curve.groups):
        gone = curve.estimate[g, 0, 1:] <= EDGE
        if not gone.any():
            continue
        first = int(gone.argmax())
        later = curve.at_risk[g, first + 1 :]
        if (later > 0).any():
            what = (
                f"at {curve.times[first]:g} everybody at risk in the group '{group}' had the event, but more "
                f"joined it later: the curve would stay at 0 although people are alive"
            )
            instead = "start the curves when enough are at risk (from_time), or clock='reset'"
            raise RefusalError(what, instead=instead, source="Simon and Makuch 1984")
