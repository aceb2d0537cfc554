"""Delayed entry: patients who came under observation after day 0 are at risk from that day on only."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from dayzero.errors import BadInputError
from dayzero.study import guardrails
from dayzero.study.words import patients

if TYPE_CHECKING:
    from dayzero.endpoints.definition import DerivedEndpoint
    from dayzero.study.cohort import Facts
    from dayzero.study.loading import Study

_UNKNOWN = "the day of coming under observation is not known"
_BEFORE = "event or last contact before coming under observation"


def entry_days(study: Study, facts: Facts) -> pl.DataFrame | None:
    """Return ``patient_id``, ``entry`` (days from day 0, null where not known); None without delayed entry.

    Raises
    ------
    BadInputError
        When ``[cohort] entry`` names no variable, or one that is no number.
    """
    name = study.protocol.cohort.entry
    if not name:
        return None
    place = study.at("cohort", "entry")
    numbers = sorted(each for each, note in facts.notes.items() if note.kind == "number")
    if name not in facts.notes:
        raise BadInputError.unknown_name(kind="variable", found=name, allowed=numbers, where=place)
    if facts.notes[name].kind != "number":
        what = f"'{name}' is not a number of days"
        raise BadInputError(what, where=place, allowed=numbers)
    return facts.frame.select("patient_id", entry=pl.col(name).cast(pl.Float64).fill_nan(None))


def entered(derived: DerivedEndpoint, entry: pl.DataFrame | None, since: float = 0.0) -> DerivedEndpoint:
    """Return an endpoint whose patients are at risk from their day of entry on.

    Parameters
    ----------
    derived : DerivedEndpoint
        Its frame gets the column ``entry``: 0 for those under observation from the start.
    entry : polars.DataFrame or None
        Of :func:`entry_days`; None leaves the endpoint as it is.
    since : float
        Day on which the endpoint's clock starts.

    Notes
    -----
    Klein and Moeschberger 2003, Survival Analysis, 4.6: whoever enters at e is at risk on (e, t]; an event or
    a last contact up to the day of entry cannot be seen, and its patient is left out.
    """
    definition = derived.definition
    if entry is None or definition.kind == "proportion" or "day" not in definition.origin:
        return derived
    joined = derived.frame.join(entry, on="patient_id", how="left", maintain_order="left").with_columns(
        (pl.col("entry") - since).clip(lower_bound=0)
    )
    late = pl.col("entry") > 0
    reason = (
        pl.when(pl.col("entry").is_null())
        .then(pl.lit(_UNKNOWN))
        .when(late & (pl.col("time") <= pl.col("entry")))
        .then(pl.lit(_BEFORE))
    )
    judged = joined.with_columns(reason=reason)
    left = judged.filter(pl.col("reason").is_not_null()).select("patient_id", "reason")
    kept = judged.filter(pl.col("reason").is_null()).drop("reason")
    count = kept.filter(late).height
    what = (
        f"{definition.label}: at risk only from the day of coming under observation (delayed entry): "
        f"{patients(count)}; left out, because the event or last contact was before or the day is not known: "
        f"{left.height}."
    )
    eligible = f"{definition.eligible}; at risk from the day of coming under observation (delayed entry)"
    return replace(
        derived,
        definition=replace(definition, eligible=eligible),
        frame=kept,
        not_eligible=pl.concat([derived.not_eligible, left], how="diagonal_relaxed").sort("patient_id"),
        findings=(*derived.findings, guardrails.DELAYED_ENTRY.finding(what, item=definition.name)),
    )
