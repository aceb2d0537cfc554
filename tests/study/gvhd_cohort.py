"""A cohort in the six-table form whose acute GVHD, relapses and deaths have days."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from dayzero.study import run

if TYPE_CHECKING:
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


def results(folder: Path, patients: dict[str, Patient], study: str) -> Results:
    """Write the tables and a study file, and run it."""
    tables: dict[str, list[dict[str, object]]] = {
        name: [] for name in ("patients", "transplants", "events", "follow_up")
    }
    for patient, (gvhd, relapse, death, contact) in patients.items():
        own = {"patient_id": patient}
        tables["patients"].append({**own, "sex": "male", "age": 8 + int(patient[1:]) % 9, "diagnosis": "ALL"})
        tables["transplants"].append({**own, "date": 0, "type": "allogeneic", "remission": "CR1"})
        if gvhd:
            tables["events"].append({**own, "date": gvhd[0], "event": "aGVHD", "grade": gvhd[1]})
        for day, event in ((relapse, "relapse"), (death, "death")):
            if day is not None:
                tables["events"].append({**own, "date": day, "event": event, "grade": ""})
        if death is None:
            status = "relapse" if relapse else "complete remission"
            tables["follow_up"].append({**own, "date": contact, "alive": "yes", "disease_status": status})
    (folder / "cohort").mkdir(exist_ok=True)
    for name, rows in tables.items():
        with (folder / "cohort" / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    path = folder / "study.toml"
    path.write_text(HEAD + study, encoding="utf-8")
    return run(path).results
