"""Comparisons: the right test, and no p-value where it would mean nothing."""

from __future__ import annotations

import pytest

from dayzero import stats
from dayzero.study.comparisons import compare, unadjusted
from study.hand_made import by_letter, whole

ROWS = [(day, 1 if day % 20 else 0) for day in range(10, 310, 10)]
LETTERS = "ab" * 15


def test_survival_is_compared_by_logrank() -> None:
    test, _ = compare(by_letter("survival", LETTERS, *ROWS))
    expected = stats.logrank_test([day for day, _ in ROWS], [cause for _, cause in ROWS], list(LETTERS))
    assert test is not None
    assert (test.id, test.method, test.df, test.n) == ("E.g.test", "log-rank test", 1, 30)
    assert test.statistic == pytest.approx(expected.statistic, abs=1e-12)
    assert test.p_value == pytest.approx(expected.p_value, abs=1e-12)


def test_incidence_is_compared_by_gray() -> None:
    rows = [(day, (0, 1, 2, 1, 1)[i % 5]) for i, (day, _) in enumerate(ROWS)]
    test, _ = compare(by_letter("incidence", LETTERS, *rows))
    expected = stats.gray_test([day for day, _ in rows], [cause for _, cause in rows], list(LETTERS))
    assert test is not None
    assert test.method == "Gray's test"
    assert test.p_value == pytest.approx(expected.p_value, abs=1e-12)


def test_no_p_value_on_five_patients() -> None:
    test, findings = compare(by_letter("survival", "aabbb", (1, 1), (2, 1), (3, 0), (4, 1), (5, 0)))
    assert test is not None
    assert (test.p_value, test.statistic) == (None, None)
    assert test.note == "p-value withheld: only 5 patients"
    assert [finding.id for finding in findings] == ["guard.p_withheld"]


@pytest.mark.parametrize("kind", ["survival", "incidence"])
def test_no_p_value_without_events(kind: str) -> None:
    test, findings = compare(by_letter(kind, LETTERS, *[(100, 0)] * 30))
    assert test is not None
    assert test.note == "p-value withheld: no event"
    assert [finding.id for finding in findings] == ["guard.p_withheld"]


def test_a_group_without_events_is_said() -> None:
    rows = [(10 * i + 10, 1 if letter == "b" and i < 20 else 0) for i, letter in enumerate(LETTERS)]
    test, findings = compare(by_letter("incidence", LETTERS, *rows))
    assert test is not None
    assert test.p_value is not None
    assert "no event in a" in test.note
    assert [finding.id for finding in findings] == ["guard.p_rough"]


def test_nothing_to_compare() -> None:
    assert compare(whole("survival", *ROWS)) == (None, ())
    assert compare(by_letter("survival", "a" * 30, *ROWS)) == (None, ())


def test_several_tests_are_said_to_be_unadjusted() -> None:
    test, _ = compare(by_letter("survival", LETTERS, *ROWS))
    assert test is not None
    assert unadjusted([test]) == ()
    (finding,) = unadjusted([test, test])
    assert finding.what.startswith("2 comparisons")
