"""Where the patients are at each time: alive without relapse or GVHD, after GVHD, after relapse, dead.

Aalen-Johansen occupation probabilities of a multi-state model; consistent whether or not the process is
Markov, when censoring is independent (Datta and Satten, Stat Probab Lett 2001;55:403).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from dayzero import stats
from dayzero.endpoints.catalogue import lookup
from dayzero.errors import RefusalError
from dayzero.study.clock import to_days
from dayzero.study.pictures.stacks import axis_limit, axis_marks, kept_times, layers_of, refuse_late
from dayzero.study.results import Stack, Stacks
from dayzero.study.words import patients as counted

if TYPE_CHECKING:
    from dayzero.study.pictures.material import Material
    from dayzero.study.protocol import FigureSection

FREE: Final = "alive without relapse or GVHD"
FREE_WITHOUT_GVHD: Final = "alive without relapse"
AFTER_GVHD: Final = "alive after GVHD, without relapse"
RELAPSED: Final = "alive after relapse"
DEAD_RELAPSED: Final = "dead after relapse"
DEAD: Final = "dead without relapse"
#: The GVHD that counts, unless the study file names others.
_GVHD: Final = ("aGVHD_II_IV", "cGVHD")
#: An event recorded on the day of another that ends its state is put this much earlier, in days.
_HALF_A_DAY: Final = 0.5


def make_states(name: str, section: FigureSection, material: Material) -> Stacks:
    """Return the stacked occupation probabilities of a figure, one panel a group.

    GVHD counts from its first day until relapse; relapse counts from its first day, whatever follows. On one
    day relapse comes before GVHD, and both before death, except that GVHD on the day of relapse or death is
    not a state of its own.

    Raises
    ------
    RefusalError
        Survival or relapse cannot be derived, nobody has both, or the groups became known after day 0.
    """
    gvhd = [lookup(each, material.study.at("figures", name, "gvhd")).name for each in section.gvhd]
    used = [each for each in gvhd or _GVHD if material.derivable(each) is not None]
    people, notes = _people(used, material)
    refuse_late(section.by, material)
    if section.by:
        level = material.levels(section.by)
        people = people.filter(pl.col("patient_id").is_in(list(level))).with_columns(
            group=pl.col("patient_id").replace_strict(level, return_dtype=pl.String)
        )
    else:
        people = people.with_columns(group=pl.lit("", pl.String))
    if people.is_empty():
        what = "survival and relapse are both known for no patient"
        raise RefusalError(what, instead="a stacked incidence, or the curves")
    missing = [lookup(each).label for each in gvhd or _GVHD if each not in used]
    notes += [
        f"{label} cannot be derived from these records and is no part of GVHD here" for label in missing
    ]
    if used:
        notes.append("GVHD: " + " or ".join(_inside(lookup(each).label) for each in used))
    return _stacked(people, section, material, bool(used), notes)


def _inside(label: str) -> str:
    return label[:1].lower() + label[1:]


def _people(gvhd: list[str], material: Material) -> tuple[pl.DataFrame, list[str]]:
    """Return ``patient_id``, ``end``, ``died``, ``relapse`` and ``onset`` (of GVHD), in days."""
    survival = material.derive("OS").frame.select("patient_id", end="time", died=pl.col("cause") == 1)
    relapse = material.derive("CIR").frame.select("patient_id", failure="time", failed="cause")
    people = survival.join(relapse, on="patient_id", how="inner").with_columns(
        relapse=pl.when(pl.col("failed") == 1).then("failure")
    )
    # Whoever left the watch for relapse before the last contact leaves the figure then.
    watched = (pl.col("failed") == 0) & (pl.col("failure") < pl.col("end"))
    people = people.with_columns(
        end=pl.when(watched).then("failure").otherwise("end"), died=pl.col("died") & ~watched
    )
    onsets = pl.DataFrame(schema={"patient_id": pl.String, "onset": pl.Float64})
    total = people.height
    for name in gvhd:
        frame = material.derive(name).frame
        people = people.join(frame.select("patient_id"), on="patient_id", how="semi")
        had = frame.filter(pl.col("cause") == 1).select("patient_id", onset=pl.col("time").cast(pl.Float64))
        onsets = pl.concat([onsets, had])
    first = onsets.group_by("patient_id").agg(pl.col("onset").min())
    people = people.join(first, on="patient_id", how="left").sort("patient_id")
    notes = []
    if people.height < total:
        notes.append(f"{counted(total - people.height)} left out: whether they had GVHD is not known")
    return people, notes


def _histories(people: pl.DataFrame, with_gvhd: bool) -> stats.StateHistories:
    """Return every patient's stays in the states."""
    free = FREE if with_gvhd else FREE_WITHOUT_GVHD
    rows: list[tuple[str, float, float, str, str | None]] = []
    groups: list[str] = []
    for patient, end, died, relapse, onset, group in people.select(
        "patient_id", "end", "died", "relapse", "onset", "group"
    ).iter_rows():
        before = len(rows)
        rows += _stays(patient, float(end), bool(died), relapse, onset, free)
        groups += [group] * (len(rows) - before)
    subject, start, stop, origin, target = zip(*rows, strict=True)
    moves = [(free, RELAPSED), (free, DEAD), (RELAPSED, DEAD_RELAPSED)]
    states = [free, RELAPSED, DEAD_RELAPSED, DEAD]
    if with_gvhd:
        states.insert(1, AFTER_GVHD)
        moves += [(free, AFTER_GVHD), (AFTER_GVHD, RELAPSED), (AFTER_GVHD, DEAD)]
    model = stats.MultiStateModel(tuple(states), tuple(moves))
    return stats.StateHistories.from_rows(
        list(subject), start, stop, list(origin), list(target), model=model, group=groups
    )


def _stays(
    patient: str, end: float, died: bool, relapse: float | None, onset: float | None, free: str
) -> list[tuple[str, float, float, str, str | None]]:
    """Cut one patient's time at the changes of state."""
    end = max(end, _HALF_A_DAY)
    changes: list[tuple[float, str]] = []
    if relapse is not None:
        changes.append((end - _HALF_A_DAY if died and relapse >= end else float(relapse), RELAPSED))
    stop = changes[0][0] if changes else end
    if onset is not None and max(float(onset), _HALF_A_DAY) < stop:
        changes.insert(0, (max(float(onset), _HALF_A_DAY), AFTER_GVHD))
    rows: list[tuple[str, float, float, str, str | None]] = []
    state, since = free, 0.0
    for day, new in changes:
        if day >= end and not died:
            # Seen for the first time at the last contact: a change without a stay after it.
            return [*rows, (patient, since, end, state, new)]
        rows.append((patient, since, day, state, new))
        state, since = new, day
    last = (DEAD_RELAPSED if state == RELAPSED else DEAD) if died else None
    return [*rows, (patient, since, end, state, last)]


def _stacked(
    people: pl.DataFrame, section: FigureSection, material: Material, with_gvhd: bool, notes: list[str]
) -> Stacks:
    occupancy = stats.state_occupancy(_histories(people, with_gvhd))
    order = (DEAD, DEAD_RELAPSED, RELAPSED, AFTER_GVHD, occupancy.states[0])
    columns = [occupancy.states.index(state) for state in order if state in occupancy.states]
    labels = [occupancy.states[column] for column in columns]
    levels = material.groupings[section.by].info.levels if section.by else ("",)
    horizons = section.horizons or material.study.protocol.time.horizons
    ticks = axis_marks(section, material)
    days = np.concatenate(([0.0], occupancy.times))
    stacks = []
    for level in levels:
        mine = people.filter(pl.col("group") == level)
        if mine.is_empty():
            continue
        parts = occupancy.estimate[occupancy.groups.index(level)][:, columns].T
        ends = mine["end"].cast(pl.Float64).to_numpy()
        last = max(float(ends.max()), _HALF_A_DAY)
        stacks.append(
            Stack(
                title=level or "All patients",
                layers=layers_of(labels, parts, days, last, horizons, material.unit),
                time=kept_times(parts, days, material.unit),
                end=material.time(last),
                n=mine.height,
                ticks=ticks,
                at_risk=tuple(int((ends >= to_days(tick, material.unit)).sum()) for tick in ticks),
                group_by=section.by or None,
                group=level or None,
            )
        )
    return Stacks(
        tuple(stacks),
        tuple(horizons),
        axis_limit(section, material),
        occupancy.convention.estimator,
        tuple(notes),
    )
