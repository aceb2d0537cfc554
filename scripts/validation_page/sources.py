"""Read the stored data and results of R."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "tests" / "reference"
FOLDERS = {
    "nonparametric": "nonparametric.json",
    "comparisons": "comparisons.json",
    "multistate": "multistate/multistate.json",
    "resampling": "multistate/resampling.json",
    "cox": "regression/cox.json",
    "fine_gray": "regression/fine_gray.json",
    "adjusted": "regression/adjusted.json",
}
Columns: TypeAlias = dict[str, Any]


def _column(text: list[str]) -> Any:
    """Numbers where all are numbers (NA is NaN), whole numbers where all are whole, text otherwise."""
    try:
        values = np.array([np.nan if t == "NA" else float(t) for t in text])
    except ValueError:
        return np.array(text)
    whole = np.isfinite(values).all() and (values == np.floor(values)).all()
    return values.astype(np.int64) if whole else values


def columns(name: str) -> Columns:
    """Return the columns of one of the CSV files under tests/reference."""
    with (REFERENCE / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {key: _column([row[key] for row in rows]) for key in rows[0]}


def stored(name: str) -> dict[str, Any]:
    """Return the results of one R script."""
    found: dict[str, Any] = json.loads((REFERENCE / FOLDERS[name]).read_text(encoding="utf-8"))
    return found


def version(results: dict[str, Any], package: str) -> str:
    """Return the version of a package that the script noted."""
    header = results.get("header") or results.get("versions") or results["made_with"]
    return str(header.get("packages", header)[package])


def r_version() -> str:
    """Return the version of R, which must be the same in all files."""
    found = set()
    for name in FOLDERS:
        results = stored(name)
        header = results.get("header") or results.get("versions") or results["made_with"]
        found.add(str(header["R"]).removeprefix("R version ").split()[0])
    (one,) = found
    return one
