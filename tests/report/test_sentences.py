from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from dayzero.report.numbers import Numbers, text_of
from dayzero.report.sentences import summary
from dayzero.report.wording import happened
from dayzero.study.results import CohortStep, FollowUp, Quantile, Results

if TYPE_CHECKING:
    from collections.abc import Callable


def said(results: Results) -> str:
    text = "\n".join(text_of(paragraph) for paragraph in summary(results, Numbers(results)))
    return text.replace("\N{NO-BREAK SPACE}", " ")


def changed_estimate(results: Results, ref: str, **values: object) -> Results:
    estimates = tuple(replace(e, **values) if e.id == ref else e for e in results.estimates)  # type: ignore[arg-type]
    return replace(results, estimates=estimates)


def test_cohort_and_follow_up_with_its_method(cohort: Results) -> None:
    assert said(cohort).startswith(
        "Of 91 patients in the data, 78 were studied. Median follow-up was 23.23 months "
        "(reverse Kaplan-Meier of OS, 95% CI 18.90–29.71)."
    )


def test_groups_as_the_papers_say_them(cohort: Results) -> None:
    text = said(cohort)
    assert "The 24-month disease-free survival (DFS) was 75.1% (95% CI 63.3–83.6%)" in text
    assert (
        "By remission at HSCT, the 24-month DFS was 92.9% (95% CI 59.1–99.0%) for CR1 and 71.6% "
        "(95% CI 58.2–81.3%) for CR2/3 (log-rank test, p = 0.18)." in text
    )
    assert "By inotuzumab before blinatumomab, among CR2/3, the 24-month CIR was 7.9%" in text
    assert "(Gray's test, p = 0.023)" in text


def test_zero_events_get_an_exact_interval_and_say_so(cohort: Results, five: Results) -> None:
    assert "0% (exact 95% CI 0–33.6%; no event) for CR1" in said(cohort)
    assert (
        "Of 5 patients, 5 were alive at last contact (100%, exact 95% CI 47.8–100%), none had non-relapse "
        "mortality (exact 95% CI 0–52.2%), 3 had cmv reactivation (60.0%, exact 95% CI 14.7–94.7%) and 4 "
        "had engraftment syndrome (80.0%, exact 95% CI 28.4–99.5%)." in said(five)
    )


def test_an_interval_that_is_not_exact_keeps_its_whole_note(cohort: Results) -> None:
    results = changed_estimate(cohort, "CIR.remission.CR1.24", conf_type="beta product")
    assert "0% (95% CI 0–33.6%; no event: exact interval) for CR1" in said(results)


def test_incidence_is_called_so(cohort: Results) -> None:
    text = said(cohort)
    assert "The 24-month cumulative incidence of relapse (CIR) was" in text
    assert "The 24-month cumulative incidence of non-relapse mortality (NRM) was 2.6%" in text


def test_few_at_risk_is_said_beside_the_number(cohort: Results) -> None:
    results = changed_estimate(cohort, "OS.24", note="3 at risk")
    assert "was 97.4% (95% CI 90.1–99.4%; 3 at risk)" in said(results)


def test_an_estimate_that_does_not_exist(cohort: Results) -> None:
    note = "not estimable: follow-up of this group ends at 20.1 months"
    results = changed_estimate(
        cohort, "DFS.remission.CR1.24", estimate=None, lower=None, upper=None, note=note
    )
    assert "not estimable (follow-up of this group ends at 20.1 months) for CR1 and 71.6%" in said(results)


def test_a_withheld_p_value(cohort: Results) -> None:
    tests = tuple(
        replace(t, p_value=None, note="p-value withheld: only 9 patients")
        if t.id == "OS.remission.test"
        else t
        for t in cohort.tests
    )
    assert "for CR2/3 (p-value withheld: only 9 patients)." in said(replace(cohort, tests=tests))


def test_a_rough_p_value_says_why(cohort: Results) -> None:
    note = "rough p-value (no event in CR1)"
    tests = tuple(replace(t, note=note) if t.id == "CIR.remission.test" else t for t in cohort.tests)
    expected = "(Gray's test, p = 0.05; rough p-value [no event in CR1])."
    assert expected in said(replace(cohort, tests=tests))


def test_without_a_test_nothing_is_said_of_it(cohort: Results) -> None:
    text = said(replace(cohort, tests=()))
    assert " p = " not in text
    assert "for CR2/3." in text


def test_refused_results_say_what_to_ask_instead(cohort: Results) -> None:
    assert "the groups are known only after day 0. Ask instead: survival from a landmark" in said(cohort)


def test_medians(cohort: Results) -> None:
    text = said(cohort)
    assert "The median OS was not reached." in text
    assert "The median survival after relapse was 18.42 months (95% CI 6.10 to not reached)." in text


def test_a_quantile_of_an_incidence(cohort: Results) -> None:
    found = Quantile("CIR.q10", "CIR", 0.1, 6.5, 4.0, 9.25, "months", "log-log")
    text = said(replace(cohort, quantiles=(found,)))
    assert "The CIR reached 10% by 6.50 months (95% CI 4.00–9.25)." in text
    none = replace(found, estimate=None, lower=None, upper=None)
    assert "The CIR did not reach 10%." in said(replace(cohort, quantiles=(none,)))


def test_several_horizons(cohort: Results) -> None:
    extra = replace(
        next(e for e in cohort.estimates if e.id == "OS.24"), id="OS.12", time=12.0, estimate=0.98
    )
    text = said(replace(cohort, estimates=(extra, *cohort.estimates)))
    assert "The overall survival (OS) was 98.0% (95% CI 90.1–99.4%) at 12 months and 97.4%" in text


def test_groups_at_several_horizons_are_one_sentence_with_one_test(cohort: Results) -> None:
    levels = [e for e in cohort.estimates if e.endpoint == "DFS" and e.group_by == "remission"]
    earlier = [replace(e, id=e.id.replace(".24", ".12"), time=12.0) for e in levels]
    others = [e for e in cohort.estimates if e not in levels]
    text = said(replace(cohort, estimates=(*others, *earlier, *levels)))
    assert (
        "By remission at HSCT, it was 92.9% (95% CI 59.1–99.0%) for CR1 and 71.6% "
        "(95% CI 58.2–81.3%) for CR2/3 at 12 months; and 92.9%" in text
    )
    assert text.count("for CR2/3 at 24 months (log-rank test, p = 0.18).") == 1


def test_groups_without_the_whole_cohort(cohort: Results) -> None:
    levels = tuple(e for e in cohort.estimates if e.endpoint == "DFS" and e.group_by == "remission")
    text = said(replace(cohort, estimates=levels))
    assert (
        "By remission at HSCT, the disease-free survival (DFS) was 92.9% (95% CI 59.1–99.0%) for CR1" in text
    )
    assert "for CR2/3 at 24 months (log-rank test" in text


def test_explanations_of_a_curve_are_left_to_the_table(cohort: Results) -> None:
    note = "no event: exact interval; every patient had an event before: the curve is complete"
    results = changed_estimate(cohort, "CIR.remission.CR1.24", note=note)
    assert "0% (exact 95% CI 0–33.6%; no event) for CR1" in said(results)


def test_parentheses_do_not_nest(cohort: Results) -> None:
    follow_up = (replace(cohort.follow_up[0], method="reverse Kaplan-Meier (OS)"),)
    assert "(reverse Kaplan-Meier [OS], 95% CI 18.90–29.71)" in said(replace(cohort, follow_up=follow_up))


def test_one_patient() -> None:
    from dayzero.study.results import StudyInfo

    study = StudyInfo("One", "one.csv", "days", (), 0.95, "dayzero", 1)
    cohort = (CohortStep("cohort.all", "Patients in the data", "", 0, 0, 1),)
    follow_up = (FollowUp("follow_up.observed", "observed time, all patients", 1, 1.0, "days"),)
    text = said(Results(study, cohort=cohort, follow_up=follow_up))
    assert text == ("The study includes 1 patient. Median follow-up was 1 day (observed time, all patients).")
    assert said(Results(study)) == "The study includes 1 patient."
    narrowed = (
        *cohort[:0],
        replace(cohort[0], remaining=4),
        CohortStep("cohort.include.1", "x", "x", 3, 0, 1),
    )
    assert said(Results(study, cohort=narrowed)) == "Of 4 patients in the data, 1 was studied."


@pytest.mark.parametrize("which", ["cohort", "five"])
def test_every_number_of_a_sentence_is_bound_to_a_result(
    which: str, request: pytest.FixtureRequest, any_digit: Callable[[str], bool]
) -> None:
    """Digits stand in spans with an id, or are a horizon, a confidence level or a name from the study."""
    results: Results = request.getfixturevalue(which)
    for paragraph in summary(results, Numbers(results))[:-1]:
        for span in paragraph:
            words = span.text.replace("\N{NO-BREAK SPACE}", " ")
            for known in ("24-month", "95% CI", "CR1", "CR2/3", "24 months"):
                words = words.replace(known, "")
            assert span.ref or not any_digit(words), span


@pytest.mark.parametrize(
    ("causes", "said"),
    [
        (("death",), "died"),
        (("relapse or death",), "relapsed or died"),
        (("death without relapse", "relapse"), "died without relapse"),
        (("neutrophil engraftment", "death"), "had neutrophil engraftment"),
        ((), "had the event"),
    ],
)
def test_what_happened_is_said_as_a_person_would(cohort: Results, causes: tuple[str, ...], said: str) -> None:
    assert happened(replace(cohort.endpoints[0], causes=causes)) == said
