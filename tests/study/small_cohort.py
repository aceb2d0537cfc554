"""A cohort of twelve in the six-table form, small enough that every number follows by hand.

Fourteen patients: one had T-ALL, one was only transplanted with his own cells. Of the twelve others p01 to
p06 were transplanted in CR1, p07 to p12 in CR2. p07 relapsed on day 100, p08 on day 200 and died on day 300,
p09 died without relapse on day 50; the last contacts of the others are on days 410, 420, ...
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

FIRST = date(2019, 1, 15)
EVENTS = {"p07": [(100, "relapse")], "p08": [(200, "relapse"), (300, "death")], "p09": [(50, "death")]}
PATIENTS = [f"p{i:02}" for i in range(1, 15)]

STUDY = """
[study]
title = "Twelve patients"
[data]
source = "cohort"
[cohort]
include = [{ rule = "immunophenotype = 'B-ALL'", label = "B-cell ALL" }]
[groups.remission]
label = "Remission at HSCT"
levels = { "CR1" = "remission_number = 1", "CR2" = "remission_number = 2" }
[time]
unit = "months"
horizons = [12]
[[outcome]]
endpoint = "OS"
by = ["remission"]
quantiles = [0.5]
[[outcome]]
endpoint = "DFS"
by = ["remission"]
[[outcome]]
endpoint = "CIR"
by = ["remission"]
[[outcome]]
endpoint = "NRM"
[[outcome]]
endpoint = "survival_after_relapse"
[[outcome]]
endpoint = "OS"
as = "proportion"
[figures.1]
panels = [["OS", "CIR by remission"]]
[characteristics]
variables = ["age", "sex", "remission"]
by = "remission"
"""


def day0(index: int, *, dates: bool) -> date | int:
    return FIRST + timedelta(days=40 * index) if dates else 0


def moved(start: date | int, days: int) -> date | int:
    return start + timedelta(days=days) if isinstance(start, date) else start + days


def tables(*, dates: bool = True) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of each table; ``dates=False``: days relative to day 0, ages instead of births."""
    found: dict[str, list[dict[str, Any]]] = {
        "patients": [],
        "transplants": [],
        "events": [],
        "follow_up": [],
    }
    for index, patient in enumerate(PATIENTS):
        start = day0(index, dates=dates)
        born = {"birth_date": date(2010, 6, 1)} if dates else {"age": 8.5}
        kind = "T-ALL" if patient == "p13" else "B-ALL"
        sex = "female" if index % 2 else "male"
        found["patients"].append(
            {"patient_id": patient, "sex": sex, **born, "diagnosis": "ALL", "immunophenotype": kind}
        )
        graft = "autologous" if patient == "p14" else "allogeneic"
        remission = "CR1" if index < 6 else "CR2"
        found["transplants"].append(
            {
                "patient_id": patient,
                "date": start,
                "type": graft,
                "donor": "matched unrelated",
                "remission": remission,
            }
        )
        if patient == "p14":
            continue
        for day, event in EVENTS.get(patient, []):
            found["events"].append({"patient_id": patient, "date": moved(start, day), "event": event})
        if patient not in ("p08", "p09"):
            status = "relapse" if patient == "p07" else "complete remission"
            contact = moved(start, 410 + 10 * index)
            found["follow_up"].append(
                {"patient_id": patient, "date": contact, "alive": "yes", "disease_status": status}
            )
    return found


def write_cohort(folder: Path, *, dates: bool = True, study: str = STUDY) -> Path:
    """Write ``cohort/*.csv`` and ``study.toml`` into a folder; return the study file."""
    (folder / "cohort").mkdir(parents=True, exist_ok=True)
    for name, rows in tables(dates=dates).items():
        with (folder / "cohort" / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    path = folder / "study.toml"
    path.write_text(study, encoding="utf-8")
    return path
