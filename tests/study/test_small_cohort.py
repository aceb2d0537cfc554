"""The whole run on twelve patients whose every number follows by hand (see small_cohort.py)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from dayzero.study.results_json import to_json
from dayzero.study.results_schema import results_schema
from dayzero.study.runner import run
from study.schema_check import valid
from study.small_cohort import STUDY, write_cohort

if TYPE_CHECKING:
    from pathlib import Path

    from dayzero.study.results import Estimate
    from dayzero.study.runner import StudyRun


@pytest.fixture(scope="module", params=[True, False], ids=["dates", "days"])
def done(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> StudyRun:
    return run(write_cohort(tmp_path_factory.mktemp("cohort"), dates=request.param))


def estimates(done: StudyRun) -> dict[str, Estimate]:
    return {estimate.id: estimate for estimate in done.results.estimates}


def test_flow(done: StudyRun) -> None:
    assert [(s.label, s.excluded, s.unknown, s.remaining) for s in done.results.cohort] == [
        ("Patients in the data", 0, 0, 14),
        ("First allogeneic transplant", 1, 0, 13),
        ("B-cell ALL", 1, 0, 12),
    ]
    assert done.results.study.n == 12


def test_groups(done: StudyRun) -> None:
    (group,) = done.results.groups
    assert (group.levels, group.counts, group.unclassified) == (("CR1", "CR2"), (6, 6), 0)


@pytest.mark.parametrize(
    ("name", "value", "events"),
    [
        ("OS.12", 10 / 12, 2),
        ("DFS.12", 9 / 12, 3),
        ("CIR.12", 2 / 12, 2),
        ("NRM.12", 1 / 12, 1),
        ("OS.remission.CR1.12", 1.0, 0),
        ("OS.remission.CR2.12", 4 / 6, 2),
        ("CIR.remission.CR2.12", 2 / 6, 2),
        ("OS.proportion", 10 / 12, 2),
    ],
)
def test_estimates(done: StudyRun, name: str, value: float, events: int) -> None:
    estimate = estimates(done)[name]
    assert estimate.estimate == pytest.approx(value, abs=1e-12)
    assert estimate.events == events


def test_the_identity_of_the_field(done: StudyRun) -> None:
    found = estimates(done)
    parts = [found[f"{name}.12"].estimate for name in ("DFS", "CIR", "NRM")]
    assert sum(part for part in parts if part is not None) == pytest.approx(1, abs=1e-12)


def test_no_relapse_in_cr1_is_no_certainty(done: StudyRun) -> None:
    estimate = estimates(done)["CIR.remission.CR1.12"]
    assert (estimate.estimate, estimate.lower) == (0.0, 0.0)
    assert estimate.upper == pytest.approx(1 - 0.025 ** (1 / 6), abs=1e-9)
    assert estimate.conf_type == "Clopper-Pearson (exact)"
    assert estimate.note == "no event: exact interval"


def test_survival_after_relapse_starts_at_relapse(done: StudyRun) -> None:
    rows = done.endpoints.filter(done.endpoints["endpoint"] == "survival_after_relapse")
    assert rows.select("patient_id", "time", "cause").rows() == [("p07", 370, 0), ("p08", 100, 1)]


def test_tests_and_quantiles(done: StudyRun) -> None:
    tests = {test.id: test for test in done.results.tests}
    assert list(tests) == ["OS.remission.test", "DFS.remission.test", "CIR.remission.test"]
    assert tests["CIR.remission.test"].method == "Gray's test"
    assert tests["CIR.remission.test"].observed == (0.0, 2.0)
    assert "no event in CR1" in tests["CIR.remission.test"].note
    medians = {quantile.id: quantile.note for quantile in done.results.quantiles}
    assert medians["OS.median"] == "not reached"


def test_follow_up(done: StudyRun) -> None:
    rows = {row.id: row for row in done.results.follow_up}
    assert rows["follow_up.survivors"].n == 10
    days = [410 + 10 * i for i in range(12) if i not in (7, 8)]
    assert rows["follow_up.survivors"].median == pytest.approx((days[4] + days[5]) / 2 / 30.4375)
    assert {"follow_up.median", "follow_up.remission.CR2.median"} <= set(rows)


def test_characteristics(done: StudyRun) -> None:
    rows = {row.id: row for row in done.results.characteristics}
    assert (rows["char.sex.male"].n, rows["char.sex.male"].total) == (6, 12)
    assert rows["char.remission.CR1"].n == 6
    assert 8 < (rows["char.age"].median or 0) < 10.5


def test_listing_and_figure(done: StudyRun) -> None:
    assert done.results.listing is not None
    assert len(done.results.listing.rows) == 12
    (figure,) = done.results.figures
    left, right = figure.rows[0]
    assert (left.letter, left.curves, left.test) == ("A", ("OS.curve",), None)
    assert right.curves == ("CIR.remission.CR1.curve", "CIR.remission.CR2.curve")
    assert right.estimates == ("CIR.remission.CR1.12", "CIR.remission.CR2.12")
    assert right.test == "CIR.remission.test"
    assert {curve.id for curve in done.results.curves} >= {*left.curves, *right.curves}


def test_every_id_is_used_once(done: StudyRun) -> None:
    results = done.results
    lists = (results.cohort, results.characteristics, results.estimates, results.tests, results.quantiles)
    ids = [
        item.id for items in (*lists, results.follow_up, results.curves, results.refusals) for item in items
    ]
    assert len(ids) == len(set(ids))


def test_results_follow_the_published_schema(done: StudyRun) -> None:
    assert valid(json.loads(to_json(done.results)), results_schema(), results_schema())


def test_small_numbers_are_findings(done: StudyRun) -> None:
    found = {finding.id for finding in done.results.findings}
    assert {"guard.small_sample", "guard.no_event", "guard.unadjusted_tests", "guard.few_at_risk"} <= found
    assert not done.refuses


def test_the_data_cut_off_censors(tmp_path: Path) -> None:
    # p01 was transplanted on 2019-01-15, each next one 40 days later; p09 on 2019-12-01, p12 on 2020-03-30.
    text = STUDY.replace('title = "Twelve patients"', 'title = "T"\ndata_cutoff = 2020-01-10').replace(
        'remission_number = 2" }', 'remission_number >= 2" }'
    )
    done = run(write_cohort(tmp_path, study=text))
    steps = {step.id: step for step in done.results.cohort}
    assert (steps["cohort.transplanted"].remaining, steps["cohort.cutoff"].remaining) == (13, 10)
    overall = done.endpoints.filter(done.endpoints["endpoint"] == "OS")
    times = dict(overall.select("patient_id", "time").iter_rows())
    assert times["p01"] == 360  # alive at 410: censored at the cut-off
    assert times["p09"] == 40  # died on day 50, after the cut-off
    assert overall["cause"].sum() == 0
    assert done.results.study.data_cutoff == "2020-01-10"


def test_a_cut_off_without_dates_is_refused_with_its_line(tmp_path: Path) -> None:
    from dayzero.errors import BadInputError

    text = STUDY.replace('title = "Twelve patients"', 'title = "T"\ndata_cutoff = 2020-01-10')
    with pytest.raises(BadInputError, match=r"study\.toml, line 4"):
        run(write_cohort(tmp_path, dates=False, study=text))
