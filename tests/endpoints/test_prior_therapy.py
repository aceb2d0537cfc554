"""Treatment before transplant in one row a patient: lines, courses, agents in order, no support."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dayzero.endpoints.leukaemia.prior_therapy import prior_therapy
from endpoints.facts import records

if TYPE_CHECKING:
    from collections.abc import Callable

    from dayzero.records.model import Records


def given(patient: str, agent: str, start: int, stop: int | None = None, **more: Any) -> dict[str, Any]:
    return {"patient_id": patient, "agent": agent, "start_day": start, "stop_day": stop, **more}


TREATMENTS = [
    given("a", "blinatumomab", -45, -17, line=2, cycle=1),
    given("a", "chemotherapy", -800, -204, line=1),
    given("a", "chemotherapy", -191, -110, line=2),
    given("a", "chemotherapy", -100, -90, line=2),
    given("a", "busulfan", -7, -4, indication="conditioning"),
    given("a", "red cell transfusion", -20),
    given("a", "CAR T", 300, line=3),
    given("b", "inotuzumab", -60),
    given("c", "letermovir", -1),
]


@pytest.fixture
def rows(engine: Callable[[Records], Records]) -> dict[str, dict[str, Any]]:
    facts = records(
        ["a", "b", "c"],
        treatments=TREATMENTS,
        transplants=[
            *({"patient_id": p, "day": 0, "type": "allogeneic"} for p in "abc"),
            {"patient_id": "b", "day": -400, "type": "autologous"},
        ],
    )
    return {row["patient_id"]: row for row in prior_therapy(engine(facts)).iter_rows(named=True)}


def test_lines_courses_and_agents_in_order(rows: dict[str, dict[str, Any]]) -> None:
    assert rows["a"]["lines"] == 2
    assert rows["a"]["courses"] == 4
    assert rows["a"]["agents"] == "chemotherapy, blinatumomab"
    assert rows["a"]["therapy"] == (
        "line 1: chemotherapy (day -800 to -204); line 2: chemotherapy x2 (day -191 to -90); "
        "line 2: blinatumomab (day -45 to -17)"
    )


def test_an_earlier_transplant_is_a_treatment(rows: dict[str, dict[str, Any]]) -> None:
    assert rows["b"]["therapy"] == "autologous transplant (day -400); inotuzumab (day -60)"
    assert rows["b"]["lines"] is None


def test_support_alone_is_none(rows: dict[str, dict[str, Any]]) -> None:
    assert "c" not in rows
