"""From a number of the page to the patients behind it, and to the fact that decided about each."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from dayzero import examples
from dayzero.report.compose import document
from dayzero.report.html import to_html
from dayzero.report.tracing import Chapter, source_anchor
from dayzero.study import run
from dayzero.study.tracing import MOST_PATIENTS
from report.page import read
from study import small_cohort

if TYPE_CHECKING:
    from pathlib import Path

    from dayzero.study.runner import StudyRun


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> StudyRun:
    return run(small_cohort.write_cohort(tmp_path_factory.mktemp("small")))


def chapter(done: StudyRun, title: str) -> Chapter:
    tracing = document(done.results, done.trace).tracing
    assert tracing is not None
    return next(each for each in tracing.chapters if each.title.startswith(title))


def test_every_number_of_the_page_leads_to_what_stands_behind_it(small: StudyRun) -> None:
    page = read(to_html(document(small.results, small.trace)))
    ids = {element.attributes["id"] for element in page.elements if "id" in element.attributes}
    numbers = [e for e in page.elements if "number" in e.attributes.get("class", "").split()]
    assert len(numbers) > 50
    for element in numbers:
        assert element.tag == "a", element
        assert unquote(element.attributes["href"][1:]) == source_anchor(element.attributes["data-id"])
        assert unquote(element.attributes["href"][1:]) in ids


def test_the_patients_behind_an_estimate_are_those_it_counts(small: StudyRun) -> None:
    parts = chapter(small, "Cumulative incidence of relapse").parts
    by_title = {part.title: part for part in parts}
    second = by_title["Remission at HSCT: CR2"]
    said = {group.label: [one.patient_id for one in group.people] for group in second.people}
    # p07 and p08 relapsed, p09 died without relapse, p10 to p12 were seen last without either.
    assert said == {
        "relapse": ["p07", "p08"],
        "death without relapse": ["p09"],
        "censored": ["p10", "p11", "p12"],
    }
    whole = by_title["All patients"]
    assert sum(len(group.people) for group in whole.people) == small.results.study.n == 12
    estimate = next(source for source in second.sources if source.ref == "CIR.remission.CR2.12")
    assert "Aalen-Johansen" in estimate.how


def test_each_patient_leads_to_the_fact_that_decided(small: StudyRun) -> None:
    relapse = chapter(small, "Cumulative incidence of relapse")
    anchors = {row.anchor: row for row in relapse.decisions}
    p07 = relapse.parts[0].people[0].people[0]
    row = anchors[p07.anchor]
    assert (row.patient_id, row.time, row.outcome) == ("p07", "100", "relapse")
    assert re.search(r"relapse on day 100.*events.* row \d+", row.why)


def test_the_flow_names_whom_each_box_left_out(small: StudyRun) -> None:
    flow = {part.title: part for part in chapter(small, "Flow of patients").parts}
    assert [one.patient_id for group in flow["B-cell ALL"].people for one in group.people] == ["p13"]
    assert [one.patient_id for g in flow["First allogeneic transplant"].people for one in g.people] == ["p14"]


def test_a_study_can_keep_patients_off_its_page(tmp_path: Path) -> None:
    path = small_cohort.write_cohort(tmp_path, study=small_cohort.STUDY + "\n[report]\npatients = false\n")
    done = run(path)
    page = to_html(document(done.results, done.trace))
    assert "The study file keeps single patients off this page." in page
    assert "p07" not in page.split('<section id="tracing"')[1]
    assert source_anchor("CIR.12") in page


def test_a_large_cohort_is_not_listed(small: StudyRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dayzero.study.tracing.MOST_PATIENTS", 11)
    assert MOST_PATIENTS > 11
    done = run(examples.study_path("algeri2025"))
    assert not done.trace.shown
    assert "endpoints.csv" in to_html(document(done.results, done.trace))


def test_no_text_of_a_patient_becomes_markup(small: StudyRun) -> None:
    first = small.trace.decisions["OS"][0]
    hostile = replace(first, why="<script>alert(1)</script>", patient_id='"><img src=x>')
    trace = replace(small.trace, decisions={**small.trace.decisions, "OS": (hostile,)})
    page = to_html(document(small.results, trace))
    assert "<script>alert" not in page
    assert "<img src=x>" not in page


@pytest.mark.slow
@pytest.mark.parametrize("name", examples.names())
def test_every_number_of_every_example_leads_somewhere(name: str) -> None:
    done = run(examples.study_path(name))
    page = read(to_html(document(done.results, done.trace)))
    ids = {element.attributes["id"] for element in page.elements if "id" in element.attributes}
    numbers = [e for e in page.elements if "number" in e.attributes.get("class", "").split()]
    lost = {e.attributes["data-id"] for e in numbers if unquote(e.attributes.get("href", "#")[1:]) not in ids}
    assert lost == set()
