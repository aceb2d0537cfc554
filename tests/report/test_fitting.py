"""How tables are set on a page."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dayzero.report.figures import typeface as face
from dayzero.report.printed import leads, repeats
from dayzero.report.tables.fitting import PADDING, breakable, fit
from dayzero.report.tables.model import Cell, Column, Row, Table, data_row, heading_row

UPRIGHT, SIDEWAYS = 504.0, 751.0

words = st.text("abcdefghij ", min_size=0, max_size=60)
tables = st.integers(1, 40).flatmap(
    lambda count: st.builds(
        lambda labels, rows, wide: Table(
            "t", "T", tuple(map(Column, labels)), tuple(map(data_row, rows)), wide=wide
        ),
        st.lists(words, min_size=count, max_size=count),
        st.lists(st.lists(words, min_size=count, max_size=count), max_size=4),
        st.booleans(),
    )
)


@settings(deadline=None, max_examples=60)
@given(tables)
def test_every_column_is_printed_and_no_part_is_wider_than_the_page(table: Table) -> None:
    chosen = fit(table, UPRIGHT, SIDEWAYS)
    room = SIDEWAYS if chosen.landscape else UPRIGHT
    printed = [index for part in chosen.parts for index in part.columns]
    assert sorted(set(printed)) == list(range(len(table.columns)))
    for part in chosen.parts:
        assert part.columns[0] == 0
        assert sum(part.widths) <= room + 1e-6
        assert all(width > 0 for width in part.widths)
    rest = [index for index in printed if index]
    assert len(rest) == len(set(rest))


def test_a_small_table_stays_upright_in_the_largest_letters() -> None:
    table = Table("t", "T", (Column("A"), Column("n", "right")), (data_row(("all", "78")),))
    chosen = fit(table, UPRIGHT, SIDEWAYS)
    assert (chosen.size, chosen.landscape, len(chosen.parts)) == (8.5, False, 1)


def test_a_number_with_its_interval_is_not_wrapped() -> None:
    columns = (Column("Group"), *(Column("Estimate", "right") for _ in range(5)))
    table = Table("t", "T", columns, (data_row(("words " * 40, *["89.2% (76.9 to 95.2%)"] * 5)),))
    chosen = fit(table, UPRIGHT, SIDEWAYS)
    needed = face.width("89.2% (76.9 to 95.2%)", chosen.size) + PADDING
    assert all(width >= needed for width in chosen.parts[0].widths[1:])


def test_only_words_that_are_too_long_are_broken() -> None:
    assert breakable("short words stay", 100, 8) == "short words stay"
    broken = breakable("x" * 100 + " end", 50, 8)
    assert broken.replace("\u200b", "") == "x" * 100 + " end"
    assert all(face.width(piece, 8) <= 50 for piece in broken.split(" ")[0].split("\u200b"))


ROWS = (
    heading_row("Overall survival"),
    data_row(("All", "1"), indent=1),
    Row((Cell(), Cell()), "subheading", 1),
    data_row(("A", "1"), indent=2),
    heading_row("Relapse"),
    data_row(("All", "1"), indent=1),
    data_row(("Sex", "")),
    data_row(("male", "1"), indent=1),
    data_row(("Age", "8")),
)


@pytest.mark.parametrize("index", range(len(ROWS)))
def test_headings_lead_and_only_those_above_their_own_rows_are_repeated(index: int) -> None:
    table = Table("t", "T", (Column("a"), Column("b")), ROWS)
    assert leads(table, index) == (index in (0, 2, 4, 6))
    assert repeats(table, index) == (index == 0)
