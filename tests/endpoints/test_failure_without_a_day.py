"""Known to have happened, but not when: the curves are refused, the proportions are not."""

from __future__ import annotations

import pytest

from dayzero.endpoints import derive
from dayzero.errors import RefusalError
from endpoints.facts import answers, found, reasons, records, whys

SEEN = {"day": 500, "alive": "yes"}


def _one(event, contact=None, remission=None):
    return records(
        ["a", "b"],
        transplants=[
            {"patient_id": p, "day": 0, "type": "allogeneic", "remission": remission} for p in ("a", "b")
        ],
        events=[] if event is None else [{"patient_id": "a", **event}],
        follow_up=[{"patient_id": "a", **SEEN, **(contact or {})}, {"patient_id": "b", **SEEN}],
    )


HIDDEN = {
    "relapse without a day": ({"event": "relapse"}, None),
    "contact in relapse": (None, {"disease_status": "relapse"}),
    "died of relapse": ({"event": "death", "day": 600, "cause": "Relapse"}, None),
    "died of leukaemia": ({"event": "death", "day": 600, "cause": "leukaemia progression"}, None),
    "died in relapse": (None, {"alive": "no", "disease_status": "relapse"}),
    "death without a day": ({"event": "death"}, None),
}


@pytest.mark.parametrize("case", sorted(HIDDEN))
@pytest.mark.parametrize("name", ["DFS", "CIR", "NRM"])
def test_curves_are_refused_with_the_number_of_patients(case, name):
    with pytest.raises(RefusalError, match=rf"{name} cannot be derived.* for 1 of 2 patients \(a "):
        derive(name, _one(*HIDDEN[case]))


def test_refused_on_every_engine(engine):
    with pytest.raises(RefusalError, match=r"relapse_crude and nrm_crude"):
        derive("CIR", engine(_one(*HIDDEN["relapse without a day"])))


@pytest.mark.parametrize("case", sorted(set(HIDDEN) - {"death without a day"}))
def test_the_crude_proportion_counts_a_relapse_without_a_day(case):
    derived = derive("relapse_crude", _one(*HIDDEN[case]))
    assert answers(derived) == {"a": (None, 1), "b": (500, 0)}
    assert answers(derive("nrm_crude", _one(*HIDDEN[case])))["a"][1] == 0


def test_the_crude_proportion_counts_a_death_without_a_day(engine):
    made = engine(_one(*HIDDEN["death without a day"]))
    derived = derive("nrm_crude", made)
    assert answers(derived) == {"a": (None, 1), "b": (500, 0)}
    assert whys(derived)["a"] == "death without relapse, its day not recorded (events row 2)"
    assert answers(derive("relapse_crude", made))["a"][1] == 0


@pytest.mark.parametrize("cause", ["non-relapse mortality", "NRM", "infection", "no relapse", None])
def test_other_causes_of_death_are_not_the_disease(cause):
    made = _one({"event": "death", "day": 600, "cause": cause})
    assert answers(derive("NRM", made))["a"] == (600, 1)


@pytest.mark.parametrize("detail", ["before transplant", "Pre-HSCT", "first relapse, prior to HCT"])
def test_a_relapse_said_to_be_earlier_is_not_after(engine, detail):
    made = engine(_one({"event": "relapse", "detail": detail}))
    assert answers(derive("CIR", made)) == {"a": (500, 0), "b": (500, 0)}


def test_a_dated_relapse_stands_and_the_undated_is_found():
    made = records(
        ["a"],
        events=[
            {"patient_id": "a", "day": 200, "event": "relapse"},
            {"patient_id": "a", "event": "relapse"},
        ],
    )
    derived = derive("CIR", made)
    assert answers(derived) == {"a": (200, 1)}
    assert found(derived) == [("another_relapse_without_day", "a")]


@pytest.mark.parametrize("remission", ["CR2", "CR3", "not in remission"])
def test_an_undated_relapse_that_may_be_the_earlier_one_is_missing(engine, remission):
    derived = derive("relapse_crude", engine(_one({"event": "relapse"}, remission=remission)))
    assert answers(derived) == {"b": (500, 0)}
    assert reasons(derived) == {
        "a": "a relapse without a day may be the one before transplant [events row 2]"
    }


def test_an_undated_relapse_of_cr1_or_beside_the_earlier_one_is_after():
    assert answers(derive("relapse_crude", _one({"event": "relapse"}, remission="CR1")))["a"] == (None, 1)
    made = records(
        ["a"],
        transplants=[{"patient_id": "a", "day": 0, "type": "allogeneic", "remission": "CR2"}],
        events=[
            {"patient_id": "a", "day": -90, "event": "relapse"},
            {"patient_id": "a", "event": "relapse"},
        ],
    )
    assert answers(derive("relapse_crude", made)) == {"a": (None, 1)}


def test_patients_left_out_do_not_refuse():
    made = records(
        ["a", "never"],
        transplants=[{"patient_id": "a", "day": 0, "type": "allogeneic"}],
        events=[{"patient_id": "never", "event": "relapse"}],
        follow_up=[{"patient_id": "a", **SEEN}],
    )
    assert answers(derive("DFS", made)) == {"a": (500, 0)}


def test_long_lists_name_five():
    ids = [f"p{n}" for n in range(8)]
    made = records(ids, events=[{"patient_id": p, "event": "relapse"} for p in ids])
    with pytest.raises(RefusalError, match=r"for 8 of 8 patients \(p0 .*p4 \(events row 6\) and 3 more\)"):
        derive("DFS", made)


@pytest.mark.parametrize(
    ("cause", "of_disease"),
    [
        ("Relapse", True),
        ("infection during relapse", True),
        ("leukaemia", True),
        ("leukemia progression", True),
        ("progression", True),
        ("progressive disease", True),
        ("primary disease", True),
        ("recurrence of disease", True),
        ("progressive multifocal leukoencephalopathy", False),
        ("progressive respiratory failure", False),
        ("non-relapse: infection", False),
        ("infection, without evidence of relapse", False),
        ("sepsis, relapse-free", False),
        ("GVHD", False),
    ],
)
def test_which_words_say_that_the_disease_killed(cause, of_disease):
    made = _one({"event": "death", "day": 600, "cause": cause})
    if of_disease:
        with pytest.raises(RefusalError, match="1 of 2 patients"):
            derive("NRM", made)
    else:
        assert answers(derive("NRM", made))["a"] == (600, 1)


@pytest.mark.parametrize("name", ["DFS", "CIR", "NRM", "relapse_crude", "nrm_crude"])
def test_a_flat_file_that_never_says_no_is_refused(name):
    """An empty cell is no answer: counting only those who relapsed would give 100%."""
    events = [
        {"patient_id": "yes", "day": 100, "event": "relapse", "occurred": "yes"},
        {"patient_id": "empty", "event": "relapse", "occurred": "unknown"},
    ]
    follow_up = [{"patient_id": p, **SEEN} for p in ("yes", "empty", "no")]
    made = records(["yes", "empty"], kind="flat file", events=events, follow_up=follow_up)
    with pytest.raises(RefusalError, match="recorded for 1 patients, as unknown for 1, and for nobody"):
        derive(name, made)
    events.append({"patient_id": "no", "event": "relapse", "occurred": "no"})
    made = records(["yes", "empty", "no"], kind="flat file", events=events, follow_up=follow_up)
    assert derive(name, made).frame["patient_id"].to_list() == ["no", "yes"]
