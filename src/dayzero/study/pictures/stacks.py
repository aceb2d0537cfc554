"""Stacked incidence: each cause of an endpoint and what is left, adding up to 1 at every time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dayzero.endpoints.catalogue import lookup
from dayzero.errors import RefusalError
from dayzero.study import guardrails
from dayzero.study.clock import from_days, to_days
from dayzero.study.fit import Fit, probability
from dayzero.study.results import Layer, Stack, Stacks
from dayzero.study.sample import grouped_sample, whole_sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dayzero.stats.arrays import FloatArray
    from dayzero.study.pictures.material import Material
    from dayzero.study.protocol import FigureSection

#: What is left when none of the causes happened, in words; otherwise "none of these".
_LEFT = {"CIR": "disease-free survival", "NRM": "disease-free survival"}


def make_stacks(name: str, section: FigureSection, material: Material) -> Stacks:
    """Return the stacked incidence of a figure, one panel a group.

    All layers of a panel are parts of one Aalen-Johansen estimate, so that they add up to 1 without any being
    computed from the others.

    Raises
    ------
    RefusalError
        The endpoint has no competing event, cannot be derived, or the groups became known after day 0.
    """
    endpoint = section.endpoint or "CIR"
    definition = lookup(endpoint, material.study.at("figures", name, "endpoint"))
    if definition.kind != "incidence":
        what = f"{definition.label} has no competing events, so there is nothing to stack"
        raise RefusalError(what, instead="an endpoint that death can prevent, such as CIR")
    derived = material.derive(definition.name)
    sample = whole_sample(derived)
    refuse_late(section.by, material)
    if section.by:
        sample = grouped_sample(derived, material.groupings[section.by])
    fit = Fit(sample, material.choices)
    left = _LEFT.get(definition.name, "none of these")
    horizons = tuple(h for h in section.horizons or material.study.protocol.time.horizons)
    happened = fit.curve.estimate[:, :, -1].max(axis=0) > 0
    happened[0] = True
    words = [*(cause for cause, had in zip(derived.causes, happened, strict=False) if had), left]
    stacks = []
    for index, level in enumerate(sample.levels):
        if not sample.counts[index]:
            continue
        causes = fit.curve.estimate[index]
        parts = np.vstack([causes[happened], 1 - causes.sum(axis=0)])
        last = fit.last(index)
        ticks = axis_marks(section, material)
        at_risk = fit.of_interest(fit.curve.at([to_days(t, material.unit) for t in ticks]), index)["at_risk"]
        days = np.concatenate(([0.0], fit.curve.times))
        stacks.append(
            Stack(
                title=definition.label if level is None else level,
                layers=layers_of(words, parts, days, last, horizons, material.unit),
                time=kept_times(parts, days, material.unit),
                end=material.time(last),
                n=sample.counts[index],
                ticks=ticks,
                at_risk=tuple(int(value) for value in at_risk),
                group_by=section.by or None,
                group=level,
            )
        )
    return Stacks(tuple(stacks), horizons, axis_limit(section, material), fit.convention().estimator)


def refuse_late(by: str, material: Material) -> None:
    """Refuse a cohort, or groups, that became known only after day 0; ``by`` is empty without groups.

    Raises
    ------
    RefusalError
        With the rule.
    """
    rule, late = guardrails.COHORT_AFTER_DAY0, material.known_late
    if not late and by:
        rule, late = guardrails.GROUP_AFTER_DAY0, material.groupings[by].known_late
    if late:
        what = f"{' and '.join(late)} became known only after day 0. {rule.rule}"
        raise RefusalError(what, instead=rule.hint, source=rule.source)


def axis_limit(section: FigureSection, material: Material) -> float:
    """Return the end of the time axis."""
    return float(section.limit or material.limit)


def axis_marks(section: FigureSection, material: Material) -> tuple[float, ...]:
    """Return the ticks of a time axis from 0."""
    from dayzero.study.clock import axis

    if section.limit is None and section.ticks is None:
        return material.ticks
    return axis(material.limit, material.unit, axis_limit(section, material), section.ticks)[1]


def _changes(parts: FloatArray) -> np.ndarray:
    keep = np.ones(parts.shape[1], dtype=bool)
    keep[1:] = (parts[:, 1:] != parts[:, :-1]).any(axis=0)
    return keep


def kept_times(parts: FloatArray, days: FloatArray, unit: str) -> tuple[float, ...]:
    """Return the times at which any part changes, 0 included."""
    return tuple(from_days(day, unit) for day in days[_changes(parts)])


def layers_of(
    labels: Sequence[str],
    parts: FloatArray,
    days: FloatArray,
    last: float,
    horizons: Sequence[float],
    unit: str,
) -> tuple[Layer, ...]:
    """Stack probabilities.

    Parameters
    ----------
    labels : sequence of str
        From bottom to top.
    parts : ndarray, shape (layers, times)
        Probabilities that add up to 1 at each time.
    days : ndarray, shape (times,)
        When each begins.
    last : float
        Last day observed: there is no probability at a later horizon.
    horizons : sequence of float
        In ``unit``.
    unit : str
    """
    edges = np.vstack([np.zeros(parts.shape[1]), np.cumsum(parts, axis=0)])
    edges[-1] = 1.0
    keep = _changes(parts)
    wanted = [to_days(horizon, unit) for horizon in horizons]
    where = [int(np.searchsorted(days, day, side="right")) - 1 for day in wanted]
    return tuple(
        Layer(
            label=label,
            lower=_clean(edges[row][keep]),
            upper=_clean(edges[row + 1][keep]),
            at=tuple(
                probability(parts[row, i]) if day <= last else None
                for i, day in zip(where, wanted, strict=True)
            ),
        )
        for row, label in enumerate(labels)
    )


def _clean(values: FloatArray) -> tuple[float, ...]:
    return tuple(value for value in map(probability, values.tolist()) if value is not None)
