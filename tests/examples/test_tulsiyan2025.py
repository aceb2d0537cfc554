"""What the report of five real children must say, and must not."""

from __future__ import annotations

import pytest

from examples.shipped import estimate, findings, number, one, results

NAME = "tulsiyan2025"


@pytest.mark.parametrize(
    ("variable", "median", "lowest", "highest"),
    [
        ("age", 5, 5, 12),
        ("neutrophil_engraftment_day", 12, 11, 12),
        ("platelet_engraftment_day", 9, 7, 15),
    ],
)
def test_medians_and_ranges(variable, median, lowest, highest):
    line = number(NAME, variable)
    assert (line["median"], line["minimum"], line["maximum"], line["n"]) == (median, lowest, highest, 5)


def test_follow_up_of_the_survivors():
    rows = [row for row in results(NAME)["follow_up"] if (row["median"], row["minimum"]) == (177, 52)]
    assert rows
    assert all((row["maximum"], row["unit"], row["n"]) == (1015, "days", 5) for row in rows)


@pytest.mark.parametrize(
    ("endpoint", "happened", "lower", "upper"),
    [
        ("OS", 5, 47.8, 100.0),
        ("DFS", 5, 47.8, 100.0),
        ("NRM", 0, 0.0, 52.2),
        ("cmv_infection", 3, 14.7, 94.7),
        ("engraftment_syndrome", 4, 28.4, 99.5),
        ("steroid_refractory_agvhd", 2, 5.3, 85.3),
        ("full_chimerism", 5, 47.8, 100.0),
    ],
)
def test_proportions_with_exact_intervals(endpoint, happened, lower, upper):
    """Limits of Clopper and Pearson, to the printed digit: R's binom.test."""
    row = estimate(NAME, endpoint, None)
    assert row["n"] == 5
    assert row["estimate"] == happened / 5
    assert (round(100 * row["lower"], 1), round(100 * row["upper"], 1)) == (lower, upper)
    assert "exact" in row["conf_type"]


def test_platelets_before_neutrophils_is_asked_about():
    found = findings(NAME, "records.platelets_before_neutrophils")
    assert [row["patient_id"] for row in found] == ["1", "3", "4", "5"]
    assert [row["row"] for row in found] == [2, 4, 5, 6]


def test_short_follow_up_is_pointed_out():
    assert [row["patient_id"] for row in findings(NAME, "records.short_follow_up")] == ["4", "5"]


def test_the_patients_are_listed():
    listing = results(NAME)["listing"]
    assert [row[0] for row in listing["rows"]] == ["1", "2", "3", "4", "5"]


def test_nobody_died_is_not_said_as_a_curve():
    assert one(NAME, "endpoints", name="OS")["counts"] == [0]
    assert not [row for row in results(NAME)["curves"] if row["endpoint"] == "OS"]


def test_the_claims_of_its_abstract_against_its_table():
    """Two numbers differ from table 1, three are in nobody's row of it, the others agree."""
    found = {claim["text"]: claim for claim in results(NAME)["claims"]}
    verdicts = {text: claim["verdict"] for text, claim in found.items()}
    assert {text for text, verdict in verdicts.items() if verdict == "computed otherwise"} == {
        "median follow-up 173 days",
        "CMV reactivation in four",
    }
    assert {text for text, verdict in verdicts.items() if verdict == "cannot be computed"} == {
        "median interval from the end of blinatumomab to transplant 32 days",
        "EBV reactivation in one",
        "Clostridioides difficile enterocolitis in one",
    }
    follow_up, cmv = found["median follow-up 173 days"], found["CMV reactivation in four"]
    assert (follow_up["stated"], follow_up["computed"], follow_up["ref"]) == (173, 177, "follow_up.median")
    assert (cmv["stated"], cmv["computed"], cmv["computed_of"]) == (4, 3, 5)
    assert len(found) == 19
