"""What a second transplant and donor lymphocytes do to an endpoint, as chosen (EBMT Handbook, ch. 6)."""

from __future__ import annotations

import pytest

from dayzero.endpoints import Options, check_identities, derive
from dayzero.errors import RefusalError
from endpoints.facts import answers, records, whys

CENSOR, COMPETE, IGNORE = (Options(second_transplant=how) for how in ("censor", "compete", "ignore"))

#: p: day of second transplant, first failure (day, event) or last contact.
SECOND = {
    "before_death": (100, 200, "death"),
    "before_relapse": (100, 200, "relapse"),
    "for_relapse": (300, 200, "relapse"),
    "same_day_as_death": (200, 200, "death"),
    "same_day_as_relapse": (200, 200, "relapse"),
    "well": (100, 200, None),
    "last_day": (200, 200, None),
    "none": (None, 200, "death"),
}


def _cohort():
    transplants = [{"patient_id": p, "day": 0, "type": "allogeneic"} for p in SECOND]
    transplants += [
        {"patient_id": p, "day": day, "type": "allogeneic"} for p, (day, *_) in SECOND.items() if day
    ]
    return records(
        sorted(SECOND),
        transplants=transplants,
        events=[
            {"patient_id": p, "day": day, "event": event} for p, (_, day, event) in SECOND.items() if event
        ],
        follow_up=[
            {"patient_id": p, "day": 400 if event == "relapse" else day, "alive": "yes"}
            for p, (_, day, event) in SECOND.items()
            if event != "death"
        ],
    )


def test_ignored_by_default(engine):
    made = engine(_cohort())
    for name in ("DFS", "CIR", "NRM"):
        assert answers(derive(name, made)) == answers(derive(name, made, IGNORE))
        assert {time for time, _ in answers(derive(name, made)).values()} == {200}


def test_censored_at_a_second_transplant_in_remission(engine):
    made = engine(_cohort())
    dfs = derive("DFS", made, CENSOR)
    assert answers(dfs) == {
        "before_death": (100, 0),
        "before_relapse": (100, 0),
        "for_relapse": (200, 1),
        "last_day": (200, 0),
        "none": (200, 1),
        "same_day_as_death": (200, 1),
        "same_day_as_relapse": (200, 1),
        "well": (100, 0),
    }
    assert dfs.definition.censoring.endswith("; at a second transplant in remission")
    assert whys(dfs)["before_death"] == (
        "observation ends at the second transplant in remission on day 100 (transplants row 10); without it: "
        "death without relapse on day 200 (events row 2)"
    )
    flags = dict(dfs.frame.select("patient_id", "flags").iter_rows())
    assert {p for p, flag in flags.items() if flag} == {"before_death", "before_relapse", "well"}
    assert set(flags.values()) == {"", "censored_at_second_transplant"}
    check_identities({name: derive(name, made, CENSOR) for name in ("OS", "DFS", "CIR", "NRM")})


def test_competing_with_relapse_and_death(engine):
    made = engine(_cohort())
    cir, nrm = derive("CIR", made, COMPETE), derive("NRM", made, COMPETE)
    assert cir.causes == ("relapse", "death without relapse", "second transplant in remission")
    assert cir.definition.competing == ("death without relapse", "second transplant in remission")
    assert answers(cir) == {
        "before_death": (100, 3),
        "before_relapse": (100, 3),
        "for_relapse": (200, 1),
        "last_day": (200, 0),
        "none": (200, 2),
        "same_day_as_death": (200, 2),
        "same_day_as_relapse": (200, 1),
        "well": (100, 3),
    }
    assert answers(nrm)["well"] == (100, 3)
    check_identities({"CIR": cir, "NRM": nrm})


def test_no_competing_event_for_a_survival_endpoint():
    with pytest.raises(RefusalError, match="DFS cannot be derived with a second transplant as 'compete'"):
        derive("DFS", _cohort(), COMPETE)


def test_overall_survival_never_ends_at_a_second_transplant():
    made = _cohort()
    assert answers(derive("OS", made, CENSOR)) == answers(derive("OS", made))


#: p: day of second transplant, of donor lymphocytes, of acute GVHD III; all are followed to day 300.
GVHD = {
    "after_both": (100, 50, 200),
    "between": (200, 50, 100),
    "before_both": (100, 50, 20),
    "on_the_day": (100, None, 100),
    "second_only": (100, None, None),
    "lymphocytes_only": (None, 50, None),
    "neither": (None, None, 250),
}


def _gvhd():
    treated = [{"patient_id": p, "agent": "DLI", "start_day": d} for p, (_, d, _) in GVHD.items() if d]
    transplants = [{"patient_id": p, "day": 0, "type": "allogeneic"} for p in GVHD]
    transplants += [{"patient_id": p, "day": s, "type": "allogeneic"} for p, (s, *_) in GVHD.items() if s]
    # One infusion stands in both tables, a later one in transplants.
    transplants += [{"patient_id": "between", "day": day, "type": "DLI"} for day in (50, 80)]
    return records(
        sorted(GVHD),
        transplants=transplants,
        treatments=treated,
        events=[
            {"patient_id": p, "day": g, "event": "aGVHD", "grade": "III"} for p, (*_, g) in GVHD.items() if g
        ]
        + [{"patient_id": p, "event": "cGVHD", "occurred": "no"} for p in GVHD],
        follow_up=[{"patient_id": p, "day": 300, "alive": "yes"} for p in GVHD],
    )


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (Options(), [(100, 3), (20, 1), (100, 1), (300, 0), (250, 1), (100, 1), (100, 3)]),
        (COMPETE, [(100, 3), (20, 1), (100, 1), (300, 0), (250, 1), (100, 1), (100, 3)]),
        (IGNORE, [(200, 1), (20, 1), (100, 1), (300, 0), (250, 1), (100, 1), (300, 0)]),
        (CENSOR, [(100, 0), (20, 1), (100, 1), (300, 0), (250, 1), (100, 1), (100, 0)]),
        (
            Options(donor_lymphocytes="censor"),
            [(50, 0), (20, 1), (50, 0), (50, 0), (250, 1), (100, 1), (100, 3)],
        ),
        (
            Options(second_transplant="ignore", donor_lymphocytes="censor"),
            [(50, 0), (20, 1), (50, 0), (50, 0), (250, 1), (100, 1), (300, 0)],
        ),
    ],
)
def test_gvhd(engine, options, expected):
    derived = derive("aGVHD_III_IV", engine(_gvhd()), options)
    order = ["after_both", "before_both", "between", "lymphocytes_only", "neither", "on_the_day",
             "second_only"]  # fmt: skip
    assert [answers(derived)[p] for p in order] == expected
    competing = options.second_transplant in ("standard", "compete")
    assert (len(derived.causes) == 3) == competing == (len(derived.definition.competing) == 2)


def test_gvhd_free_survival_ends_at_donor_lymphocytes(engine):
    derived = derive("mgrfs_nih", engine(_gvhd()), Options(donor_lymphocytes="censor"))
    assert answers(derived) == {
        "after_both": (50, 0),
        "before_both": (20, 1),
        "between": (50, 0),
        "lymphocytes_only": (50, 0),
        "neither": (250, 1),
        "on_the_day": (100, 1),
        "second_only": (300, 0),
    }
    assert derived.definition.censoring.endswith("; at the first donor lymphocyte infusion after day 0")


def test_engraftment_censored_at_a_rescue(engine):
    made = records(
        ["rescued", "recovered"],
        transplants=[
            {"patient_id": "rescued", "day": 0, "type": "allogeneic"},
            {"patient_id": "rescued", "day": 35, "type": "boost"},
            {"patient_id": "recovered", "day": 0, "type": "allogeneic"},
        ],
        events=[
            {"patient_id": "recovered", "day": 12, "event": "neutrophil engraftment"},
            {"patient_id": "rescued", "event": "neutrophil engraftment", "occurred": "no"},
        ],
        follow_up=[{"patient_id": p, "day": 90, "alive": "yes"} for p in ("rescued", "recovered")],
    )
    competing, censored = (derive("neutrophil_engraftment", engine(made), o) for o in (COMPETE, CENSOR))
    assert answers(competing) == {"recovered": (12, 1), "rescued": (35, 3)}
    assert answers(censored) == {"recovered": (12, 1), "rescued": (35, 0)}
    assert censored.causes == ("neutrophil engraftment", "death")
    with pytest.raises(RefusalError, match="compete or censor"):
        derive("neutrophil_engraftment", made, IGNORE)


def test_numbers_of_the_options_are_in_the_definition():
    made = records(
        ["a"],
        measurements=[{"patient_id": "a", "day": -40, "analyte": "MRD", "value": 5e-4, "operator": "="}],
        follow_up=[{"patient_id": "a", "day": 90, "alive": "yes"}],
    )
    derived = derive(
        "mrd_negative_before_transplant", made, Options(mrd_negative_below=1e-3, mrd_window_days=40)
    )
    assert answers(derived) == {"a": (None, 1)}
    assert derived.definition.event.startswith("last MRD within 40 days before day 0 below 1e-3;")


def test_the_words_of_recovery_follow_the_options():
    made = records(
        ["a"],
        events=[{"patient_id": "a", "day": 12, "event": "neutrophil engraftment"}],
        follow_up=[{"patient_id": "a", "day": 90, "alive": "yes"}],
    )
    standard = derive("neutrophil_engraftment", made).definition
    assert "follows within 7 days" in standard.censoring
    chosen = derive(
        "neutrophil_engraftment", made, Options(engraftment_day="derived", count_gap_days=10)
    ).definition
    assert "follows within 10 days" in chosen.censoring
    assert chosen.event == (
        f"{standard.event}; here the day that the counts show stands before the one that the centre gives"
    )
