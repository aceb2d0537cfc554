"""DFS, CIR and NRM: relapse or death without it, whichever is first (EBMT Handbook 2024, chapter 6)."""

from __future__ import annotations

import pytest

from dayzero.endpoints import check_identities, derive
from endpoints.facts import answers, found, reasons, records, whys

CURVES = ("DFS", "CIR", "NRM")


def _all(made):
    derived = {name: derive(name, made) for name in (*CURVES, "OS")}
    check_identities(derived)
    return {name: answers(derived[name]) for name in CURVES}, derived


def test_each_first_failure(engine):
    made = records(
        ["censored", "died", "relapsed", "relapsed_died", "same_day", "day_0_death"],
        events=[
            {"patient_id": "relapsed", "day": 412, "event": "relapse", "site": "marrow"},
            {"patient_id": "relapsed_died", "day": 100, "event": "relapse"},
            {"patient_id": "relapsed_died", "day": 150, "event": "death", "cause": "relapse"},
            {"patient_id": "same_day", "day": 60, "event": "death"},
            {"patient_id": "same_day", "day": 60, "event": "relapse"},
            {"patient_id": "died", "day": 200, "event": "death", "cause": "non-relapse: infection"},
            {"patient_id": "day_0_death", "day": 0, "event": "death"},
        ],
        follow_up=[
            {"patient_id": "relapsed", "day": 903, "alive": "yes"},
            {"patient_id": "censored", "day": 500, "alive": "yes", "disease_status": "complete remission"},
        ],
    )
    by_name, derived = _all(engine(made))
    assert by_name["DFS"] == {
        "censored": (500, 0),
        "day_0_death": (0, 1),
        "died": (200, 1),
        "relapsed": (412, 1),
        "relapsed_died": (100, 1),
        "same_day": (60, 1),
    }
    assert by_name["CIR"] == by_name["DFS"] | {"day_0_death": (0, 2), "died": (200, 2)}
    assert by_name["NRM"] == by_name["DFS"] | {
        "relapsed": (412, 2),
        "relapsed_died": (100, 2),
        "same_day": (60, 2),
    }
    assert derived["CIR"].causes == ("relapse", "death without relapse")
    assert derived["NRM"].causes == ("death without relapse", "relapse")
    assert whys(derived["CIR"]) == {
        "censored": "no relapse or death to day 500 (follow_up row 3)",
        "day_0_death": "death without relapse on day 0 (events row 8)",
        "died": "death without relapse on day 200 (events row 7)",
        "relapsed": "relapse on day 412, marrow (events row 2); followed to day 903 (follow_up row 2)",
        "relapsed_died": "relapse on day 100 (events row 3); death on day 150 (events row 4)",
        "same_day": "relapse on day 60 (events row 6); death on day 60 (events row 5)",
    }


def test_which_relapse_counts(engine):
    made = records(
        ["two", "only_before", "on_day_0", "molecular", "denied"],
        events=[
            {"patient_id": "two", "day": 300, "event": "relapse"},
            {"patient_id": "two", "day": 120, "event": "relapse", "site": "CNS"},
            {"patient_id": "two", "day": -200, "event": "relapse", "site": "marrow"},
            {"patient_id": "only_before", "day": -100, "event": "relapse"},
            {"patient_id": "on_day_0", "day": 0, "event": "relapse"},
            {"patient_id": "molecular", "day": 90, "event": "molecular relapse"},
            {"patient_id": "denied", "event": "relapse", "occurred": "no"},
        ],
        follow_up=[
            {"patient_id": p, "day": 500, "alive": "yes"}
            for p in ("two", "only_before", "on_day_0", "molecular", "denied")
        ],
    )
    by_name, derived = _all(engine(made))
    assert by_name["CIR"] == {
        "denied": (500, 0),
        "molecular": (500, 0),
        "on_day_0": (500, 0),
        "only_before": (500, 0),
        "two": (120, 1),
    }
    assert "day 120, CNS (events row 3)" in whys(derived["CIR"])["two"]
    assert found(derived["CIR"]) == [("relapse_on_day_0", "on_day_0")]


def test_censored_at_the_last_contact_with_known_disease_status(engine):
    made = records(
        ["known", "empty_counts", "unknown_does_not", "never_known", "no_follow_up", "died_unknown"],
        events=[{"patient_id": "died_unknown", "day": 700, "event": "death"}],
        follow_up=[
            {"patient_id": "known", "day": 300, "alive": "yes", "disease_status": "complete remission"},
            {"patient_id": "empty_counts", "day": 310, "alive": "yes"},
            {"patient_id": "unknown_does_not", "day": 200, "alive": "yes"},
            {"patient_id": "unknown_does_not", "day": 900, "alive": "yes", "disease_status": "unknown"},
            {"patient_id": "never_known", "day": 320, "alive": "yes", "disease_status": "unknown"},
            {"patient_id": "never_known", "day": 330, "alive": "yes", "disease_status": "not done"},
            {"patient_id": "died_unknown", "day": 600, "alive": "yes", "disease_status": "unknown"},
        ],
    )
    by_name, derived = _all(engine(made))
    assert by_name["CIR"] == {
        "died_unknown": (700, 2),
        "empty_counts": (310, 0),
        "known": (300, 0),
        "unknown_does_not": (200, 0),
    }
    assert answers(derived["OS"])["unknown_does_not"] == (900, 0)
    assert reasons(derived["DFS"]) == {
        "never_known": "disease status is recorded as unknown at every contact",
        "no_follow_up": "no follow-up: no contact after day 0",
    }


def test_a_relapse_after_death_is_a_contradiction_not_a_death_without_relapse(engine):
    made = records(
        ["a"],
        events=[
            {"patient_id": "a", "day": 100, "event": "death"},
            {"patient_id": "a", "day": 105, "event": "relapse"},
        ],
    )
    derived = derive("NRM", engine(made))
    assert answers(derived) == {}
    assert reasons(derived) == {
        "a": "relapse is recorded after death: one of the two days is wrong [events row 3]"
    }
    assert found(derived) == [("relapse_after_death", "a")]
    assert answers(derive("OS", engine(made))) == {"a": (100, 1)}


def test_unknown_is_not_no(engine):
    made = records(
        ["unknown", "unknown_and_dated"],
        events=[
            {"patient_id": "unknown", "event": "relapse", "occurred": "unknown"},
            {"patient_id": "unknown_and_dated", "event": "relapse", "occurred": "unknown"},
            {"patient_id": "unknown_and_dated", "day": 80, "event": "relapse", "occurred": "yes"},
        ],
        follow_up=[{"patient_id": p, "day": 500, "alive": "yes"} for p in ("unknown", "unknown_and_dated")],
    )
    derived = derive("CIR", engine(made))
    assert answers(derived) == {"unknown_and_dated": (80, 1)}
    assert reasons(derived) == {"unknown": "whether relapse occurred is recorded as unknown [events row 2]"}


@pytest.mark.parametrize(("kind", "counted"), [("workbook", {"no", "silent"}), ("flat file", {"no"})])
def test_silence_means_no_in_tables_and_missing_in_a_flat_file_that_states_noes(engine, kind, counted):
    made = records(
        ["no", "silent"],
        kind=kind,
        events=[{"patient_id": "no", "event": "relapse", "occurred": "no"}],
        follow_up=[{"patient_id": p, "day": 500, "alive": "yes"} for p in ("no", "silent")],
    )
    assert set(answers(derive("DFS", engine(made)))) == counted


def test_a_flat_file_is_cited_by_row(engine):
    made = records(
        ["a"], kind="flat file", follow_up=[{"patient_id": "a", "day": 500, "alive": "yes", "row": 7}]
    )
    assert whys(derive("DFS", engine(made))) == {"a": "no relapse or death to day 500 (row 7)"}


def test_not_in_remission_is_counted_and_said(engine):
    made = records(
        ["a"],
        transplants=[{"patient_id": "a", "day": 0, "type": "allogeneic", "remission": "not in remission"}],
        follow_up=[{"patient_id": "a", "day": 500, "alive": "yes"}],
    )
    derived = derive("DFS", engine(made))
    assert answers(derived) == {"a": (500, 0)}
    assert found(derived) == [("not_in_remission", None)]
    assert derived.findings[0].what.startswith("1 of 1 patients were not in remission")


def test_contact_in_relapse_before_the_recorded_day_is_found(engine):
    made = records(
        ["a"],
        events=[{"patient_id": "a", "day": 310, "event": "relapse"}],
        follow_up=[{"patient_id": "a", "day": 300, "alive": "yes", "disease_status": "relapse"}],
    )
    derived = derive("CIR", engine(made))
    assert answers(derived) == {"a": (310, 1)}
    assert found(derived) == [("relapse_seen_before_its_day", "a")]


def test_crude_proportions_end_on_the_last_day_observed(engine):
    made = records(
        ["relapsed", "died", "well"],
        events=[
            {"patient_id": "relapsed", "day": 412, "event": "relapse"},
            {"patient_id": "died", "day": 200, "event": "death"},
        ],
        follow_up=[
            {"patient_id": "relapsed", "day": 903, "alive": "yes"},
            {"patient_id": "well", "day": 500, "alive": "yes"},
        ],
    )
    made = engine(made)
    relapse, death = derive("relapse_crude", made), derive("nrm_crude", made)
    assert answers(relapse) == {"died": (200, 0), "relapsed": (412, 1), "well": (500, 0)}
    assert answers(death) == {"died": (200, 1), "relapsed": (903, 0), "well": (500, 0)}
