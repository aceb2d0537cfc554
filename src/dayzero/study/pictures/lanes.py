"""The facts of each patient on one time axis: treatments as bars, what happened as marks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from dayzero.endpoints.frames import DAY, HAPPENED, collect, lazy
from dayzero.study.pictures.kinds import BARS, EARLY, GRAFTS, INFUSIONS, KINDS, MARKS
from dayzero.study.results import Bar, Lane, Mark
from dayzero.study.words import patients as counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from dayzero.study.pictures.material import Chosen, Material

_SAID = {"CMV": "CMV infection"}
#: Days up to which an axis has room for engraftment.
_SHORT = 400.0
#: Patient, day, entry of the key, detail.
Dated = tuple[str, float, str, str]


@dataclass(frozen=True)
class Lanes:
    """The lanes of a picture's patients, and what could not be placed on them."""

    lanes: tuple[Lane, ...]
    notes: tuple[str, ...]


def make_lanes(chosen: Chosen, material: Material, show: Sequence[str] = ()) -> Lanes:
    """Return the lane of every chosen patient, in the order of the ids.

    ``show`` names the kinds that are shown; without it all are, engraftment only on an axis of about a year.
    """
    made = _all_lanes(chosen, material)
    longest = max((lane.end for lane in made.lanes if lane.end is not None), default=0.0)
    early = longest <= material.time(_SHORT)
    kinds = set(show or KINDS) if show or early else set(KINDS) - set(EARLY)
    notes = list(made.notes)
    if not show and not early and any(m.kind in EARLY for lane in made.lanes for m in lane.marks):
        notes.append("engraftment is not shown on an axis this long")
    return Lanes(tuple(_with(lane, kinds) for lane in made.lanes), tuple(notes))


def _with(lane: Lane, kinds: set[str]) -> Lane:
    return replace(
        lane,
        bars=tuple(bar for bar in lane.bars if bar.kind in kinds),
        marks=tuple(mark for mark in lane.marks if mark.kind in kinds),
    )


def _all_lanes(chosen: Chosen, material: Material) -> Lanes:
    bars, infusions = _treatments(chosen, material)
    events, undated = _events(chosen, material)
    parts = [infusions, _grafts(chosen, material), events, _engraftment(chosen, material)]
    marks: dict[str, list[tuple[float, str, str]]] = {}
    for part in parts:
        for patient, day, kind, detail in part:
            marks.setdefault(patient, []).append((day, kind, detail))
    lanes = tuple(
        _lane(row, bars.get(row["patient_id"], ()), marks.get(row["patient_id"], []), chosen.level, material)
        for row in chosen.courses.iter_rows(named=True)
    )
    return Lanes(lanes, tuple(undated))


def _lane(
    row: dict[str, Any],
    bars: Iterable[Bar],
    marks: list[tuple[float, str, str]],
    level: Mapping[str, str],
    material: Material,
) -> Lane:
    death, last = row["death_day"], row["alive_day"]
    end = death if death is not None else last
    if death is not None:
        marks = [*marks, (death, "death", row["death_cause"] or "")]
    ordered = sorted(set(marks), key=lambda each: (each[0], MARKS.index(each[1]), each[2]))
    return Lane(
        patient=row["patient_id"],
        bars=tuple(bars),
        marks=tuple(Mark(kind, material.time(day), detail) for day, kind, detail in ordered),
        end=None if end is None else material.time(max(end, 0)),
        ended="death" if death is not None else "alive" if last is not None else "unknown",
        group=level.get(row["patient_id"]),
        relapse=None if row["relapse_day"] is None else material.time(row["relapse_day"]),
    )


def _rows(material: Material, table: str, *conditions: nw.Expr) -> list[dict[str, Any]]:
    """Return the rows of a table that meet the conditions, by day and then row."""
    found = collect(lazy(material.records, table).filter(*conditions))
    day = "start_day" if table == "treatments" else "day"
    return list(found.sort("patient_id", day, "row").iter_rows(named=True))


def _treatments(chosen: Chosen, material: Material) -> tuple[dict[str, list[Bar]], list[Dated]]:
    bars: dict[str, list[Bar]] = {}
    infusions = []
    wanted = nw.col("agent").is_in([*BARS, *INFUSIONS]) & ~nw.col("start_day").is_null()
    for row in _rows(material, "treatments", wanted, nw.col("patient_id").is_in(chosen.ids)):
        if str(row["indication"] or "").lower().startswith("conditioning"):
            continue
        patient, agent, start = row["patient_id"], row["agent"], row["start_day"]
        if agent in INFUSIONS:
            infusions.append((patient, float(start), INFUSIONS[agent], row["indication"] or ""))
            continue
        stop = None if row["stop_day"] is None else material.time(row["stop_day"])
        bars.setdefault(patient, []).append(Bar(BARS[agent], agent, material.time(start), stop))
    return bars, infusions


def _grafts(chosen: Chosen, material: Material) -> list[Dated]:
    later = (DAY > 0) & nw.col("type").is_in(list(GRAFTS))
    return [
        (row["patient_id"], float(row["day"]), GRAFTS[row["type"]], row["donor"] or "")
        for row in _rows(material, "transplants", later, nw.col("patient_id").is_in(chosen.ids))
    ]


def _kind(row: dict[str, Any]) -> str:
    """Return the entry of the key that an event is; empty for one that is not shown."""
    if row["event"] == "infection":
        return "CMV" if "cmv" in str(row["cause"] or "").lower() else ""
    return {"relapse": "relapse", "aGVHD": "acute GVHD", "cGVHD": "chronic GVHD"}[row["event"]]


def _events(chosen: Chosen, material: Material) -> tuple[list[Dated], list[str]]:
    """Return dated events (of GVHD and CMV each patient's first), and how many patients' have no day."""
    wanted = nw.col("event").is_in(["relapse", "aGVHD", "cGVHD", "infection"]) & HAPPENED
    found: list[Dated] = []
    seen: set[tuple[str, str]] = set()
    undated: dict[str, set[str]] = {}
    for row in _rows(material, "events", wanted, nw.col("patient_id").is_in(chosen.ids)):
        patient, kind = row["patient_id"], _kind(row)
        if not kind:
            continue
        if row["day"] is None:
            undated.setdefault(kind, set()).add(patient)
        elif kind == "relapse" or (row["day"] >= 0 and (patient, kind) not in seen):
            detail = row["site"] if kind == "relapse" else row["grade"]
            found.append((patient, float(row["day"]), kind, detail or ""))
            seen.add((patient, kind))
    return found, [
        f"{_SAID.get(kind, kind)} of {counted(len(undated[kind]))} is recorded without its day and not shown"
        for kind in MARKS
        if kind in undated
    ]


def _engraftment(chosen: Chosen, material: Material) -> list[Dated]:
    marks = []
    for endpoint, kind in (
        ("neutrophil_engraftment", "neutrophil engraftment"),
        ("platelet_engraftment", "platelet engraftment"),
    ):
        derived = material.derivable(endpoint)
        if derived is None:
            continue
        wanted = (pl.col("cause") == 1) & pl.col("patient_id").is_in(chosen.ids)
        found = derived.frame.filter(wanted & pl.col("time").is_not_null())
        marks += [(p, float(t), kind, "") for p, t in found.select("patient_id", "time").iter_rows()]
    return marks
