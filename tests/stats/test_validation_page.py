"""The page docs/validation.md is what the code computes, and every difference above 1e-9 says why."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from validation_page import defects  # noqa: E402
from validation_page.differences import SAME, Pair, bound, parity  # noqa: E402
from validation_page.page import page, parity_rows  # noqa: E402


@pytest.fixture(scope="module")
def rows():
    return parity_rows()


def without_round_off(text: str) -> str:
    """How many of the digits beyond the tenth agree depends on the processor."""
    return re.sub(r"(< )?1e-1[0-2]\b|(?<=\| )0(?= \|)", "round-off", text)


def test_the_committed_page_is_what_the_script_makes(rows):
    committed = (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")
    assert without_round_off(page(rows)) == without_round_off(committed), "run `make validation`"


def test_every_difference_is_small_or_explained(rows):
    assert len(rows) > 100
    assert all(row.compared > 0 for row in rows)
    unexplained = [row for row in rows if (row.relative > SAME or row.left_out) and not row.note]
    assert unexplained == []


def test_every_defect_names_a_test_that_exists():
    assert defects.missing() == []
    assert all(defect.tests for defect in defects.DEFECTS)


def test_a_difference_is_seen():
    row = parity("x", "y", "z", [Pair([1.0, 2.0, float("nan")], [1.0, 2.002, 3.0])], "why")
    assert (row.compared, row.left_out) == (2, 1)
    assert row.relative == pytest.approx(0.002 / 2.002)
    assert (row.same, row.note) == (False, "why")


def test_a_zero_is_compared_with_the_largest_value():
    row = parity("x", "y", "z", [Pair([1e-15, 4.0], [0.0, 4.0])], remark="always said")
    assert row.relative == pytest.approx(2.5e-16)
    assert row.note == "always said"


@pytest.mark.parametrize(
    ("value", "printed"), [(0, "0"), (3e-15, "< 1e-12"), (3e-11, "< 1e-10"), (0.002, "< 1e-02")]
)
def test_differences_are_printed_as_powers_of_ten(value, printed):
    assert bound(value) == printed
