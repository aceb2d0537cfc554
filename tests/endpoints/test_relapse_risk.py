"""The first relapse before transplant: site, COG timing, BFM risk group; every cell of the tables."""

from __future__ import annotations

import pytest

from dayzero.endpoints import derive_variables
from endpoints.facts import records

DIAGNOSIS = -3000
#: Months from diagnosis to relapse; end of first-line therapy such that the relapse is then.
VERY_EARLY, EARLY, LATE = (500, 700), (700, 700), (1200, 700)


def _first_relapse(engine, relapse, end, site, lineage="B-ALL", blasts=None):
    day = DIAGNOSIS + relapse
    made = records(
        [
            {
                "patient_id": "a",
                "diagnosis_day": DIAGNOSIS,
                "first_line_end_day": None if end is None else DIAGNOSIS + end,
                "immunophenotype": lineage,
            }
        ],
        events=[{"patient_id": "a", "day": day, "event": "relapse", "site": site}],
        measurements=[]
        if blasts is None
        else [{"patient_id": "a", "day": day, "analyte": "blasts", "value": blasts, "unit": "%"}],
    )
    names = ("relapse_timing", "relapse_site_class", "relapse_timing_cog", "relapse_risk_bfm")
    return derive_variables(engine(made)).frame.select(names).row(0)


@pytest.mark.parametrize(
    ("days", "site", "lineage", "expected"),
    [
        (VERY_EARLY, "CNS", "B-ALL", "S2"),
        (EARLY, "testis", "B-ALL", "S2"),
        (LATE, "CNS", "B-ALL", "S1"),
        (LATE, "CNS", "T-ALL", "S1"),
        (LATE, "CNS", None, "S1"),
        (VERY_EARLY, "marrow", "B-ALL", "S3/S4"),
        (EARLY, "marrow", "B-ALL", "S3/S4"),
        (LATE, "marrow", "B-ALL", "S2"),
        (LATE, "marrow", None, None),
        (VERY_EARLY, "combined", "B-ALL", "S3/S4"),
        (VERY_EARLY, "combined", None, "S3/S4"),
        (EARLY, "combined", "B-ALL", "S2"),
        (EARLY, "combined", None, None),
        (LATE, "marrow and CNS", "B-ALL", "S2"),
        (LATE, "marrow", "T-ALL", "S3/S4"),
        (LATE, "combined", "T-ALL", "S3/S4"),
        (LATE, "marrow", "MPAL", None),
        (LATE, None, "B-ALL", None),
        ((900, None), "marrow", "T-ALL", "S3/S4"),
        ((900, None), "marrow", "B-ALL", None),
    ],
)
def test_bfm_risk_group(days, site, lineage, expected):
    assert _first_relapse(lambda made: made, *days, site, lineage)[3] == expected


@pytest.mark.parametrize(
    ("relapse", "site", "expected"),
    [
        (547, "marrow", "very early"),
        (548, "marrow", "intermediate"),
        (1095, "marrow", "intermediate"),
        (1096, "marrow", "late"),
        (547, "combined", "very early"),
        (1096, "combined", "late"),
        (547, "CNS", "early"),
        (548, "CNS", "late"),
        (1200, "testis", "late"),
        (1200, None, None),
    ],
)
def test_cog_timing_needs_no_end_of_first_line(relapse, site, expected):
    """18 months are 547.875 days, 36 months 1095.75."""
    bfm, _, cog, _ = _first_relapse(lambda made: made, relapse, None, site)
    assert (bfm, cog) == (None, expected)


def test_blasts_of_the_day_make_a_relapse_combined(engine):
    assert _first_relapse(engine, *LATE, "CNS", blasts=5.0)[1:] == ("combined", "late", "S2")
    assert _first_relapse(engine, *LATE, "CNS", blasts=4.9)[1:] == ("isolated CNS", "late", "S1")


def test_two_rows_of_one_day_are_one_relapse(engine):
    made = records(
        [{"patient_id": "a", "diagnosis_day": -900, "immunophenotype": "B-ALL"}],
        events=[
            {"patient_id": "a", "day": -200, "event": "relapse", "site": site} for site in ("marrow", "CNS")
        ],
    )
    assert derive_variables(engine(made)).frame["relapse_site_class"].to_list() == ["combined"]
