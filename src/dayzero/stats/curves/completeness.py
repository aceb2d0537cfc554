"""How complete the follow-up is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dayzero.errors import BadInputError
from dayzero.stats.arrays import checked_causes, checked_times, coded_labels, first_position, same_length

if TYPE_CHECKING:
    import polars as pl


def follow_up_completeness(
    time: Any, event: Any, potential: Any, group: Any = None, horizon: float | None = None
) -> pl.DataFrame:
    """Return how much of the possible follow-up was observed, for each group.

    Parameters
    ----------
    time : array_like, shape (n,)
        Observed follow-up: to the event or to the last contact.
    event : array_like, shape (n,)
        0 without the event, any other code with it.
    potential : array_like, shape (n,), or float
        Follow-up from the origin to the cut-off of the data; at least ``time``.
    group : array_like, optional
        Labels.
    horizon : float, optional
        Count follow-up up to this time only.

    Returns
    -------
    polars.DataFrame
        group, n, events, observed (person-time), clark_c, spt, percentage.

    Notes
    -----
    ``clark_c``: Clark, Altman and De Stavola (2002), Lancet 359:1309: person-time observed over person-time
    possible, which for a patient with the event ends at the event. ``spt``: Xue et al. (2017), BMC Med Res
    Methodol 17:155, eq. 5: patients with the event count with all their possible time, above and below.
    ``percentage``: their eq. 1, the share with the event or with complete follow-up, too low as it gives no
    credit for partial follow-up. The true share lies mostly between ``clark_c`` and ``spt``.
    """
    observed = checked_times(time).astype(np.float64)
    if not observed.size:
        what = "there are no rows"
        raise BadInputError(what, hint="an empty cohort has no follow-up")
    had = checked_causes(event, "event")[0] != 0
    same_length(len(observed), event=had)
    possible = _possible(potential, observed)
    if horizon is not None:
        had = had & (observed <= horizon)
        observed, possible = np.minimum(observed, horizon), np.minimum(possible, horizon)
    labels = coded_labels(group, "group")
    same_length(len(observed), group=labels.codes)
    codes = np.zeros(len(observed), dtype=np.intp) if labels.codes is None else labels.codes
    complete = observed >= possible * (1 - 1e-12)

    def summed(values: Any) -> Any:
        return np.bincount(codes, values, minlength=len(labels.levels))

    n = summed(np.ones(len(observed)))
    kept = np.flatnonzero((n > 0) | labels.keep_all)
    columns = {
        "n": n.astype(np.int64),
        "events": summed(had).astype(np.int64),
        "observed": summed(observed),
        "clark_c": _ratio(summed(observed), summed(np.where(had, observed, possible))),
        "spt": _ratio(summed(np.where(had, possible, observed)), summed(possible)),
        "percentage": _ratio(summed(had | complete), n),
    }
    return _frame([labels.levels[i] for i in kept], {name: values[kept] for name, values in columns.items()})


def _possible(potential: Any, observed: Any) -> Any:
    values = np.asarray(potential, dtype=np.float64)
    possible = np.broadcast_to(values, observed.shape) if values.ndim == 0 else values
    same_length(len(observed), potential=possible)
    bad = ~(possible >= observed * (1 - 1e-12)) | ~np.isfinite(possible)
    if bad.any():
        what = "potential follow-up is shorter than the follow-up observed"
        hint = "truncate at the cut-off of the data first, or correct the last contact"
        raise BadInputError(what, where=first_position(bad), hint=hint)
    return possible


def _ratio(above: Any, below: Any) -> Any:
    return np.where(below > 0, above / np.where(below > 0, below, 1.0), np.nan)


def _frame(groups: list[Any], columns: dict[str, Any]) -> pl.DataFrame:
    import polars as pl

    return pl.DataFrame({"group": groups, **columns})
