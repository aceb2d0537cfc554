"""Viral DNA by PCR: positive, negative, no test; csCMVi and refractory CMV at their edges."""

from __future__ import annotations

import pytest

from dayzero.endpoints import Options, derive, derive_variables
from dayzero.errors import RefusalError
from endpoints.facts import alive, answers, found, happened, measured, reasons, records, treated, whys

PLASMA = {"specimen": "plasma", "unit": "IU/mL", "operator": "="}


def pcr(who, day, value, **more):
    """Return a CMV PCR of plasma; a word stands for itself."""
    if isinstance(value, str):
        return measured(who, day, "CMV DNA", None, text=value, specimen="plasma", **more)
    return measured(who, day, "CMV DNA", value, **{**PLASMA, **more})


def flags(derived):
    return {p: f for p, f in derived.frame.select("patient_id", "flags").iter_rows() if f}


def test_what_a_result_says(engine):
    rows = {
        "quantified": [pcr("quantified", 10, 500.0), pcr("quantified", 17, 90.0)],
        "word": [pcr("word", 10, "positive")],
        "negative": [pcr("negative", 10, "negative")],
        "zero": [pcr("zero", 10, 0.0)],
        "below": [pcr("below", 10, 137.0, operator="<")],
        "not quantifiable": [pcr("not quantifiable", 10, "positive not quantifiable")],
        "not done": [pcr("not done", 10, "not done")],
        "before": [pcr("before", -5, 900.0), pcr("before", 10, "negative")],
        "urine": [pcr("urine", 10, 900.0, specimen="urine")],
        "none": [],
    }
    made = records(
        sorted(rows), measurements=[r for who in sorted(rows) for r in rows[who]], follow_up=alive(100, *rows)
    )
    derived = derive("cmv_dnaemia", engine(made))
    assert answers(derived) == {
        "before": (10, 0),
        "below": (10, 0),
        "negative": (10, 0),
        "not quantifiable": (10, 0),
        "quantified": (10, 1),
        "word": (10, 1),
        "zero": (10, 0),
    }
    untested = "no CMV DNA in blood was tested after day 0"
    assert reasons(derived) == dict.fromkeys(["none", "not done", "urine"], untested)
    assert whys(derived)["quantified"] == (
        "CMV DNAemia on day 10: first quantified or positive PCR (measurements row 8)"
    )
    assert whys(derived)["negative"] == "no CMV DNAemia in the tests to day 10 (measurements row 5)"
    assert found(derived) == [("surveillance", None)]


def test_a_result_of_day_0_is_only_the_test_before_the_first(engine):
    made = records(
        ["clears", "stays", "once"],
        measurements=[
            pcr("clears", 0, 900.0),
            pcr("clears", 7, "negative"),
            pcr("stays", 0, 900.0),
            pcr("stays", 7, 800.0),
            pcr("once", 0, 900.0),
        ],
        follow_up=alive(100, "clears", "stays", "once"),
    )
    derived = derive("cmv_dnaemia", engine(made))
    assert answers(derived) == {"clears": (7, 0), "stays": (7, 1)}
    assert reasons(derived) == {"once": "no CMV DNA in blood was tested after day 0"}


def test_a_threshold_is_in_one_unit(engine):
    values = {
        "reaches": (1000.0, {}),
        "below": (999.0, {}),
        "at most": (1000.0, {"operator": "<"}),
        "more than": (1000.0, {"operator": ">"}),
        "not clear": (2000.0, {"operator": "<"}),
        "copies": (5000.0, {"unit": "copies/mL"}),
        "no unit": (5000.0, {"unit": None}),
        "positive": ("positive", {}),
        "pnq": ("positive not quantifiable", {}),
        "negative": ("negative", {}),
    }
    made = records(
        list(values),
        measurements=[pcr(who, 10, value, **more) for who, (value, more) in values.items()],
        follow_up=alive(100, *values),
    )
    derived = derive("cmv_dnaemia", engine(made), Options(dna_threshold=1000))
    assert {who: cause for who, (_, cause) in answers(derived).items()} == {
        "at most": 0,
        "below": 0,
        "more than": 1,
        "negative": 0,
        "pnq": 0,
        "reaches": 1,
    }
    unclear = "a result of CMV DNA does not say whether the threshold was reached"
    assert {who: why.split(" [")[0] for who, why in reasons(derived).items()} == dict.fromkeys(
        ["copies", "no unit", "not clear", "positive"], unclear
    )
    copies = derive("cmv_dnaemia", engine(made), Options(dna_threshold=1000, dna_unit="copies/mL"))
    assert answers(copies)["copies"] == (10, 1)
    assert whys(copies)["copies"].startswith("CMV DNAemia on day 10: first PCR of at least 1000 copies/mL")


def test_parts_of_blood_are_never_compared(engine):
    made = records(
        ["a", "b"],
        measurements=[pcr("a", 10, 500.0), pcr("b", 10, 900.0, specimen="EDTA whole blood")],
        follow_up=alive(100, "a", "b"),
    )
    for name in ("cmv_dnaemia", "csCMVi", "cmv_refractory"):  # each says of what it speaks
        words = f"{name} cannot be derived: results of CMV DNA are of plasma and of whole blood"
        with pytest.raises(RefusalError, match=words) as refused:
            derive(name, engine(made))
        assert "dna_specimen" in str(refused.value)
    derived = derive("cmv_dnaemia", engine(made), Options(dna_specimen="plasma"))
    assert answers(derived) == {"a": (10, 1)}


def test_gaps_between_tests(engine):
    people = ["near", "far", "unclear", "dies near", "dies far"]
    made = records(
        people,
        measurements=[
            pcr("near", 14, "negative"),
            pcr("near", 28, 500.0),
            pcr("far", 14, "negative"),
            pcr("far", 29, 500.0),
            pcr("unclear", 7, 9000.0, operator="<"),
            pcr("unclear", 14, 5000.0),
            pcr("dies near", 14, "negative"),
            pcr("dies far", 14, "negative"),
        ],
        events=[happened("dies near", 28, "death"), happened("dies far", 29, "death")],
        follow_up=alive(100, "near", "far", "unclear"),
    )
    derived = derive("cmv_dnaemia", engine(made))
    assert answers(derived) == {
        "dies far": (14, 0),
        "dies near": (28, 2),
        "far": (29, 1),
        "near": (28, 1),
        "unclear": (14, 1),
    }
    assert flags(derived) == {"far": "derived;interval_censored", "near": "derived", "unclear": "derived"}
    cut = derive("cmv_dnaemia", engine(made), Options(dna_threshold=1000))
    assert flags(cut) == {"unclear": "derived;earlier_result_unclear"}


def test_other_viruses(engine):
    made = records(
        ["p", "q"],
        measurements=[
            measured("p", 10, "EBV DNA", 500.0, specimen="whole blood"),
            measured("q", 10, "EBV DNA", None, text="negative", specimen="whole blood"),
            measured("q", 12, "adenovirus DNA", 500.0),
        ],
        follow_up=alive(100, "p", "q"),
    )
    assert answers(derive("ebv_dnaemia", engine(made))) == {"p": (10, 1), "q": (10, 0)}
    assert answers(derive("adenovirus_dnaemia", engine(made))) == {"q": (12, 1)}
    with pytest.raises(RefusalError, match="no CMV DNA in blood after day 0 is recorded for anyone"):
        derive("cmv_dnaemia", engine(made))


SIGNIFICANT = {
    # viraemia at most 14 days before the start of therapy
    "led": ([pcr("led", 20, 500.0)], [treated("led", 34, "ganciclovir")], [], (34, 1)),
    "too early": ([pcr("too early", 20, 500.0)], [treated("too early", 35, "ganciclovir")], [], (20, 0)),
    "too late": ([pcr("too late", 20, 500.0)], [treated("too late", 19, "ganciclovir")], [], (20, 0)),
    "below": ([pcr("below", 20, 137.0, operator="<")], [treated("below", 22, "foscarnet")], [], (22, 1)),
    "negative": ([pcr("negative", 20, "negative")], [treated("negative", 22, "foscarnet")], [], (20, 0)),
    "untreated": ([pcr("untreated", 20, 500.0)], [], [], (20, 0)),
    "prophylaxis": (
        [pcr("prophylaxis", 20, 500.0)],
        [treated("prophylaxis", 21, "valganciclovir", indication="CMV prophylaxis")],
        [],
        (20, 0),
    ),
    "letermovir": ([pcr("letermovir", 20, 500.0)], [treated("letermovir", 21, "letermovir")], [], (20, 0)),
    "other virus": (
        [pcr("other virus", 20, 500.0)],
        [treated("other virus", 21, "foscarnet", indication="HHV-6")],
        [],
        (20, 0),
    ),
    "cidofovir": ([pcr("cidofovir", 20, 500.0)], [treated("cidofovir", 21, "cidofovir")], [], (20, 0)),
    "cidofovir for CMV": (
        [pcr("cidofovir for CMV", 20, 500.0)],
        [treated("cidofovir for CMV", 21, "cidofovir", indication="CMV")],
        [],
        (21, 1),
    ),
    "second course": (
        [pcr("second course", 40, 500.0)],
        [treated("second course", 20, "ganciclovir"), treated("second course", 41, "ganciclovir")],
        [],
        (41, 1),
    ),
    "recorded viraemia": (
        [pcr("recorded viraemia", 60, "negative")],
        [treated("recorded viraemia", 25, "ganciclovir")],
        [happened("recorded viraemia", 20, "infection", cause="CMV")],
        (25, 1),
    ),
    "disease": (
        [pcr("disease", 20, "negative")],
        [],
        [happened("disease", 30, "infection", cause="CMV", site="lung")],
        (30, 1),
    ),
    "disease without PCR": (
        [],
        [],
        [happened("disease without PCR", 30, "infection", cause="CMV colitis")],
        (30, 1),
    ),
    "reactivation": (
        [pcr("reactivation", 20, "negative")],
        [],
        [happened("reactivation", 30, "infection", cause="CMV", detail="no organ disease")],
        (20, 0),
    ),
    "therapy first": (
        [pcr("therapy first", 20, 500.0)],
        [treated("therapy first", 21, "ganciclovir")],
        [happened("therapy first", 30, "infection", cause="CMV", site="lung")],
        (21, 1),
    ),
}


def test_clinically_significant_cmv(engine):
    parts = list(zip(*SIGNIFICANT.values(), strict=True))
    made = records(
        [*SIGNIFICANT, "untested"],
        measurements=[row for rows in parts[0] for row in rows],
        treatments=[row for rows in parts[1] for row in rows],
        events=[row for rows in parts[2] for row in rows],
        follow_up=alive(100, *SIGNIFICANT, "untested"),
    )
    derived = derive("csCMVi", engine(made))
    assert answers(derived) == {who: answer for who, (*_, answer) in SIGNIFICANT.items()}
    assert reasons(derived) == {"untested": "no CMV DNA in blood was tested after day 0"}
    assert flags(derived)["disease"] == "derived;disease"
    assert flags(derived)["led"] == "derived;pre-emptive"
    assert whys(derived)["led"] == (
        "csCMVi on day 34: pre-emptive therapy (treatments row 2) for viraemia on day 20"
    )
    alone = {who for rule, who in found(derived) if rule == "treated_without_viraemia"}
    assert alone == {"too early", "too late", "negative"}


def load(who, *values, **more):
    return [pcr(who, day, value, **more) for day, value in values]


def course(who, *spans, agent="ganciclovir"):
    return [treated(who, start, agent, stop_day=stop) for start, stop in spans]


REFRACTORY = {
    # more than 1 log10 above the peak of the first week, after 14 days of therapy
    "risen": (load("risen", (20, 1000.0), (34, 10001.0)), course("risen", (20, 40)), (34, 1)),
    "1 log10": (load("1 log10", (20, 1000.0), (34, 10000.0)), course("1 log10", (20, 40)), (34, 0)),
    "day 13": (load("day 13", (20, 1000.0), (33, 90000.0)), course("day 13", (20, 40)), (33, 0)),
    "peak of the week": (
        load("peak of the week", (20, 1000.0), (27, 5000.0), (34, 10001.0)),
        course("peak of the week", (20, 40)),
        (34, 0),
    ),
    "after the week": (
        load("after the week", (20, 1000.0), (28, 5000.0), (34, 10001.0)),
        course("after the week", (20, 40)),
        (34, 1),
    ),
    "stopped": (load("stopped", (20, 1000.0), (41, 90000.0)), course("stopped", (20, 40)), (41, 0)),
    "pause of 7": (
        load("pause of 7", (20, 1000.0), (40, 90000.0)),
        course("pause of 7", (20, 25), (32, 50)),
        (40, 1),
    ),
    "pause of 8": (
        load("pause of 8", (20, 1000.0), (40, 90000.0)),
        course("pause of 8", (20, 25), (33, 50)),
        (40, 0),
    ),
    "other assay": (
        [*load("other assay", (20, 1000.0), method="A"), *load("other assay", (34, 90000.0), method="B")],
        course("other assay", (20, 40)),
        (34, 0),
    ),
    "other unit": (
        [*load("other unit", (20, 1000.0)), *load("other unit", (34, 90000.0), unit="copies/mL")],
        course("other unit", (20, 40)),
        (34, 0),
    ),
    "untreated": (load("untreated", (20, 1000.0), (34, 90000.0)), [], (34, 0)),
}


def test_refractory_cmv(engine):
    made = records(
        [*REFRACTORY, "open"],
        measurements=[*(row for rows, *_ in REFRACTORY.values() for row in rows), pcr("open", 20, 500.0)],
        treatments=[
            *(row for _, rows, _ in REFRACTORY.values() for row in rows),
            treated("open", 20, "ganciclovir"),
        ],
        follow_up=alive(100, *REFRACTORY, "open"),
    )
    derived = derive("cmv_refractory", engine(made))
    assert answers(derived) == {who: answer for who, (*_, answer) in REFRACTORY.items()}
    assert {who: why.split(" [")[0] for who, why in reasons(derived).items()} == {
        "open": "therapy against CMV has no last day, so that its duration is not known"
    }
    assert whys(derived)["risen"] == (
        "refractory CMV on day 34: 10001.0 (measurements row 3), peak of the first week 1000.0, therapy "
        "from day 20 "
        "to 40"
    )


def test_tests_per_week(engine):
    made = records(
        ["weekly", "died", "untested"],
        measurements=[
            *(pcr("weekly", day, "negative") for day in range(7, 106, 7)),
            pcr("weekly", 7, "negative", row=90),
            pcr("weekly", 8, "not done"),
            pcr("died", 10, "negative"),
        ],
        events=[happened("died", 35, "death")],
        follow_up=alive(200, "weekly", "untested"),
    )
    frame = derive_variables(engine(made)).frame
    assert dict(frame.select("patient_id", "cmv_tests_per_week").iter_rows()) == {
        "weekly": pytest.approx(14 * 7 / 100),
        "died": pytest.approx(1 * 7 / 35),
        "untested": None,
    }


def test_facts_without_a_day_are_never_a_no(engine):
    made = records(
        ["therapy", "tested"],
        measurements=[pcr("therapy", 20, 500.0), pcr("tested", 20, "negative")],
        treatments=[treated("therapy", None, "ganciclovir")],
        follow_up=alive(100, "therapy", "tested"),
    )
    derived = derive("csCMVi", engine(made))
    assert answers(derived) == {"tested": (20, 0)}
    no_day = "therapy against CMV has no day, so that it cannot be told what led to it [treatments row 2]"
    assert reasons(derived) == {"therapy": no_day}
    disease = records(
        ["p"],
        measurements=[pcr("p", 20, "negative")],
        events=[happened("p", None, "infection", cause="CMV", site="lung")],
        follow_up=alive(100, "p"),
    )
    with pytest.raises(RefusalError, match="CMV disease is known to have happened, but not when"):
        derive("csCMVi", engine(disease))


def test_an_event_later_than_the_last_contact_extends_observation(engine):
    made = records(
        ["p"], measurements=[pcr("p", 20, "negative"), pcr("p", 27, 500.0)], follow_up=alive(25, "p")
    )
    derived = derive("cmv_dnaemia", engine(made))
    assert answers(derived) == {"p": (27, 1)}
    assert ("event_after_last_contact", "p") in found(derived)
