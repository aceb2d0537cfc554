"""Very high risk: any one feature suffices; not known is not no."""

from __future__ import annotations

import pytest

from dayzero.endpoints import Options, derive_variables
from endpoints.facts import records

DIAGNOSIS = -200


def _risk(engine, *, remission="CR1", cytogenetics="none", remissions=(30,), relapse=None, mrd=()):
    """Return ``very_high_risk`` of one patient; days of remissions, relapse and MRD count from diagnosis."""
    diagnosis = DIAGNOSIS if relapse is None else -relapse - 100
    events = [{"event": "complete remission", "day": diagnosis + day} for day in remissions]
    if relapse is not None:
        events.append({"event": "relapse", "day": diagnosis + relapse})
    made = records(
        [{"patient_id": "a", "diagnosis_day": diagnosis, "cytogenetics": cytogenetics}],
        transplants=[{"patient_id": "a", "day": 0, "type": "allogeneic", "remission": remission}],
        events=[{"patient_id": "a", **event} for event in events],
        measurements=[
            {"patient_id": "a", "analyte": "MRD", "day": diagnosis + day, "value": value, "unit": "fraction"}
            for day, value in mrd
        ],
    )
    return derive_variables(engine(made)).frame["very_high_risk"].to_list()[0]


def test_no_feature(engine):
    assert _risk(engine) is False


@pytest.mark.parametrize(
    "cytogenetics",
    ["hypodiploidy", "46,XX; TCF3::HLF", "t(17;19)(q22;p13)", "KMT2A-AFF1", "MLL/AF4", "near-haploid"],
)
def test_genetic_features(engine, cytogenetics):
    assert _risk(engine, cytogenetics=cytogenetics) is True


@pytest.mark.parametrize(
    "cytogenetics", ["high hyperdiploidy", "no hypodiploidy; no KMT2A::AFF1", "IKZF1 deletion"]
)
def test_what_is_none(engine, cytogenetics):
    assert _risk(engine, cytogenetics=cytogenetics) is False


@pytest.mark.parametrize("cytogenetics", [None, "not done", "failed"])
def test_cytogenetics_not_known(engine, cytogenetics):
    assert _risk(engine, cytogenetics=cytogenetics) is None


@pytest.mark.parametrize(
    ("mrd", "expected"),
    [([(33, 1e-3)], True), ([(33, 1e-4)], True), ([(33, 5e-5)], False), ([(80, 1e-3)], None), ([], None)],
)
def test_ikzf1_plus_counts_with_poor_mrd_after_induction(engine, mrd, expected):
    assert _risk(engine, cytogenetics="IKZF1plus", mrd=mrd) is expected


@pytest.mark.parametrize(("day", "expected"), [(33, False), (40, False), (41, True)])
def test_first_remission_by_day_33_and_a_week(engine, day, expected):
    assert _risk(engine, remissions=(day,)) is expected


def test_the_first_remission_is_not_recorded(engine):
    assert _risk(engine, remissions=()) is None
    assert _risk(engine, remission="CR2", relapse=900, remissions=(940,)) is None


@pytest.mark.parametrize(
    ("remission", "relapse", "expected"),
    [("CR2", 547, True), ("CR2", 548, False), ("CR3", 400, False)],
)
def test_a_very_early_relapse_counts_in_cr2(engine, remission, relapse, expected):
    """18 months are 547.875 days."""
    assert _risk(engine, remission=remission, relapse=relapse) is expected


def test_one_feature_suffices_when_another_is_not_known(engine):
    assert _risk(engine, cytogenetics=None, remission="CR2", relapse=400) is True


def test_the_cut_off_at_transplant_changes_no_feature_of_risk():
    made = records(
        [{"patient_id": "a", "diagnosis_day": DIAGNOSIS, "cytogenetics": "IKZF1plus"}],
        transplants=[{"patient_id": "a", "day": 0, "type": "allogeneic", "remission": "CR1"}],
        events=[{"patient_id": "a", "event": "complete remission", "day": DIAGNOSIS + 30}],
        measurements=[
            {"patient_id": "a", "analyte": "MRD", "day": DIAGNOSIS + 33, "value": 5e-4, "unit": "fraction"}
        ],
    )
    for options in (Options(), Options(mrd_negative_below=1e-3)):
        assert derive_variables(made, options).frame["very_high_risk"].to_list() == [True]
