"""MRD before blinatumomab, after its cycles and before transplant: each patient's last result of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import narwhals as nw

from dayzero.endpoints.frames import DAY, collect, lazy
from dayzero.errors import RefusalError
from dayzero.study.pictures.material import choose_patients
from dayzero.study.results import MrdPatient, MrdResult, MrdStages
from dayzero.study.words import patients as counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dayzero.study.pictures.material import Chosen, Material
    from dayzero.study.protocol import FigureSection

#: Cycles shown apart; later ones are rare and would crowd the axis.
_MOST_CYCLES = 4
#: Of several results on one day the first of these states stands, so that a positive outweighs a negative.
_WORST: Final = ("value", "positive, no number", "bound", "undetectable", "not known", "not done")
_NONE: Final = MrdResult("none")
_BEFORE, _LAST = "Before blinatumomab", "Before transplant"


def make_mrd(name: str, section: FigureSection, material: Material) -> MrdStages:
    """Return MRD before and after.

    Stages: the last result up to the day on which the first recorded cycle of blinatumomab began; the last
    after each cycle began, up to the next; the last in the days before transplant that speak for it
    (:class:`~dayzero.endpoints.options.Options`). Each result belongs to the latest stage that it can.

    Raises
    ------
    RefusalError
        When blinatumomab, or MRD, is recorded for nobody.
    """
    chosen = choose_patients(name, section, material)
    cycles = _cycles(chosen, material)
    treated = [patient for patient in chosen.ids if patient in cycles]
    rows = _results(treated, material)
    if not treated or not any(rows.values()):
        what = f"{'MRD' if treated else 'blinatumomab before transplant'} is recorded for no patient"
        raise RefusalError(what, instead="a course of another analyte, or leave this figure out")
    window = material.options.mrd_window_days
    count = min(_MOST_CYCLES, max(len(days) for days in cycles.values()))
    stages = [_BEFORE, *(f"After cycle {k}" for k in range(1, count + 1)), _LAST]
    made = [(patient, _staged(cycles[patient], rows[patient], window, count)) for patient in treated]
    kept = [i for i in range(len(stages)) if any(results[i].state != "none" for _, results in made)]
    notes = list(chosen.notes)
    if len(treated) < len(chosen.ids):
        untreated = len(chosen.ids) - len(treated)
        notes.append(f"{counted(untreated)} without blinatumomab before transplant not shown")
    notes.append(f"before transplant: the last result in the {window} days before day 0")
    patients = tuple(
        MrdPatient(patient, tuple(results[i] for i in kept), chosen.level.get(patient))
        for patient, results in made
    )
    values = [r.value for p in patients for r in p.results if r.value]
    lowest, highest = _axis(values, material.options.mrd_negative_below)
    return MrdStages(
        stages=tuple(stages[i] for i in kept),
        patients=patients,
        cut=material.options.mrd_negative_below,
        lowest=lowest,
        highest=highest,
        group_by=section.by or None,
        notes=tuple(notes),
    )


def _axis(values: Sequence[float], cut: float) -> tuple[float, float]:
    import math

    low = math.floor(math.log10(min([cut, *values])) + 1e-9)
    high = math.ceil(math.log10(max([10 * cut, *values])) - 1e-9)
    return 10.0**low, 10.0**high


def _cycles(chosen: Chosen, material: Material) -> dict[str, list[int]]:
    """Return the first days of each patient's cycles of blinatumomab before transplant, in order."""
    start = nw.col("start_day")
    given = lazy(material.records, "treatments").filter(
        nw.col("agent") == "blinatumomab", start < 0, nw.col("patient_id").is_in(chosen.ids)
    )
    found: dict[str, set[int]] = {}
    for patient, day in collect(given.select("patient_id", "start_day")).iter_rows():
        found.setdefault(patient, set()).add(day)
    return {patient: sorted(days) for patient, days in found.items()}


def _results(ids: Sequence[str], material: Material) -> dict[str, list[dict[str, Any]]]:
    wanted = lazy(material.records, "measurements").filter(
        nw.col("analyte") == "MRD", DAY <= 0, nw.col("patient_id").is_in(list(ids))
    )
    rows: dict[str, list[dict[str, Any]]] = {patient: [] for patient in ids}
    for row in collect(wanted).sort("patient_id", "day", "row").iter_rows(named=True):
        rows[row["patient_id"]].append(row)
    return rows


def _staged(cycles: list[int], rows: list[dict[str, Any]], window: int, count: int) -> list[MrdResult]:
    """Return the result of every stage."""
    by_stage: list[list[dict[str, Any]]] = [[] for _ in range(count + 2)]
    for row in rows:
        begun = sum(day < row["day"] for day in cycles)
        if begun == 0:
            by_stage[0].append(row)
        elif row["day"] >= -window and begun == len(cycles):
            by_stage[-1].append(row)
        elif begun <= count:
            by_stage[begun].append(row)
    return [_last(stage) for stage in by_stage]


def _last(rows: list[dict[str, Any]]) -> MrdResult:
    """Return the last result of a stage; what was not done stands only where nothing was."""
    read = [(row["day"], _read(row)) for row in rows]
    done = [each for each in read if each[1].state not in ("not done", "not known")] or read
    if not done:
        return _NONE
    latest = max(day for day, _ in done)
    same_day = [result for day, result in done if day == latest]
    return min(same_day, key=lambda r: (_rank(r), -(r.value or 0.0)))


def _rank(result: MrdResult) -> int:
    return _WORST.index("bound" if result.sign == "<" else result.state)


def _read(row: dict[str, Any]) -> MrdResult:
    """Return what a row of measurements says."""
    word = str(row["text"] or "").lower()
    if row["value"] is None:
        states = {
            "negative": "undetectable",
            "positive": "positive, no number",
            "positive not quantifiable": "positive, no number",
            "not done": "not done",
        }
        return MrdResult(states.get(word, "not known"))
    if (row["unit"] or "fraction") != "fraction":
        return MrdResult("not known")
    below = (row["operator"] or "=") in ("<", "≤")
    seen = row["sensitivity"]
    if row["value"] == 0 or (below and seen is not None and row["value"] <= seen):
        return MrdResult("undetectable")
    sign = {"<": "<", "≤": "<", ">": ">", "≥": ">"}.get(row["operator"] or "=", "")
    return MrdResult("value", float(row["value"]), sign)
