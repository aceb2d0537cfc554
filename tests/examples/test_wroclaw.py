"""A real file full of traps: each one is a finding with its row or column, and none reaches a number."""

from __future__ import annotations

import pytest

from examples.shipped import findings, one, results

NAME = "wroclaw"


@pytest.mark.parametrize(
    ("column", "found"),
    [("ANCrecovery", 5), ("PLTrecovery", 17), ("time_to_aGvHD_III_IV", 145)],
)
def test_the_sentinel_is_counted(column, found):
    rows = [row for row in findings(NAME, "records.sentinel_used") if row["column"] == column]
    assert len(rows) == 1
    assert f"{found} of 187" in rows[0]["what"]


def test_inverted_columns_are_pointed_out():
    assert [row["column"] for row in findings(NAME, "records.zero_means_yes")] == ["aGvHDIIIIV", "extcGvHD"]


def test_no_acute_gvhd_but_a_day_of_it():
    found = findings(NAME, "records.event_contradiction")
    assert [(row["row"], row["column"]) for row in found] == [(107, "aGvHDIIIIV"), (124, "aGvHDIIIIV")]


def test_platelets_after_the_end_of_follow_up():
    found = [row for row in findings(NAME, "records.after_death") if row["column"] == "PLTrecovery"]
    assert [row["row"] for row in found] == [9, 65]
    assert all(number in found[0]["what"] for number in ("58", "45"))
    assert all(number in found[1]["what"] for number in ("30", "19"))


def test_missing_chronic_gvhd_is_not_a_no():
    rows = [row for row in findings(NAME, "records.missing_values") if row["column"] == "extcGvHD"]
    assert len(rows) == 1
    assert "31 of 187" in rows[0]["what"]


@pytest.mark.parametrize(
    ("endpoint", "n", "events", "competing"),
    [
        ("OS", 187, 85, None),
        ("neutrophil_engraftment", 187, 182, None),
        ("aGVHD_III_IV", 185, 40, None),
    ],
)
def test_what_counts(endpoint, n, events, competing):
    info = one(NAME, "endpoints", name=endpoint)
    assert (info["n"], info["counts"][0]) == (n, events)


def test_groups_are_compared():
    compared = {(row["endpoint"], row["group_by"]) for row in results(NAME)["tests"]}
    endpoints = ("OS", "neutrophil_engraftment", "platelet_engraftment", "aGVHD_III_IV")
    assert compared == {(endpoint, group) for endpoint in endpoints for group in ("graft", "risk")}


def test_engraftment_is_drawn_on_its_own_axis():
    (figure,) = [figure for figure in results(NAME)["figures"] if figure["title"] == "Engraftment"]
    assert [[panel["limit"] for panel in row] for row in figure["rows"]] == [[42, 42], [120, 120]]


def test_day_a_million_is_nowhere():
    """The longest time in the file is 3,364 days."""
    ends = [curve["end"] for curve in results(NAME)["curves"]]
    assert ends
    assert max(ends) <= 3364
