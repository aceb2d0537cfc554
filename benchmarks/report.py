"""Time a whole report of a constructed cohort, cold: python benchmarks/report.py [--output PAGE].

200 patients, 12 figures, the report as page, Word file and PDF, every figure as SVG, PDF, PNG and TIFF. Each
run is a program of its own, from start to exit, reading CSV files; the best of several counts.
"""

from __future__ import annotations

import argparse
import csv
import os
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from page_parts import renewed

PATIENTS = 200
TARGET, EACH = 10.0, 0.5

HEAD = """
[study]
title = "A constructed cohort"
notice = "Constructed data: not real patients"
[data]
source = "cohort"
[groups.remission]
label = "Remission at transplant"
levels = { "CR1" = "remission_number = 1", "CR2" = "remission_number = 2" }
[time]
unit = "months"
horizons = [12, 24]
limit = 60
ticks = 12
[[outcome]]
endpoint = "OS"
by = ["remission"]
[[outcome]]
endpoint = "DFS"
by = ["remission"]
[[outcome]]
endpoint = "CIR"
by = ["remission"]
[[outcome]]
endpoint = "NRM"
by = ["remission"]
[characteristics]
variables = ["age", "sex", "remission"]
by = "remission"
"""
FIGURES = (
    'panels = [["OS", "DFS"], ["CIR", "NRM"]]',
    'panels = [["OS by remission", "DFS by remission"], ["CIR by remission", "NRM by remission"]]',
    'panels = [["OS"]]',
    'panels = [["DFS by remission"]]',
    'panels = [["CIR by remission", "NRM by remission"]]',
    'kind = "swimmer"\nwith_event = "CIR"\nby = "remission"',
    'kind = "stacked"\nby = "remission"',
    'kind = "states"\nby = "remission"',
    'kind = "course"\nanalyte = "ANC"\nby = "remission"',
    'kind = "course"\nanalyte = "platelets"',
    'kind = "mrd"\nby = "remission"',
    'kind = "timeline"\npatient = "P001"',
)
FORMATS = {
    "SVG, PDF, PNG": 'formats = ["svg", "pdf", "png"]\ndpi = [300]',
    "SVG, PDF, PNG, TIFF at 300 and 600 dpi": 'formats = ["svg", "pdf", "png", "tiff"]\ndpi = [300, 600]',
}


def patient(number: int, draw: random.Random) -> dict[str, list[dict[str, Any]]]:
    """Return the facts of one invented patient, in days from transplant."""
    name = f"P{number:03}"
    last = draw.randint(90, 1800)
    dies, relapses = draw.random() < 0.25, draw.random() < 0.25
    facts: dict[str, list[dict[str, Any]]] = {
        "patients": [{"age": round(draw.uniform(1, 24), 1), "sex": draw.choice(["male", "female"])}],
        "transplants": [{"date": 0, "type": "allogeneic", "remission": draw.choice(["CR1", "CR2"])}],
        "treatments": [{"agent": "blinatumomab", "start": -60, "stop": -32}],
        "events": [],
        "follow_up": [],
        "measurements": [
            {
                "date": -70,
                "analyte": "MRD",
                "value": f"{10 ** draw.uniform(-4, -1):.2g}",
                "sensitivity": 1e-5,
            },
            {"date": -10, "analyte": "MRD", "value": "negative", "sensitivity": 1e-5},
        ],
    }
    for day in range(43):
        share = max(0.0, min(1.0, (day - draw.uniform(9, 16)) / 12))
        counts = (("ANC", round(0.03 + 3 * share, 2)), ("platelets", round(15 + 120 * share)))
        facts["measurements"] += [
            {"date": day, "analyte": a, "value": v, "unit": "10^9/L"} for a, v in counts
        ]
    if draw.random() < 0.4:
        grade = draw.choice(["I", "II", "III"])
        facts["events"].append({"date": draw.randint(15, 60), "event": "aGVHD", "grade": grade})
    if relapses:
        facts["events"].append({"date": draw.randint(60, last), "event": "relapse", "site": "marrow"})
    if dies:
        facts["events"].append({"date": last + 1, "event": "death"})
    status = "relapse" if relapses else "complete remission"
    facts["follow_up"].append({"date": last, "alive": "yes", "disease_status": status})
    for row in facts["patients"]:
        row |= {"diagnosis": "ALL", "immunophenotype": "B-ALL"}
    return {table: [{"patient_id": name, **row} for row in rows] for table, rows in facts.items()}


def write_cohort(folder: Path) -> None:
    """Write the tables of the cohort as CSV files."""
    draw = random.Random(20240331)  # noqa: S311 - invented patients, not a secret
    tables: dict[str, list[dict[str, Any]]] = {}
    for number in range(1, PATIENTS + 1):
        for table, rows in patient(number, draw).items():
            tables.setdefault(table, []).extend(rows)
    folder.mkdir()
    for table, rows in tables.items():
        columns = list(dict.fromkeys(column for row in rows for column in row))
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)


def study_text(figures: int, formats: str) -> str:
    """Return the study file with so many figures."""
    parts = [f"[figures.{number}]\n{FIGURES[number]}" for number in range(figures)]
    return "\n".join([HEAD, *parts, f"[report.figures]\n{formats}\n"])


def timed(folder: Path, figures: int, formats: str, rounds: int) -> tuple[float, float]:
    """Return the least elapsed and the least processor seconds of a whole run."""
    study = folder / "study.toml"
    study.write_text(study_text(figures, formats), encoding="utf-8")
    code = "from dayzero.cli import main; main()"
    elapsed: list[float] = []
    processor: list[float] = []
    for number in range(rounds):
        target = folder / f"out {figures} {number} {len(elapsed)} {time.monotonic_ns()}"
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        begun = time.perf_counter()
        command = [sys.executable, "-c", code, "run", str(study), "-q", "-o", str(target)]
        subprocess.run(command, check=True)
        elapsed.append(time.perf_counter() - begun)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        processor.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(elapsed), min(processor)


def idle() -> bool:
    """Return whether the machine does little else, so that elapsed seconds mean something."""
    return os.getloadavg()[0] < (os.cpu_count() or 1)


def section(rounds: int) -> str:
    """Measure, and return the part of the page on reports."""
    alone = idle()
    lines = [
        "## A whole report",
        "",
        f"`benchmarks/report.py`: {PATIENTS} constructed patients, counts of six weeks in CSV files,",
        f"{len(FIGURES)} figures (five of curves, two of courses, one of every other kind), report as",
        "page, Word file and PDF. A program of its own each time, from start to exit, nothing kept from",
        f"before. {os.cpu_count()} cores, Python {platform.python_version()}; the best of {rounds} runs.",
        "Processor seconds are those of all processes together; figures are drawn on two cores where that",
        "is worth it, so that on an idle machine fewer elapse. Where the machine was not idle, elapsed",
        "seconds are not given, and processor seconds are more than on an idle one: two complete runs",
        "on a busy machine differed by a third.",
        "",
        "| files of every figure | elapsed | processor | target | each further figure | target |",
        "|---|---|---|---|---|---|",
    ]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_cohort(folder / "cohort")
        for words, formats in FORMATS.items():
            elapsed, processor = timed(folder, len(FIGURES), formats, rounds)
            _, without = timed(folder, 0, formats, rounds)
            each = (processor - without) / len(FIGURES)
            waited = f"{elapsed:.1f} s" if alone else "machine not idle"
            lines.append(
                f"| {words} | {waited} | {processor:.1f} s | at most {TARGET:g} s elapsed "
                f"| {each:.2f} s | at most {EACH:g} s |"
            )
    return "\n".join([*lines, ""])


def main() -> None:
    """Measure, print, and write into the page if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--output", type=Path, help="the page to write into")
    options = parser.parse_args()
    text = section(options.rounds)
    print(text)
    if options.output:
        page = options.output.read_text(encoding="utf-8")
        options.output.write_text(renewed(page, "report", text), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
