"""Each guardrail has a study file that commits its error: it is refused, or said beside the number."""

from __future__ import annotations

from pathlib import Path

import pytest

from dayzero.errors import BadInputError
from dayzero.study import guardrails
from dayzero.study.guardrails import GUARDRAILS, Guardrail
from study import gvhd_cohort
from study.guardrails.data import run_study
from study.models import cohort

HERE = Path(__file__).parent
#: What is refused before anything is run, with what the message offers instead.
AT_ONCE = {
    "guard.one_minus_kaplan_meier": "cumulative incidence (Aalen-Johansen)",
    "guard.fine_gray_alone": "cause-specific Cox and Fine-Gray models of every cause",
    "guard.selected_by_outcome": "name the covariates planned beforehand",
    "guard.patient_counted_twice": "time_dependent",
}


def study_file(rule: Guardrail) -> Path:
    return HERE / f"{rule.id.removeprefix('guard.')}.toml"


def test_every_guardrail_has_a_study_that_commits_it() -> None:
    assert sorted(path.name for path in HERE.glob("*.toml")) == sorted(study_file(g).name for g in GUARDRAILS)


def test_ids_are_unique() -> None:
    assert len({rule.id for rule in GUARDRAILS}) == len(GUARDRAILS)


@pytest.mark.parametrize("rule", [g for g in GUARDRAILS if g.id not in AT_ONCE], ids=lambda rule: rule.id)
def test_the_error_is_caught(rule: Guardrail, tmp_path: Path) -> None:
    results = run_study(tmp_path, study_file(rule).read_text(encoding="utf-8"))
    found = [finding for finding in results.findings if finding.id == rule.id]
    assert found, sorted({finding.id for finding in results.findings})
    assert {finding.severity for finding in found} == {rule.severity}
    assert all(finding.source for finding in found)
    if rule.severity == "refuse":
        withheld = [r.instead for r in results.refusals] + [m.instead for m in results.models if m.refused]
        assert any(withheld)


@pytest.mark.parametrize("rule", [g for g in GUARDRAILS if g.id in AT_ONCE], ids=lambda rule: rule.id)
def test_the_question_is_refused_with_the_right_one(rule: Guardrail, tmp_path: Path) -> None:
    with pytest.raises(BadInputError) as caught:
        run_study(tmp_path, study_file(rule).read_text(encoding="utf-8"))
    assert AT_ONCE[rule.id] in caught.value.hint


def test_nrm_is_not_called_trm(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="NRM; it is not called TRM"):
        run_study(tmp_path, '# patients: sixty\n[[outcome]]\nendpoint = "TRM"\n')


def test_a_cut_off_before_events_leaves_them_out_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Transplants every half year from March 2004: by 2014 twenty had happened, and later facts are cut."""
    head = gvhd_cohort.HEAD.replace('title = "T"', 'title = "T"\ndata_cutoff = 2014-01-01')
    monkeypatch.setattr(gvhd_cohort, "HEAD", head)
    found = run_study(tmp_path, '# patients: eras\n[[outcome]]\nendpoint = "OS"\n')
    assert found.study.n == 20
    ids = {finding.id for finding in found.findings}
    assert {"endpoints.after_cutoff", "endpoints.transplanted_after_cutoff"} <= ids


def test_few_at_risk_is_said_beside_the_p_value(tmp_path: Path) -> None:
    results = run_study(tmp_path, study_file(guardrails.P_FEW_AT_RISK).read_text(encoding="utf-8"))
    (test,) = results.tests
    assert "fewer than 5 at risk at 270 days in" in test.note


def test_holm_takes_the_place_of_the_remark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = study_file(guardrails.MANY_TESTS).read_text(encoding="utf-8")
    results = run_study(tmp_path, text)
    assert [test.p_adjusted for test in results.tests] == [None, None]
    low, high = sorted(test.p_value or 0.0 for test in results.tests)
    monkeypatch.setattr(cohort, "HEAD", f'{cohort.HEAD}adjust = "holm"\n')
    again = run_study(tmp_path, text)
    # Holm 1979: the smallest of two p-values is doubled, the other is not below it.
    first = min(2 * low, 1.0)
    assert sorted(test.p_adjusted or 0.0 for test in again.tests) == pytest.approx([first, max(first, high)])
    assert "guard.unadjusted_tests" not in {finding.id for finding in again.findings}
