"""The running text of a paper: what was done, what was found, and what cannot be said."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from dayzero.report.compose import all_tables, document
from dayzero.report.document import Definitions, Numbered, Paragraph
from dayzero.report.manuscript.strobe import strobe_table
from dayzero.report.numbers import text_of
from dayzero.study.results import (
    Design,
    Model,
    ModelCovariate,
    ModelFit,
    ModelTerm,
    Onset,
    Software,
    StudyInfo,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from dayzero.study.results import Results

MADE = Design(
    "retrospective",
    1,
    2016,
    2023,
    followed=69,
    short_follow_up=3,
    treatment_groups=("inotuzumab",),
    software=(Software("dayzero", "0.1.0"), Software("Python", "3.11.7")),
)


def said(results: Results, section: str) -> str:
    found = {each.id: each for each in document(results).sections}
    lines = []
    for block in found[section].blocks:
        if isinstance(block, Paragraph):
            lines.append(text_of(block.content))
        elif isinstance(block, Definitions):
            lines += [f"{term}: {text_of(text)}" for term, text in block.items]
        elif isinstance(block, Numbered):
            lines += [f"{number}: {text_of(text)}" for number, text in enumerate(block.items, start=1)]
    return "\n".join(lines).replace("\N{NO-BREAK SPACE}", " ")


def test_methods_say_who_was_studied(cohort: Results) -> None:
    text = said(replace(cohort, design=MADE), "text-methods")
    assert (
        "This retrospective cohort study includes patients who had a first allogeneic transplant at one "
        "centre from 2016 to 2023. Inclusion criteria, in this order: B-cell ALL (immunophenotype = 'B-ALL')."
        in text
    )
    assert "Patients for whom a condition could not be decided" in text
    assert "censored at the data cut-off of 2024-03-31" in text
    assert "The analysis was run with dayzero 0.1.0 (Python 3.11.7)" in text


def test_methods_say_what_is_not_known_of_the_design(cohort: Results) -> None:
    assert "This cohort study includes patients who had a first allogeneic transplant." in said(
        cohort, "text-methods"
    )


def test_methods_name_what_was_run_and_nothing_else(cohort: Results, five: Results) -> None:
    text = said(cohort, "text-methods")
    assert "Outcomes were compared by remission at HSCT (CR1, CR2/3) and inotuzumab" in text
    assert "Overall survival (OS): Time from first allogeneic transplant. Event: death. Censored: " in text
    assert "Competing: death without relapse." in text
    assert "Groups were compared by the log-rank test" in text
    small = said(five, "text-methods")
    assert "log-rank" not in small
    assert "Kaplan-Meier method with" not in small
    assert "Proportions at last contact have exact Clopper-Pearson intervals" in small


def test_references_are_numbered_as_the_text_cites_them(cohort: Results) -> None:
    methods = said(cohort, "text-methods")
    listed = said(cohort, "references").splitlines()
    assert "Day 0 is the day of the first allogeneic transplant [1]." in methods
    assert listed[0].startswith("1: Iacobelli S, de Wreede LC.")
    last = len(listed)
    assert f"STROBE checklist for cohort studies [{last}]." in methods
    assert listed[-1].startswith(f"{last}: von Elm E")


def test_results_describe_the_patients(cohort: Results) -> None:
    assert "Median age at transplant was 8 years (range 1–25)." in said(cohort, "text-results")
    assert "Sex was female in 33 (42.3%) and male in 45 (57.7%)." in said(cohort, "text-results")


def test_a_complication_says_when_it_came_in_those_who_had_it(cohort: Results) -> None:
    """Relapse and death are outcomes: their median day says little beside the curve."""
    family = {"CIR": "outcome", "NRM": "gvhd"}
    endpoints = tuple(replace(e, family=family.get(e.name, "")) for e in cohort.endpoints)
    onsets = tuple(Onset(f"onset.{name}", name, 78, 2, 0, 20.5, 10.0, 31.0) for name in family)
    text = said(replace(cohort, endpoints=endpoints, onsets=onsets), "text-results")
    assert text.count("In those who had it, the median day (range) was 20.5 (10–31).") == 1


def test_models_are_said_with_their_references(cohort: Results) -> None:
    terms = (
        ModelTerm(
            "model.DFS.1.age", "age", "per 10 years", 78, 18, False, 0.1, 0.1, 1.113, 0.963, 1.287, 0.147
        ),
        ModelTerm("model.DFS.1.sex=male", "sex", "male", 45, 10, is_reference=True, ratio=1.0),
        ModelTerm("model.DFS.1.sex=female", "sex", "female", 33, 8, False, 0.4, 0.2, 1.5, 1.05, 2.13, 0.0004),
    )
    fits = (
        ModelFit("model.DFS.1", "hazard", "HR", 1, "relapse or death", None, 78, 18, terms),
        ModelFit("model.DFS.1.alone.age", "hazard", "HR", 1, "relapse or death", "age", 78, 18, terms[:1]),
        ModelFit("model.DFS.1.cs2", "cause-specific hazard", "csHR", 2, "death", None, 78, 2, refused="few"),
    )
    covariates = (
        ModelCovariate("age", "Age", per=10.0),
        ModelCovariate("sex", "Sex", ("male", "female"), "male"),
    )
    results = replace(cohort, models=(Model("model.DFS.1", "DFS", "DFS", 78, 0, covariates, fits),))
    assert (
        "In the model of all covariates for relapse or death (78 patients, 18 events), the hazard ratio "
        "(95% CI) was 1.11 (0.96–1.29), p = 0.15, for age per 10 years; and 1.50 (1.05–2.13), p < 0.001, for "
        "sex, female against male." in said(results, "text-results")
    )
    assert "Models account only for their covariates (age and sex)" in said(results, "limitations")
    other = replace(results.models[0], covariates=(ModelCovariate("age", "Age at transplant"), covariates[1]))
    both = replace(results, models=(*results.models, other))
    assert "covariates (age at transplant and sex)" in said(both, "limitations")
    assert "Covariates were studied by Cox regression" in said(results, "text-methods")
    assert "Fine-Gray" not in said(results, "text-methods")


def test_an_outcome_that_the_centre_gave_is_said_to_be_so(cohort: Results) -> None:
    endpoints = tuple(replace(e, given=e.counts[0] if e.name == "CIR" else 0) for e in cohort.endpoints)
    results = replace(cohort, endpoints=endpoints)
    assert "not derived from underlying facts, for CIR." in said(results, "text-methods")
    assert "as the centre recorded it for CIR;" in said(results, "limitations")


def test_an_abstract_leaves_its_conclusion_to_the_authors(cohort: Results, five: Results) -> None:
    text = said(cohort, "summary")
    assert text.startswith("Background. Do children and young adults in remission")
    assert "Conclusion. [For the authors: conclusion." in text
    assert "By remission at HSCT" not in text
    assert "[For the authors: background and aim.]" in said(five, "summary")
    assert "fewer than ten patients" in said(five, "summary")


def test_limitations_of_a_cohort(cohort: Results) -> None:
    text = said(replace(cohort, design=MADE), "limitations")
    for part in (
        "The data carry the notice “Constructed data: not real patients”.",
        "The study is retrospective",
        "All patients were treated at one centre",
        "Some groups are small: CR1 (14 patients).",
        "Of 69 patients without the event that ends follow-up, 3 had been followed for fewer than 100 days",
        "Median follow-up (23.23 months) is shorter than the longest horizon (24 months)",
        "Values are missing: MRD before HSCT (2 of 78).",
        "Comparisons of curves are not adjusted for differences between the groups.",
        "Six comparisons were made",
        "The groups by inotuzumab before blinatumomab were formed by clinical decisions.",
        "The records raise questions that are not settled (15 warnings or errors under Findings).",
        "One result was withheld",
        "[For the authors: ",
    ):
        assert part in text, part


def test_tests_adjusted_for_their_number_are_not_said_to_be_unadjusted(cohort: Results) -> None:
    assert "without adjustment for their number" in said(cohort, "limitations")
    tests = tuple(replace(test, p_adjusted=test.p_value) for test in cohort.tests)
    assert "without adjustment for their number" not in said(replace(cohort, tests=tests), "limitations")


def test_limitations_are_named_only_where_there_is_cause(five: Results) -> None:
    made = replace(five, design=Design("prospective", 4))
    text = said(made, "limitations")
    assert "The cohort is small (5 patients)" in text
    assert "Nothing was compared" in text
    for word in ("retrospective", "one centre", "Comparisons", "withheld", "notice", "horizon", "missing"):
        assert word not in text, word


def test_no_event_is_not_called_no_risk(five: Results) -> None:
    text = said(five, "limitations")
    assert "No event was observed for NRM; that does not make the risk zero" in text


@pytest.mark.parametrize("which", ["cohort", "five"])
def test_numbers_of_limitations_are_bound_to_results(
    which: str, request: pytest.FixtureRequest, any_digit: Callable[[str], bool]
) -> None:
    results: Results = request.getfixturevalue(which)
    (section,) = (each for each in document(results).sections if each.id == "limitations")
    for block in section.blocks:
        assert isinstance(block, Paragraph)
        for span in block.content:
            text = span.text.replace("\N{NO-BREAK SPACE}", " ")
            for known in ("CR1", "CR2/3", "24 months", "100 days", "15 warnings", "4 warnings"):
                text = text.replace(known, "")
            assert span.ref or not any_digit(text), span


def test_the_checklist_has_every_item_once(cohort: Results, five: Results) -> None:
    letters = {"1": "ab", "6": "ab", "12": "abcde", "13": "abc", "14": "abc", "16": "abc"}
    wanted = [f"{number}{letter}" for number in range(1, 23) for letter in letters.get(str(number), [""])]
    for results in (cohort, five):
        table = strobe_table(results)
        assert table is not None
        assert [row.cells[0].text for row in table.rows if row.kind == "data"] == wanted


def test_the_checklist_knows_the_study(cohort: Results, five: Results) -> None:
    def status(results: Results) -> dict[str, str]:
        table = strobe_table(results)
        assert table is not None
        return {row.cells[0].text: row.cells[2].text for row in table.rows if row.kind == "data"}

    assert status(replace(cohort, design=MADE))["1a"] == "Answered"
    assert status(five)["1a"] == "In part"
    assert (status(cohort)["13c"], status(five)["13c"]) == ("Answered", "Not applicable")
    assert (status(cohort)["12b"], status(five)["12b"]) == ("Answered", "Not applicable")
    assert status(cohort)["22"] == status(cohort)["10"] == "For the authors"
    assert "strobe" in {table.name for table in all_tables(cohort)}


def test_a_study_of_one_patient_has_a_text() -> None:
    from dayzero.study.results import Results

    study = StudyInfo("One", "one.csv", "days", (), 0.95, "dayzero", 1)
    text = said(Results(study), "limitations")
    assert "The cohort is small (1 patient)" in text
