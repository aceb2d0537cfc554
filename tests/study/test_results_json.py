"""results.json: full precision, no NaN, a published schema that cannot drift from the declared results."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dayzero.records.findings import Finding, Where
from dayzero.study.curves import draw
from dayzero.study.estimates import at_horizons
from dayzero.study.results import CohortStep, Estimate, Listing, Results, StudyInfo
from dayzero.study.results_json import to_json
from dayzero.study.results_schema import results_schema, schema_text
from study.hand_made import fit, whole
from study.schema_check import valid

INFO = StudyInfo("T", "x.xlsx", "days", (50.0,), 0.95, "dayzero", 12)
FITTED = fit(whole("survival", (10, 1), (20, 1), *[(100, 0)] * 10))
RESULTS = Results(
    INFO,
    cohort=(CohortStep("cohort.all", "All", "", 0, 0, 12),),
    estimates=at_horizons(FITTED, (50,), "days").estimates,
    curves=draw(FITTED, (0, 50), "days"),
    listing=Listing(("a",), ("A",), (("1",),)),
    findings=(Finding("x.y", "warning", "What.", Where("patients", 3, "sex", "p1")),),
)


def test_results_follow_the_schema() -> None:
    assert valid(json.loads(to_json(RESULTS)), results_schema(), results_schema())


def test_the_checker_sees_faults() -> None:
    plain = json.loads(to_json(RESULTS))
    plain["estimates"][0]["estimate"] = "10/12"
    assert not valid(plain, results_schema(), results_schema())


def test_the_published_schema_is_current() -> None:
    published = Path(__file__).parents[2] / "docs" / "results.schema.json"
    assert published.read_text(encoding="utf-8") == schema_text(), (
        "docs/results.schema.json is older than study/results.py; rewrite it: "
        "python scripts/results_schema.py"
    )


def test_numbers_keep_every_digit() -> None:
    plain = json.loads(to_json(RESULTS))
    assert plain["estimates"][0]["estimate"] == RESULTS.estimates[0].estimate
    assert json.loads(json.dumps(0.1 + 0.2)) == 0.1 + 0.2


def test_the_lists_of_the_design_are_there() -> None:
    plain = json.loads(to_json(RESULTS))
    names = "estimates tests models quantiles follow_up cohort characteristics findings"
    assert set(names.split()) <= set(plain)
    assert next(iter(plain)) == "schema_version"


def test_a_finding_has_its_place_flattened() -> None:
    (finding,) = json.loads(to_json(RESULTS))["findings"]
    assert (finding["table"], finding["row"], finding["column"], finding["patient_id"]) == (
        "patients",
        3,
        "sex",
        "p1",
    )


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_nan_never_leaves(value: float) -> None:
    bad = Estimate("a", "E", 1.0, "days", value, None, None, "", 0.95, "", 1, 0, 1)
    with pytest.raises(ValueError, match="not finite"):
        to_json(Results(INFO, estimates=(bad,)))


def test_the_same_results_give_the_same_bytes() -> None:
    assert to_json(RESULTS) == to_json(RESULTS)
