"""From what a user passes to what the Cox likelihood reads: checked, centred, reduced to risk sets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from dayzero.errors import BadInputError
from dayzero.stats.arrays import Label, checked_times, checked_weights, coded_labels, first_position, numeric
from dayzero.stats.arrays import same_length as refuse_other_length
from dayzero.stats.regression.cox_likelihood import CoxData, tie_steps
from dayzero.stats.regression.risk_cells import IntArray, common_clock, risk_cells

if TYPE_CHECKING:
    from dayzero.stats.regression.design_matrix import Centred

FloatArray = npt.NDArray[np.float64]

TIES = ("efron", "breslow", "exact")


@dataclass(frozen=True)
class Labels:
    """Codes of a label for each row, and the labels."""

    codes: IntArray
    levels: tuple[Label, ...]


def checked_event(values: Any, name: str = "event") -> npt.NDArray[np.bool_]:
    """Return events as true/false from true/false or 0/1."""
    event = numeric(values, name)
    if event.dtype.kind == "b":
        return event
    bad = ~((event == 0) | (event == 1))
    if bad.any():
        what = f"{name} must be 0 (censored) or 1 (event)"
        hint = "with several causes use fine_gray or cause_specific, or compare: cause == 1"
        raise BadInputError(what, where=first_position(bad), allowed="0, 1, true, false", hint=hint)
    return event.astype(bool)


def checked_rows(time: Any, entry: Any) -> tuple[npt.NDArray[Any], npt.NDArray[Any] | None]:
    """Return stop and entry times on one clock; every row must have entry < stop."""
    stop = checked_times(time)
    if not stop.size:
        what = "there are no rows"
        raise BadInputError(what, hint="check the filter that made this data set")
    if entry is None:
        return common_clock(stop, None)
    start = numeric(entry, "entry")
    refuse_other_length(len(stop), entry=start)
    bad = ~np.isfinite(start)
    if bad.any():
        what = "entry must be finite"
        raise BadInputError(what, where=first_position(bad), hint="0 for a patient seen from day 0")
    clock, clock_entry = common_clock(stop, start)
    late = clock_entry >= clock
    if late.any():
        what = "entry must be before time: a row at risk is the interval (entry, time]"
        hint = "drop rows of no length, or count an event on the day of entry half a day later"
        raise BadInputError(what, where=first_position(late), hint=hint)
    return clock, clock_entry


def checked_labels(values: Any, name: str, n: int) -> Labels | None:
    """Return codes and labels of a stratum or cluster, or None when not given."""
    if values is None:
        return None
    refuse_other_length(n, **{name: values})
    codes, levels, _ = coded_labels(values, name)
    if codes is None:
        return None
    found = np.unique(codes)
    if len(found) == len(levels):
        return Labels(np.asarray(codes).astype(np.int32), levels)
    # Levels that nobody has (a gap between integers, an empty category) are no stratum and no cluster.
    return Labels(np.searchsorted(found, codes).astype(np.int32), tuple(levels[int(i)] for i in found))


def checked_case_weights(values: Any, n: int) -> FloatArray | None:
    """Return weights, all positive; None when not given or all 1."""
    if values is None:
        return None
    refuse_other_length(n, weight=values)
    weight = checked_weights(values)
    if not weight.all():
        what = "weight must be positive in a regression: Efron's ties would count a row of weight 0"
        raise BadInputError(what, where=first_position(weight == 0), hint="leave out the rows of weight 0")
    return None if bool((weight == 1).all()) else weight


def refuse_no_event(event: npt.NDArray[np.bool_], what: str = "no row has an event") -> None:
    """Refuse a model without a single event."""
    if not event.any():
        hint = "without events nothing can be compared; check the coding of the event"
        raise BadInputError(what, allowed="at least one event", hint=hint)


def build(
    time: Any,
    event: Any,
    covariates: Centred,
    entry: Any = None,
    stratum: Labels | None = None,
    weight: FloatArray | None = None,
    ties: str = "efron",
) -> CoxData:
    """Assemble the data of the likelihood from checked pieces."""
    if ties not in TIES:
        raise BadInputError.unknown_name(kind="ties", found=str(ties), allowed=TIES)
    clock, clock_entry = checked_rows(time, entry)
    happened = checked_event(event)
    refuse_other_length(len(clock), event=happened, covariates=covariates.x)
    refuse_no_event(happened)
    codes, levels = (None, ("all",)) if stratum is None else (stratum.codes, stratum.levels)
    risk = risk_cells(clock, happened, clock_entry, codes, levels)
    steps = tie_steps(happened, weight, risk, ties)
    return CoxData(clock, happened, clock_entry, covariates.x, covariates.center, weight, risk, steps, ties)


def every(data: CoxData, stride: int) -> CoxData:
    """Return a systematic sample of the rows, for a starting value."""
    rows = slice(None, None, stride)
    time, event = data.time[rows], data.event[rows]
    entry = None if data.entry is None else data.entry[rows]
    weight = None if data.weight is None else data.weight[rows]
    stratum = None if data.risk.row_stratum is None else data.risk.row_stratum[rows]
    risk = risk_cells(time, event, entry, stratum, data.risk.stratum_levels)
    steps = tie_steps(event, weight, risk, data.ties)
    return replace(
        data,
        time=time,
        event=event,
        entry=entry,
        x=np.ascontiguousarray(data.x[rows]),
        weight=weight,
        risk=risk,
        steps=steps,
    )
