"""Reference results and data shared by the tests of the nonparametric statistics."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

HERE = Path(__file__).parent.parent / "reference"


def _columns(name: str) -> dict[str, np.ndarray]:
    with (HERE / "data" / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    out = {}
    for key in rows[0]:
        text = [row[key] for row in rows]
        try:
            values = np.array([float(t) for t in text])
        except ValueError:
            values = np.array(text)
        else:
            if (values == np.floor(values)).all():
                values = values.astype(np.int64)
        out[key] = values
    return out


@pytest.fixture(scope="session")
def reference() -> dict:
    """Results of tests/reference/nonparametric.R."""
    return json.loads((HERE / "nonparametric.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def comparisons() -> dict:
    """Results of tests/reference/comparisons.R."""
    return json.loads((HERE / "comparisons.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def bmt137() -> dict[str, np.ndarray]:
    return _columns("bmt137.csv")


@pytest.fixture(scope="session")
def bmtcrr() -> dict[str, np.ndarray]:
    return _columns("bmtcrr.csv")


@pytest.fixture(scope="session")
def example() -> dict[str, np.ndarray]:
    return _columns("cmprsk_example.csv")


@pytest.fixture(scope="session")
def made() -> dict[str, np.ndarray]:
    return _columns("made.csv")


def close(found: object, expected: object) -> None:
    """Compare with R to 1e-9 relative; R's NA is our NaN."""
    want = np.array(expected, dtype=float)
    np.testing.assert_allclose(
        np.asarray(found, dtype=float).reshape(want.shape), want, rtol=1e-9, atol=1e-12
    )


@pytest.fixture(scope="session")
def same():
    return close
