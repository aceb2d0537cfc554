"""When events happened in the patients who had them: median day and range, beside the incidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dayzero.study.fit import number
from dayzero.study.results import Onset

if TYPE_CHECKING:
    from dayzero.endpoints.definition import Definition
    from dayzero.study.sample import Sample


def onsets(sample: Sample) -> tuple[Onset, ...]:
    """Return the onset of an event in each level of a sample.

    Parameters
    ----------
    sample : Sample
        Of an endpoint that death can prevent, or of a proportion; others have no onset.

    Returns
    -------
    tuple of Onset
        One a level that has patients. Days are those of the patients who had the event on a known day, in
        days from the endpoint's origin whatever the unit of the study: onset is said in days.
    """
    definition = sample.derived.definition
    if definition.kind == "survival" or (definition.kind == "proportion" and _is_state(definition)):
        return ()
    return tuple(_onset(sample, index) for index, count in enumerate(sample.counts) if count)


def _is_state(definition: Definition) -> bool:
    """Whether a proportion is about a state that was seen on a day, not about something that began on it."""
    return definition.family in ("outcome", "leukaemia") or "chimerism" in definition.name


def _onset(sample: Sample, index: int) -> Onset:
    level = sample.levels[index]
    own = sample.group == index
    cause, time = sample.cause[own], sample.time[own]
    days = time[(cause == 1) & np.isfinite(time)]
    middle = None if not days.size else number(float(np.median(days)))
    causes = sample.derived.causes
    kept = [f"{causes[code - 1]}: {int((cause == code).sum())}" for code in range(2, len(causes) + 1)]
    return Onset(
        id=f"onset.{sample.prefix(level)}",
        endpoint=sample.endpoint,
        n=int(own.sum()),
        events=int(days.size),
        undated=int((cause == 1).sum()) - int(days.size),
        median=middle,
        minimum=number(float(days.min())) if days.size else None,
        maximum=number(float(days.max())) if days.size else None,
        competing=tuple(kept),
        group_by=sample.group_by,
        group=level,
    )
