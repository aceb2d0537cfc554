"""One outcome: what is estimated, and what is refused with what to ask instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dayzero.errors import RefusalError
from dayzero.study.outcomes import Found, Setting, analyse, endpoint_info, long_form, refuse_underived
from dayzero.study.protocol import OutcomeSection
from study.hand_made import DAYZERO, derived, grouping, study_of

if TYPE_CHECKING:
    from dayzero.endpoints.definition import DerivedEndpoint
    from dayzero.study.grouping import Grouping

ROWS = [(10, 1), (20, 2), *[(100, 0)] * 22]


def run(
    endpoint: DerivedEndpoint, late: tuple[str, ...] = (), groups: Grouping | None = None, **keys: object
) -> Found:
    found = Found()
    study = study_of('[time]\nunit = "days"\nhorizons = [50]')
    setting = Setting(DAYZERO, study.protocol.time, {"g": groups or grouping("ab" * 12)}, late)
    analyse(OutcomeSection(endpoint="E", **keys), endpoint, setting, found)  # type: ignore[arg-type]
    return found


def test_whole_and_groups() -> None:
    found = run(derived("incidence", *ROWS), by=("g",))
    assert [e.id for e in found.estimates] == ["E.50", "E.g.a.50", "E.g.b.50"]
    assert [test.id for test in found.tests] == ["E.g.test"]
    assert len(found.fits) == 2


def test_groups_alone() -> None:
    found = run(derived("incidence", *ROWS), by=("g",), whole=False)
    assert [e.group for e in found.estimates] == ["a", "b"]


def test_own_horizons() -> None:
    assert [e.time for e in run(derived("incidence", *ROWS), horizons=(12, 24)).estimates] == [12, 24]


@pytest.mark.parametrize(("kind", "keys"), [("proportion", {}), ("survival", {"as": "proportion"})])
def test_a_proportion_has_no_curve_and_no_test(kind: str, keys: dict[str, str]) -> None:
    found = run(derived(kind, *[(10, 1), *[(100, 0)] * 23]), by=("g",), **keys)
    assert [e.id for e in found.estimates] == ["E.proportion", "E.g.a.proportion", "E.g.b.proportion"]
    assert (found.fits, found.tests) == ([], [])


def test_a_group_known_only_later_is_refused() -> None:
    found = run(
        derived("survival", (10, 1), *[(100, 0)] * 23), by=("g",), groups=grouping("ab" * 12, ("gvhd",))
    )
    (refusal,) = found.refusals
    assert (refusal.id, refusal.group_by) == ("E.g.refused", "g")
    assert "gvhd was known only after day 0" in refusal.what
    assert "landmark" in refusal.instead
    assert [e.id for e in found.estimates] == ["E.50"]  # the whole cohort is still estimated
    assert [f.severity for f in found.findings if f.id == "guard.group_known_after_day0"] == ["refuse"]


def test_a_cohort_selected_by_the_future_is_refused() -> None:
    found = run(derived("survival", *[(100, 0)] * 24), late=("engrafted",), by=("g",))
    assert [refusal.group_by for refusal in found.refusals] == [None]
    assert found.estimates == []


def test_nobody_eligible() -> None:
    found = run(derived("survival"), by=("g",))
    assert found.estimates == []
    assert [finding.id for finding in found.findings] == ["guard.nobody_eligible"]


def test_an_endpoint_that_cannot_be_derived_is_a_refusal() -> None:
    found = Found()
    error = RefusalError("no relapse date for 3 patients", instead="ask for the crude proportion", source="S")
    refuse_underived(found, derived("incidence").definition, error)
    assert found.refusals[0].what == "no relapse date for 3 patients."
    assert found.findings[0].severity == "refuse"


def test_endpoint_info_counts_causes() -> None:
    info = endpoint_info(derived("incidence", *ROWS), ("c",))
    assert (info.n, info.causes, info.counts, info.censored) == (24, ("event", "death"), (1, 1), 22)


def test_long_form_says_the_cause_in_words() -> None:
    frame = long_form(derived("incidence", *ROWS))
    assert frame.columns == ["endpoint", "patient_id", "time", "unit", "cause", "cause_label", "why", "flags"]
    assert frame["cause_label"].head(3).to_list() == ["event", "death", "censored"]
    assert long_form(derived("proportion", (5, 0)))["cause_label"].to_list() == ["no"]
