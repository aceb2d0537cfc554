"""The patients of the studies that commit an error, by the name on a study file's first line."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from study import gvhd_cohort
from study.models import cohort
from study.models.test_models import sixty

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from dayzero.study.results import Results

Rows = list[dict[str, Any]]


def _rows(change: Callable[[int, dict[str, Any]], dict[str, Any]]) -> Rows:
    return [{**row, **change(i, row)} for i, row in enumerate(sixty())]


def _separated(i: int, row: dict[str, Any]) -> dict[str, Any]:
    return {"status": 0} if row["risk"] == "high" else {}


def _crossing() -> Rows:
    early = [{"day": 1 + i, "status": 1, "risk": "a"} for i in range(20)]
    late = [{"day": 100 + i, "status": 1, "risk": "b"} for i in range(20)]
    return [*early, *late, *({"day": 200 + i, "status": 0, "risk": "ab"[i % 2]} for i in range(40))]


def _split() -> Rows:
    """Return rows cut at the day of a change: each patient twice, first censored there."""
    whole = [{**row, "id": f"q{i:02}", "late": "no"} for i, row in enumerate(sixty())]
    before = [{**row, "day": row["day"] // 2, "status": 0} for row in whole]
    return [*before, *({**row, "late": "yes"} for row in whole)]


FLAT: dict[str, Callable[[], Rows]] = {
    "sixty": sixty,
    "late": lambda: _rows(lambda i, _: {"late": "yes" if i % 2 else "no"}),
    "five": lambda: sixty()[:5],
    "missing": lambda: _rows(lambda i, _: {"risk": ""} if i % 6 == 0 else {}),
    "separated": lambda: _rows(_separated),
    "twelve_events": lambda: _rows(lambda i, _: {"status": int(i % 5 == 0)}),
    "eight_events": lambda: _rows(lambda i, _: {"status": int(i % 8 == 3)}),
    "crossing": _crossing,
    "split": _split,
    "registered": lambda: _rows(lambda i, _: {"registered": 3 * (i % 4)}),
    "no_event": lambda: _rows(lambda _, __: {"status": 0}),
}


def _lost() -> dict[str, gvhd_cohort.Patient]:
    """Return forty patients; four are last seen alive 20 days after their relapse."""
    return gvhd_cohort.forty() | {f"p{i:02}": (None, 50 + i, None, 70 + i) for i in (1, 7, 13, 19)}


TABLES: dict[str, Callable[[], dict[str, gvhd_cohort.Patient]]] = {
    "forty": gvhd_cohort.forty,
    "lost": _lost,
}


def day0(number: int) -> date:
    """Return a day of transplant: one each half year from 2004 on."""
    return date(2004, 3, 1) + timedelta(days=183 * number)


def run_study(folder: Path, text: str) -> Results:
    """Run a study file on the patients that its first line names: ``# patients: forty``."""
    name = text.partition("\n")[0].removeprefix("# patients: ").strip()
    if name in FLAT:
        return cohort.results(folder, FLAT[name](), text)
    if name == "eras":
        return gvhd_cohort.results(folder, gvhd_cohort.forty(), text, start=day0)
    if name == "again":
        return gvhd_cohort.results(folder, gvhd_cohort.forty(), text, again=("p05", 200))
    return gvhd_cohort.results(folder, TABLES[name](), text)
