"""Reference results and people shared by the tests of resampling."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

HERE = Path(__file__).parents[2] / "reference" / "multistate"


@pytest.fixture(scope="session")
def reference() -> dict:
    """Results of tests/reference/multistate/resampling.R."""
    return json.loads((HERE / "resampling.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def course() -> dict[str, np.ndarray]:
    """137 transplants: time and cause of the end of remission, group."""
    with (HERE / "data" / "bmt137.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {k: np.array([int(r[k]) for r in rows]) for k in ("time", "cause", "group")}
