"""Dates and days: what is read, and what is refused rather than guessed."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dayzero.records.cells import NEVER, DayNumber
from dayzero.records.moments import Moment, read_moments


def one(cell: object, order: str = "") -> Moment | str | None:
    """Return what a lone cell is read as, or the rule that refuses it."""
    column = read_moments([cell], order)  # type: ignore[list-item]
    return column.problems[0][1].rule.removeprefix("records.") if column.problems else column.values[0]


MAY = date(2023, 5, 7)


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("2023-05-07", MAY),
        ("2023-5-7", MAY),
        ("2023/05/07", MAY),
        ("2023.05.07", MAY),
        ("2023-05-07T13:45:00", MAY),
        ("2023-05-07 13:45", MAY),
        ("7 May 2023", MAY),
        ("07-May-2023", MAY),
        ("May 7, 2023", MAY),
        (date(2023, 5, 7), MAY),
        (datetime(2023, 5, 7, 23, 59), MAY),  # noqa: DTZ001
        ("15", 15),
        ("D+15", 15),
        ("d-7", -7),
        ("Day 0", 0),
        ("\u22127", -7),
        (15, 15),
        (15.0, 15),
        (DayNumber(289), 289),
        ("", None),
        ("  ", None),
        (None, None),
        (NEVER, None),
        ("unknown", None),
        ("not done", None),
    ],
)
def test_read(cell: object, read: Moment | None) -> None:
    assert one(cell) == read


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("07/05/2023", "ambiguous_date"),
        ("25/05/2023", "ambiguous_date"),
        ("05/05/2023", "ambiguous_date"),
        ("7.5.2023", "ambiguous_date"),
        ("07/05/23", "two_digit_year"),
        ("7 May 23", "two_digit_year"),
        ("2023-13-01", "not_a_date"),
        ("2023-02-29", "not_a_date"),
        ("May 2023", "month_only"),
        ("soon", "not_a_date"),
        (True, "not_a_date"),
        ("20230507", "not_a_date"),
        ("1000000", "implausible_day"),
        (45053, "implausible_day"),
        ("1823-05-07", "implausible_date"),
        (date(1900, 1, 15), "implausible_date"),
        ("12.5", "day_not_whole"),
        (float("nan"), "not_a_date"),
        (float("inf"), "not_a_date"),
        (1e300, "not_a_date"),
    ],
)
def test_refused(cell: object, rule: str) -> None:
    assert one(cell) == rule


@pytest.mark.parametrize(
    ("cell", "order", "read"),
    [
        ("07/05/2023", "dmy", MAY),
        ("05/07/2023", "mdy", MAY),
        ("7-5-2023", "dmy", MAY),
        ("25/05/2023", "mdy", "wrong_date_order"),
        ("05/25/2023", "dmy", "wrong_date_order"),
        ("07/05/2023", "ymd", "ambiguous_date"),
    ],
)
def test_declared_order(cell: str, order: str, read: Moment | str) -> None:
    assert one(cell, order) == read


@pytest.mark.parametrize(
    ("cells", "hint"),
    [
        (["03/04/2023", "25/04/2023"], 'date_order = "dmy"'),
        (["03/04/2023", "04/25/2023"], 'date_order = "mdy"'),
        (["25/04/2023", "04/25/2023"], "both orders occur"),
        (["03/04/2023"], '"dmy" or "mdy"'),
    ],
)
def test_the_hint_says_which_order_fits_but_nothing_is_read(cells: list[str], hint: str) -> None:
    column = read_moments(cells)
    assert column.values == [None] * len(cells)
    assert all(hint in problem.hint for _, problem in column.problems)


def test_a_year_among_dates_is_no_day() -> None:
    column = read_moments(["2023-05-07", "2019", "15"])
    assert column.values == [MAY, None, 15]
    assert [problem.rule for _, problem in column.problems] == ["records.incomplete_date"]


def test_day_2019_among_days_is_a_day() -> None:
    assert read_moments(["12", "2019", "1500"]).values == [12, 2019, 1500]


def test_a_year_of_birth_is_no_day() -> None:
    assert read_moments(["2010"], offsets=False).values == [None]


@pytest.mark.parametrize(
    ("days", "kept"), [((12, 40, 9999), (12, 40, None)), ((999, 435, 3364), (999, 435, 3364))]
)
def test_nines_far_from_the_rest_are_a_code(days: tuple[int, ...], kept: tuple[int | None, ...]) -> None:
    assert tuple(read_moments(days).values) == kept


def test_nines_with_a_d_are_a_day() -> None:
    assert read_moments(["12", "D+999", "40"]).values == [12, 999, 40]
    assert "write D+999" in read_moments(["12", "999", "40"]).problems[0][1].hint


def test_never_is_told_apart_from_empty() -> None:
    column = read_moments([NEVER, None, "12"])
    assert column.values == [None, None, 12]
    assert column.never == {0}


@settings(deadline=None, max_examples=60)
@given(st.dates(date(1950, 1, 1), date(2100, 12, 31)))
def test_every_iso_date_is_itself(day: date) -> None:
    assert one(day.isoformat()) == day
    assert one(f"{day.day}/{day.month}/{day.year}", "dmy") == day
    assert one(f"{day.month}/{day.day}/{day.year}", "mdy") == day


@settings(deadline=None, max_examples=60)
@given(st.dates(date(1950, 1, 1), date(2100, 12, 31)), st.sampled_from("/-."))
def test_no_order_is_ever_guessed(day: date, mark: str) -> None:
    column = read_moments([f"{day.day:02}{mark}{day.month:02}{mark}{day.year}"])
    assert column.values == [None]
    assert str(day.year) not in column.problems[0][1].found


@settings(deadline=None, max_examples=100)
@given(st.lists(st.text(max_size=12), max_size=5), st.sampled_from(["", "ymd", "dmy", "mdy"]))
def test_any_text_is_read_or_refused(cells: list[str], order: str) -> None:
    column = read_moments(cells, order)
    assert len(column.values) == len(cells)
    assert all(0 <= position < len(cells) for position, _ in column.problems)


@pytest.mark.parametrize("cell", ["2021-02", "2021/2", "02/2021", "2-2021", "February 2021", "Feb 2021"])
@pytest.mark.parametrize(
    ("partial", "day"),
    [("first", date(2021, 2, 1)), ("middle", date(2021, 2, 15)), ("last", date(2021, 2, 28))],
)
def test_a_month_becomes_the_declared_day(cell: str, partial: str, day: date) -> None:
    column = read_moments([cell], partial=partial)
    assert column.values == [day]
    assert [(problem.rule, problem.found) for _, problem in column.problems] == [
        ("records.day_imputed", partial)
    ]


@pytest.mark.parametrize("cell", ["2021-13", "13/2021", "Ju 2021", "2021", "Smarch 2021", "05/21"])
def test_what_is_no_month_is_never_completed(cell: str) -> None:
    assert read_moments([cell, "2020-01-01"], partial="middle").values == [None, date(2020, 1, 1)]


@pytest.mark.parametrize(
    ("cell", "order", "shown"),
    [
        ("2023-02-31", "", "####-##-##"),
        ("31/02/2023", "dmy", "##/##/####"),
        ("31 Feb 2023", "", "## xxx ####"),
        ("2023-17", "", "####-##"),
        ("11/17/2023", "dmy", "##/##/####"),
    ],
)
def test_a_date_that_does_not_exist_is_not_repeated(cell: str, order: str, shown: str) -> None:
    column = read_moments([cell], order)
    ((_, problem),) = column.problems
    assert column.values == [None]
    assert problem.found == shown
    told = f"{problem.found} {problem.hint} {problem.words}"
    assert not any(part in told for part in ("31", "17", "month 2"))
    if problem.rule == "records.not_a_date":
        assert "no such day" in problem.hint
