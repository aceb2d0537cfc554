"""Reference results shared by the tests of time-dependent exposure."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

HERE = Path(__file__).parents[2] / "reference" / "multistate"


@pytest.fixture(scope="session")
def reference() -> dict:
    """Results of tests/reference/multistate/multistate.R."""
    return json.loads((HERE / "multistate.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def course() -> dict[str, np.ndarray]:
    """137 transplants: acute GVHD, platelet recovery, end of remission."""
    with (HERE / "data" / "bmt137.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {k: np.array([np.nan if r[k] == "NA" else float(r[k]) for r in rows]) for k in rows[0]}
