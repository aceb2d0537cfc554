"""The Ponte-di-Legno consensus on relapse (Buchmann et al., Blood 2022;139:1785), every cell of its table."""

from __future__ import annotations

import pytest

from dayzero.endpoints import confirm_relapse


@pytest.mark.parametrize(
    ("first", "same", "second", "expected"),
    [
        (100, [], [], "relapse"),
        (25, [], [], "relapse"),
        (24.9, [], [], "not confirmed"),
        (24.9, [1], [], "relapse"),
        (24.9, [0.99], [], "not confirmed"),
        (5, [1], [], "relapse"),
        (5, [], [1], "not confirmed"),
        (5, [], [1, 1], "relapse"),
        (5, [], [1, 0.5], "not confirmed"),
        (5, [0.5], [1], "not confirmed"),
        (4.9, [1], [], "not confirmed"),
        (4.9, [1, 1], [], "relapse"),
        (4.9, [1, 0.9], [], "not confirmed"),
        (1, [1, 30], [], "relapse"),
        (1, [1], [1], "not confirmed"),
        (1, [], [1, 1], "relapse"),
        (1, [], [1, 0.9, 0.1], "not confirmed"),
        (0.99, [1, 1], [1, 1], "no relapse"),
        (0, [], [], "no relapse"),
    ],
)
def test_marrow(first, same, second, expected):
    assert confirm_relapse(first, same, second) == expected


def test_leukaemia_outside_the_marrow_is_relapse():
    assert confirm_relapse(0, extramedullary=True) == "relapse"
    assert confirm_relapse(4, extramedullary=True) == "relapse"


def test_without_remission_there_is_no_relapse():
    assert confirm_relapse(90, after_remission=False) == "no remission before"
    assert confirm_relapse(0, extramedullary=True, after_remission=False) == "no remission before"


@pytest.mark.parametrize("bad", [(-1, [], []), (101, [], []), (10, [-1], []), (10, [], [100.1])])
def test_what_is_no_percentage(bad):
    with pytest.raises(ValueError, match="from 0 to 100"):
        confirm_relapse(*bad)
