"""Defects of other packages in models of several states, and in what they stand on."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from dayzero import stats

PACKAGE = Path(stats.__file__).parent


def test_states_when_everybody_is_censored():
    """R survival once stopped here (its issue 124): nobody moves, so everybody stays, and it is flagged."""
    made = stats.illness_death([float("nan")] * 3, [5, 6, 7], [0, 0, 0])
    frame = stats.state_occupancy(made).at([4])
    assert dict(zip(frame["state"], frame["estimate"], strict=True)) == {"healthy": 1, "ill": 0, "dead": 0}
    assert frame["lower"].is_nan().all()
    assert stats.time_in_state(made, 5).estimate[0] == pytest.approx([5, 0, 0])


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_statistics_stand_on_two_libraries():
    """EZR broke six times with releases of survival, pROC and car; statistics here need NumPy and SciPy.

    Polars only carries answers out.
    """
    used = set().union(*(_imports(path) for path in PACKAGE.rglob("*.py")))
    assert used - set(sys.stdlib_module_names) - {"dayzero"} <= {"numpy", "scipy", "polars"}
