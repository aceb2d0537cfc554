"""Grades of acute GVHD as people write them."""

from __future__ import annotations

import narwhals as nw
import polars as pl
import pytest

from dayzero.endpoints.gvhd.grades import grade_readings

REACHES, BELOW, UNCLEAR = "reaches", "below", "unclear"


def _read(grade, limit):
    frame = nw.from_native(pl.DataFrame({"grade": [grade]}, schema={"grade": pl.String}))
    counts, below, denies = grade_readings(nw.lit(limit == 2), nw.lit(limit == 3))
    row = frame.select(counts=counts, below=below, denies=denies).row(0)
    return (REACHES if row[0] else BELOW if row[1] else UNCLEAR), row[2]


@pytest.mark.parametrize(
    ("grade", "two", "three"),
    [
        ("0", BELOW, BELOW),
        ("I", BELOW, BELOW),
        ("ii", REACHES, BELOW),
        ("2.0", REACHES, BELOW),
        ("Grade II", REACHES, BELOW),
        ("III", REACHES, REACHES),
        ("grade: 4", REACHES, REACHES),
        ("MAGIC III", REACHES, REACHES),
        ("overall grade IV", REACHES, REACHES),
        ("III-IV", REACHES, REACHES),
        ("III – IV", REACHES, REACHES),
        ("3/4", REACHES, REACHES),
        ("iii or iv", REACHES, REACHES),
        ("0-I", BELOW, BELOW),
        ("I-II", UNCLEAR, BELOW),
        ("II to IV", REACHES, UNCLEAR),
        ("II-III", REACHES, UNCLEAR),
        ("5", UNCLEAR, UNCLEAR),
        ("severe", UNCLEAR, UNCLEAR),
        ("", UNCLEAR, UNCLEAR),
        (None, UNCLEAR, UNCLEAR),
    ],
)
def test_reading(grade, two, three):
    assert (_read(grade, 2)[0], _read(grade, 3)[0]) == (two, three)


@pytest.mark.parametrize(
    ("grade", "two", "three"),
    [
        (None, True, True),
        ("I-IV", True, True),
        ("II-IV", True, True),
        ("III-IV", False, True),
        ("?", False, False),
    ],
)
def test_what_a_no_denies(grade, two, three):
    assert (_read(grade, 2)[1], _read(grade, 3)[1]) == (two, three)
