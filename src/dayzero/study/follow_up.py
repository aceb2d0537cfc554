"""How long patients were followed: three different questions, each answer labelled with its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dayzero import stats
from dayzero.study.clock import from_days
from dayzero.study.fit import number
from dayzero.study.results import FollowUp

if TYPE_CHECKING:
    from dayzero.stats.arrays import FloatArray
    from dayzero.study.conventions import Choices
    from dayzero.study.sample import Sample


def follow_up(whole: Sample, grouped: list[Sample], choices: Choices, unit: str) -> tuple[FollowUp, ...]:
    """Describe follow-up.

    Parameters
    ----------
    whole : Sample
        Of the endpoint whose censoring ends follow-up (usually OS), all patients.
    grouped : list of Sample
        The same by the groupings of the study.
    choices : Choices
    unit : str

    Returns
    -------
    tuple of FollowUp
        The median by the reverse Kaplan-Meier method (Schemper and Smith 1996), the observed times of all
        patients, and those of the patients without an event; then the first by group.
    """
    if not whole.time.size:
        return ()
    word = "alive" if whole.endpoint == "OS" else f"without {whole.endpoint} event"
    rows = list(_reverse(whole, choices, unit))
    rows.append(_observed("follow_up.observed", "observed time, all patients", whole.time, unit))
    free = whole.time[whole.cause == 0]
    if free.size:
        rows.append(_observed("follow_up.survivors", f"observed time, patients {word}", free, unit))
    for sample in grouped:
        rows += _reverse(sample, choices, unit)
    return tuple(rows)


def _reverse(sample: Sample, choices: Choices, unit: str) -> list[FollowUp]:
    # The follow-up median has Wald limits only; a study that asks for beta limits gets log-log ones here.
    conf_type = "log-log" if choices.conf_type == "beta" else choices.conf_type
    result = stats.median_follow_up(sample.table, conf_type=conf_type, conf_level=choices.conf_level)
    rows = []
    for row in result.summary().to_dicts():
        level = sample.levels[row["group"]]
        own = sample.time[sample.group == row["group"]]
        if not own.size:
            continue
        times = [number(row[key]) for key in ("median", "lower", "upper")]
        median, lower, upper = (None if t is None else from_days(t, unit) for t in times)
        middle = "" if level is None else f"{sample.group_by}.{level}."
        rows.append(
            FollowUp(
                id=f"follow_up.{middle}median",
                method=f"reverse Kaplan-Meier ({sample.endpoint})",
                n=int(own.size),
                median=median,
                unit=unit,
                lower=lower,
                upper=upper,
                minimum=from_days(own.min(), unit),
                maximum=from_days(own.max(), unit),
                group_by=sample.group_by,
                group=level,
            )
        )
    return rows


def _observed(name: str, method: str, days: FloatArray, unit: str) -> FollowUp:
    return FollowUp(
        id=name,
        method=method,
        n=int(days.size),
        median=from_days(float(np.median(days)), unit),
        unit=unit,
        minimum=from_days(days.min(), unit),
        maximum=from_days(days.max(), unit),
    )
