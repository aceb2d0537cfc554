"""Follow-up: three numbers that are often confused, each with its own name."""

from __future__ import annotations

import pytest

from dayzero.study.follow_up import follow_up
from study.hand_made import DAYZERO, by_letter, whole


def test_five_patients_all_alive() -> None:
    rows = {
        row.id: row
        for row in follow_up(
            whole("survival", *[(d, 0) for d in (52, 59, 177, 899, 1015)]), [], DAYZERO, "days"
        )
    }
    observed = rows["follow_up.observed"]
    assert (observed.median, observed.minimum, observed.maximum, observed.n) == (177.0, 52.0, 1015.0, 5)
    assert rows["follow_up.median"].median == 177.0
    assert rows["follow_up.median"].method == "reverse Kaplan-Meier (E)"


def test_a_death_counts_as_potential_follow_up_lost() -> None:
    # Censored at 20 and 40, died at 10 and 30: censoring probability 1/3 at 20, then 1 at 40.
    rows = {
        r.id: r for r in follow_up(whole("survival", (10, 1), (20, 0), (30, 1), (40, 0)), [], DAYZERO, "days")
    }
    assert rows["follow_up.median"].median == 40.0
    assert rows["follow_up.observed"].median == 25.0
    assert rows["follow_up.survivors"].median == 30.0
    assert rows["follow_up.survivors"].n == 2


def test_unit_and_groups() -> None:
    sample = whole("survival", *[(730.5, 0)] * 4)
    grouped = by_letter("survival", "aabb", *[(365.25, 0)] * 2, *[(730.5, 0)] * 2)
    rows = {row.id: row for row in follow_up(sample, [grouped], DAYZERO, "years")}
    assert rows["follow_up.median"].median == 2.0
    assert rows["follow_up.g.a.median"].median == 1.0
    assert rows["follow_up.g.b.median"].group == "b"


def test_everyone_died() -> None:
    rows = {row.id: row for row in follow_up(whole("survival", *[(10, 1)] * 4), [], DAYZERO, "days")}
    assert rows["follow_up.median"].median is None
    assert "follow_up.survivors" not in rows


@pytest.mark.parametrize("rows", [()])
def test_nobody(rows: tuple[tuple[float, int], ...]) -> None:
    assert follow_up(whole("survival", *rows), [], DAYZERO, "days") == ()
