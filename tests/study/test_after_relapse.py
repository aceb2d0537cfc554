"""Groups of a curve whose clock starts at relapse or at salvage: only by what was known there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dayzero.study.runner import run
from study.small_cohort import STUDY, write_cohort

if TYPE_CHECKING:
    from pathlib import Path

GROUPS = """
[groups.salvage]
levels = { "CAR T" = "first_salvage = 'CAR T'", "Other" = "first_salvage != 'CAR T'" }
[groups.early]
levels = { "Before day 150" = "days_to_relapse < 150", "Later" = "days_to_relapse >= 150" }
[groups.end]
levels = { "Alive" = "status != 'dead'", "Dead" = "status = 'dead'" }
[time]
"""


def _run(folder: Path, outcomes: str, cohort: str = ""):
    text = STUDY.replace("[time]", GROUPS)
    text = text[: text.index("[[outcome]]")] + outcomes
    if cohort:
        start, end = text.index("[groups.remission]"), text.index("[groups.salvage]")
        text = text[:start] + text[end:]
        text = text.replace("first_salvage != 'CAR T'", "first_salvage = 'chemotherapy'")
        text = text[: text.index("[groups.end]")] + text[text.index("[time]") :]
        text = text.replace("include = [", f"include = [{{ rule = {cohort!r} }}, ")
    path = write_cohort(folder, dates=False, study=text)
    (folder / "cohort" / "treatments.csv").write_text(
        "patient_id,agent,start,stop\np07,CAR T,130,\np08,chemotherapy,210,\n", encoding="utf-8"
    )
    return run(path).results


def _outcome(name: str, *by: str) -> str:
    return f'[[outcome]]\nendpoint = "{name}"\nby = {list(by)}\n'.replace("'", '"')


def test_what_was_known_at_relapse_makes_groups_from_relapse(tmp_path):
    results = _run(tmp_path, _outcome("survival_after_relapse", "early"))
    assert results.refusals == ()
    found = {e.group: e.n for e in results.estimates if e.group_by == "early"}
    assert found == {"Before day 150": 1, "Later": 1}


def test_salvage_makes_no_groups_from_relapse(tmp_path):
    results = _run(tmp_path, _outcome("survival_after_relapse", "salvage"))
    assert [r.id for r in results.refusals] == ["survival_after_relapse.salvage.refused"]
    refusal = results.refusals[0]
    assert "first_salvage was known only after the first relapse after transplant" in refusal.what
    assert "survival_after_salvage" in refusal.instead
    assert [f.id for f in results.findings if f.severity == "refuse"] == ["guard.group_known_after_origin"]


def test_salvage_makes_groups_from_salvage(tmp_path):
    results = _run(tmp_path, _outcome("survival_after_salvage", "salvage", "early"))
    assert results.refusals == ()
    found = {e.group: e.n for e in results.estimates if e.group_by == "salvage"}
    assert found == {"CAR T": 1, "Other": 1}


@pytest.mark.parametrize("name", ["survival_after_relapse", "survival_after_salvage"])
def test_how_it_ended_makes_no_groups(tmp_path, name):
    results = _run(tmp_path, _outcome(name, "end"))
    assert [r.group_by for r in results.refusals] == ["end"]


def test_neither_makes_groups_from_day_0(tmp_path):
    results = _run(tmp_path, _outcome("OS", "salvage", "early"))
    assert [r.group_by for r in results.refusals] == ["salvage", "early"]
    assert {f.id for f in results.findings if f.severity == "refuse"} == {"guard.group_known_after_day0"}


def test_a_cohort_chosen_by_salvage_has_no_curve_from_relapse(tmp_path):
    outcomes = _outcome("survival_after_relapse") + _outcome("survival_after_salvage") + _outcome("OS")
    text = outcomes.replace("by = []\n", "")
    results = _run(tmp_path, text, cohort="first_salvage is not missing")
    assert [(r.endpoint, r.group_by) for r in results.refusals] == [
        ("survival_after_relapse", None),
        ("OS", None),
    ]
    assert {e.endpoint for e in results.estimates} == {"survival_after_salvage"}
