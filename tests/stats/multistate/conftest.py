"""Reference results and histories shared by the multi-state tests."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from dayzero import stats

HERE = Path(__file__).parents[2] / "reference" / "multistate"


def columns(name: str) -> dict[str, list[str]]:
    with (HERE / "data" / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {key: [row[key] for row in rows] for key in rows[0]}


def numbers(text: list[str]) -> np.ndarray:
    return np.array([np.nan if t == "NA" else float(t) for t in text])


@pytest.fixture(scope="session")
def reference() -> dict:
    """Results of tests/reference/multistate/multistate.R."""
    return json.loads((HERE / "multistate.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def wander() -> dict[str, list]:
    """Sixty subjects who wander between four states, some entering late."""
    table = columns("wander.csv")
    return table | {name: numbers(table[name]) for name in ("start", "stop", "weight")}


@pytest.fixture(scope="session")
def course() -> dict[str, np.ndarray]:
    """137 transplants: acute GVHD, platelet recovery, end of remission."""
    return {name: numbers(text) for name, text in columns("bmt137.csv").items()}


MODEL = stats.MultiStateModel(
    ("s0", "s1", "s2", "s3"),
    tuple((f"s{j}", f"s{k}") for j in range(3) for k in range(4) if j != k),
)


@pytest.fixture(scope="session")
def histories(wander):
    """Build histories of those who start at the origin, or of all; with the first states as asked."""

    def build(*, late: bool, weighted: bool = False, start: str = "from", group: str | None = None):
        subject = np.array(wander["subject"])
        first = np.concatenate(([True], subject[1:] != subject[:-1]))
        enters_late = subject[first & (wander["start"] > 0)]
        keep = np.ones(len(subject), dtype=bool) if late else ~np.isin(subject, enters_late)
        if group is not None:
            keep &= np.array(wander["group"]) == group
        names = ("start", "stop", start, "to")
        begin, end, origin, target = (np.array(wander[name])[keep] for name in names)
        weight = wander["weight"][keep] if weighted else None
        return stats.StateHistories.from_rows(
            subject[keep], begin, end, origin, target, weight=weight, model=MODEL
        )

    return build


def close(found: object, expected: object) -> None:
    """Compare with R to 1e-9 relative (1e-12 absolute where the value is 0); R's NA is our NaN."""
    np.testing.assert_allclose(
        np.asarray(found, dtype=float), np.array(expected, dtype=float), rtol=1e-9, atol=1e-12
    )


@pytest.fixture(scope="session")
def same():
    return close
