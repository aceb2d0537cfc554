"""Why a patient counts as what: the timeline and every decision, against the cohort worked by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from dayzero.errors import BadInputError
from dayzero.study.loading import load_study
from dayzero.study.runner import run
from dayzero.study.why import why
from study.small_cohort import PATIENTS, STUDY, write_cohort

if TYPE_CHECKING:
    from pathlib import Path

    from dayzero.study.loading import Study
    from dayzero.study.why import Explanation


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return load_study(write_cohort(tmp_path_factory.mktemp("why")))


def outcomes(told: Explanation) -> dict[str, tuple[float | None, str]]:
    return {decision.name: (decision.time, decision.outcome) for decision in told.decisions}


def test_every_fact_with_its_row_in_order_of_day(study: Study) -> None:
    told = why(study, "p08")
    assert [(fact.day, fact.text, str(fact.where)) for fact in told.facts] == [
        (0, "allogeneic transplant; donor matched unrelated; remission CR2", "transplants.csv, row 9"),
        (200, "relapse", "events.csv, row 3"),
        (300, "death", "events.csv, row 4"),
        (None, told.facts[3].text, "patients.csv, row 9"),
    ]
    assert "sex female; age 9; diagnosis ALL; immunophenotype B-ALL" in told.facts[3].text
    assert all(fact.used for fact in told.facts)


def test_every_decision(study: Study) -> None:
    told = why(study, "p08")
    assert told.in_cohort
    assert [step.stays for step in told.steps] == ["yes", "yes"]
    assert [(group.label, group.level) for group in told.groups] == [("Remission at HSCT", "CR2")]
    assert outcomes(told) == {
        "OS": (300, "death"),
        "DFS": (200, "relapse or death"),
        "CIR": (200, "relapse"),
        "NRM": (200, "relapse"),
        "survival_after_relapse": (100, "death"),
    }
    by_name = {decision.name: decision for decision in told.decisions}
    assert by_name["CIR"].why == (
        "relapse on day 200 (events.csv row 3); death on day 300 (events.csv row 4)"
    )
    assert by_name["survival_after_relapse"].origin == "first relapse after transplant"


def test_who_is_not_eligible_is_told_why(study: Study) -> None:
    told = {decision.name: decision for decision in why(study, "p01").decisions}
    assert told["survival_after_relapse"].time is None
    assert told["survival_after_relapse"].outcome == ""
    assert told["survival_after_relapse"].why == "not counted: no relapse after transplant"


def test_the_rule_that_took_a_patient_out(study: Study) -> None:
    told = why(study, "p13")
    assert not told.in_cohort
    assert [(step.label, step.stays) for step in told.steps] == [
        ("First allogeneic transplant", "yes"),
        ("B-cell ALL", "no"),
    ]
    assert told.groups == ()
    assert outcomes(told)["OS"] == (530, "censored")


def test_a_patient_without_day_0(study: Study) -> None:
    told = why(study, "p14")
    assert [step.stays for step in told.steps] == ["no", "not asked"]
    assert all(decision.outcome == "" for decision in told.decisions)
    assert {finding.id for finding in told.findings} >= {"records.no_transplant"}


def test_an_unknown_answer_takes_out_too(tmp_path: Path) -> None:
    path = write_cohort(tmp_path, study=STUDY.replace("immunophenotype = 'B-ALL'", "very_high_risk"))
    table = tmp_path / "cohort" / "patients.csv"
    table.write_text(table.read_text().replace("p01,male,2010-06-01,ALL,B-ALL", "p01,male,2010-06-01,ALL,"))
    text = path.read_text().replace("very_high_risk", "immunophenotype = 'B-ALL'")
    path.write_text(text.replace('label = "B-cell ALL" }', 'label = "B-cell ALL" }, { rule = "age > 3" }'))
    told = why(load_study(path), "p01")
    assert [step.stays for step in told.steps] == ["yes", "not known", "not asked"]


def test_excluding_rules(tmp_path: Path) -> None:
    more = "exclude = [{ rule = \"sex = 'female'\" }]\n[groups.remission]"
    study = load_study(write_cohort(tmp_path, study=STUDY.replace("[groups.remission]", more, 1)))
    assert [step.stays for step in why(study, "p02").steps] == ["yes", "yes", "no"]
    assert why(study, "p01").in_cohort


def test_the_data_cutoff(tmp_path: Path) -> None:
    text = STUDY.replace('"Twelve patients"', '"Twelve patients"\ndata_cutoff = 2020-01-20')
    study = load_study(write_cohort(tmp_path, study=text))
    told = why(study, "p08")  # transplanted on 2019-10-22: the cut-off is day 90
    assert [(fact.day, fact.used) for fact in told.facts] == [
        (0, True),
        (90, True),
        (200, False),
        (300, False),
        (None, True),
    ]
    assert told.facts[1].text.startswith("end of follow-up at the data cut-off; alive yes")
    assert told.facts[1].where.row is None
    assert outcomes(told)["OS"] == (90, "censored")
    later = why(study, "p12")
    assert [step.stays for step in later.steps] == ["yes", "no", "not asked"]
    assert later.variables == ()
    assert not any(fact.used for fact in later.facts)


def test_agrees_with_the_run(study: Study) -> None:
    table = run(study).endpoints
    for patient in PATIENTS:
        told = why(study, patient)
        rows = table.filter(pl.col("patient_id") == patient)
        assert told.in_cohort == bool(rows.height)
        if told.in_cohort:
            counted = {d.name: (d.time, d.outcome, d.why) for d in told.decisions if d.outcome}
            expected = rows.select("endpoint", "time", "cause_label", "why").iter_rows()
            assert counted == {name: (time, label, reason) for name, time, label, reason in expected}


def test_an_unknown_id_is_one_message_that_names_no_other(study: Study) -> None:
    with pytest.raises(BadInputError) as refused:
        why(study, "P8")
    assert "there is no patient of that id; the data hold 14 patients" in str(refused.value)
    assert "p0" not in str(refused.value)
