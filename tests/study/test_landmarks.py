"""Landmarks: who is still at risk, what was known by then, and what is refused without one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dayzero.errors import BadInputError
from dayzero.study.grouping import Grouping
from dayzero.study.landmarks import at_landmark, landmarked
from dayzero.study.results import GroupInfo
from study.gvhd_cohort import forty, results
from study.hand_made import derived

if TYPE_CHECKING:
    from pathlib import Path

GROUP = '[groups.gvhd]\nhappened = "aGVHD_II_IV"\n'
OS = '[[outcome]]\nendpoint = "OS"\nby = ["gvhd"]\n'


def test_the_clock_restarts_for_those_at_risk() -> None:
    """Of event on 5 and 10, competing event on 10, censored on 10 and 11, event on 30: the last two stay."""
    found = landmarked(derived("incidence", (5, 1), (10, 1), (10, 2), (10, 0), (11, 0), (30, 1)), 10)
    assert found.frame.select("patient_id", "time", "cause").rows() == [("p05", 1.0, 0), ("p06", 20.0, 1)]
    assert found.not_eligible.select("patient_id", "reason").rows() == [
        ("p01", "event on or before day 10 (landmark)"),
        ("p02", "event on or before day 10 (landmark)"),
        ("p03", "death on or before day 10 (landmark)"),
        ("p04", "last observed on or before day 10 (landmark)"),
    ]
    assert "landmark" in found.definition.origin


def test_without_a_landmark_a_later_event_makes_no_groups(tmp_path: Path) -> None:
    found = results(tmp_path, forty(), GROUP + OS)
    (refusal,) = found.refusals
    assert (refusal.endpoint, refusal.group_by) == ("OS", "gvhd")
    for way in ("landmark = 100", "happened = 'aGVHD_II_IV'", "time_dependent"):
        assert way in refusal.instead


def test_at_a_landmark_the_event_up_to_that_day_makes_groups(tmp_path: Path) -> None:
    patients = forty()
    found = results(tmp_path, patients, GROUP + OS + "landmark = 50\n")
    assert found.refusals == ()
    alive = {p: facts for p, facts in patients.items() if facts[2] is None or facts[2] > 50}
    having = [p for p, (gvhd, *_) in alive.items() if gvhd and gvhd[0] <= 50]
    counts = {e.group: e.n for e in found.estimates if e.group_by == "gvhd"}
    assert counts == {
        "No acute GVHD grade II-IV": len(alive) - len(having),
        "Acute GVHD grade II-IV": len(having),
    }
    assert {e.endpoint for e in found.estimates} == {"OS_from_day_50"}
    info = next(e for e in found.endpoints if e.name == "OS_from_day_50")
    assert info.label == "Overall survival from day 50"
    (finding,) = [f for f in found.findings if f.id == "guard.landmark"]
    assert f"{len(alive)} patients of 40 were at risk after day 50" in finding.what


def test_the_day_of_the_landmark_itself_counts_as_known(tmp_path: Path) -> None:
    """p00 had acute GVHD on day 12, p02 on day 16."""
    for day, expected in ((11, 0), (12, 1), (15, 1), (16, 2)):
        found = results(tmp_path, forty(), f"{GROUP}{OS}landmark = {day}\n")
        assert [e.n for e in found.estimates if e.group == "Acute GVHD grade II-IV"] == [expected]


def test_a_panel_can_draw_it(tmp_path: Path) -> None:
    panel = '[figures.1]\npanels = [["OS_from_day_50 by gvhd"]]\n'
    (figure,) = results(tmp_path, forty(), GROUP + OS + "landmark = 50\n" + panel).figures
    assert len(figure.rows[0][0].curves) == 2


def test_both_clocks_stand_side_by_side(tmp_path: Path) -> None:
    found = results(tmp_path, forty(), f'{GROUP}{OS}landmark = 50\n[[outcome]]\nendpoint = "OS"\n')
    assert [e.id for e in found.estimates if e.group is None] == ["OS_from_day_50.100", "OS.100"]


def test_a_group_known_by_a_stated_day_needs_a_landmark_not_before(tmp_path: Path) -> None:
    levels = """levels = { "yes" = "status = 'dead'", "no" = "status != 'dead'" }"""
    group = f"[groups.engrafted]\nknown_by = 30\n{levels}\n"
    outcome = '[[outcome]]\nendpoint = "OS"\nby = ["engrafted"]\n'
    refused = {}
    for day in ("", "landmark = 20\n", "landmark = 30\n"):
        found = results(tmp_path, forty(), group + outcome + day)
        refused[day] = len(found.refusals)
    assert refused == {"": 1, "landmark = 20\n": 1, "landmark = 30\n": 0}


def test_who_was_last_seen_before_the_landmark_is_in_no_level() -> None:
    """Event on day 8 and 11, death on 5, last seen on 9 and on 10: at day 10 the fourth is not known."""
    onset = derived("incidence", (8, 1), (11, 1), (5, 2), (9, 0), (10, 0)).frame
    info = GroupInfo("g", "G", ("without", "with"), (0, 0), 0)
    known = at_landmark(Grouping(info, onset.select("patient_id"), ("E",), (), onset), 10)
    assert known.assigned.rows() == [
        ("p01", "with"),
        ("p02", "without"),
        ("p03", "without"),
        ("p05", "without"),
    ]
    assert (known.info.counts, known.info.unclassified, known.known_late) == ((3, 1), 1, ())


@pytest.mark.parametrize(
    ("study", "what"),
    [
        (GROUP + OS + "landmark = 0\n", "'landmark' is 0"),
        ('[groups.g]\nhappened = "alive"\n', "'alive' has no day"),
        ('[groups.g]\nhappened = "aGVHD_II_IV"\nvariable = "sex"\n', "has both variable and happened"),
        ('[groups.g]\nhappened = "aGVHD_II_IV"\nknown_by = 3\n', "'known_by' does not go with 'happened'"),
        (
            '[[outcome]]\nendpoint = "survival_after_relapse"\nlandmark = 30\n',
            "the clock of 'survival_after_relapse' starts at the",
        ),
    ],
)
def test_what_makes_no_sense_is_an_error(tmp_path: Path, study: str, what: str) -> None:
    with pytest.raises(BadInputError) as caught:
        results(tmp_path, forty(), study)
    assert what in caught.value.what
