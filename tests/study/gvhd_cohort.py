"""A cohort in the six-table form whose acute GVHD, relapses and deaths have days."""

from __future__ import annotations

import csv
from datetime import timedelta
from typing import TYPE_CHECKING

from dayzero.study import run

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

    from dayzero.study.results import Results

HEAD = """
[study]
title = "T"
[data]
source = "cohort"
[time]
unit = "days"
horizons = [100]
"""
#: patient: (acute GVHD day and grade, relapse day, day of death, last contact)
Patient = tuple[tuple[int, str] | None, int | None, int | None, int]


def forty() -> dict[str, Patient]:
    """Return 40 patients; those with even numbers had acute GVHD, on days 12 to 90."""
    found: dict[str, Patient] = {}
    for i in range(40):
        gvhd = (12 + 2 * i, "III" if i % 4 == 0 else "II") if i % 2 == 0 else None
        relapse = 40 + 7 * i if i % 5 == 1 else None
        death = 60 + 9 * i if i % 3 == 0 else (relapse + 50 if relapse and i % 2 else None)
        found[f"p{i:02}"] = (gvhd, relapse, death, 400 + i)
    return found


def results(
    folder: Path,
    patients: dict[str, Patient],
    study: str,
    start: Callable[[int], date] | None = None,
    again: tuple[str, int] | None = None,
) -> Results:
    """Write the tables and a study file, and run it.

    ``start`` gives the date of transplant of each patient, so that days are written as dates; ``again`` a
    patient with a second transplant and its day.
    """
    tables: dict[str, list[dict[str, object]]] = {
        name: [] for name in ("patients", "transplants", "events", "follow_up")
    }
    for number, (patient, (gvhd, relapse, death, contact)) in enumerate(patients.items()):
        own = {"patient_id": patient}

        def on(day: int, number: int = number) -> object:
            return day if start is None else start(number) + timedelta(days=day)

        tables["patients"].append({**own, "sex": "male", "age": 8 + int(patient[1:]) % 9, "diagnosis": "ALL"})
        graft = {**own, "type": "allogeneic", "remission": "CR1"}
        tables["transplants"].append({**graft, "date": on(0)})
        if again is not None and again[0] == patient:
            tables["transplants"].append({**graft, "date": on(again[1])})
        if gvhd:
            tables["events"].append({**own, "date": on(gvhd[0]), "event": "aGVHD", "grade": gvhd[1]})
        for day, event in ((relapse, "relapse"), (death, "death")):
            if day is not None:
                tables["events"].append({**own, "date": on(day), "event": event, "grade": ""})
        if death is None:
            status = "relapse" if relapse else "complete remission"
            last = {**own, "date": on(contact), "alive": "yes", "disease_status": status}
            tables["follow_up"].append(last)
    (folder / "cohort").mkdir(exist_ok=True)
    for name, rows in tables.items():
        with (folder / "cohort" / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    path = folder / "study.toml"
    path.write_text(HEAD + study, encoding="utf-8")
    return run(path).results
