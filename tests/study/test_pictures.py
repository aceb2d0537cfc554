"""Stacked incidence and occupancy, swimmer plots, courses, MRD: every number of these follows by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from dayzero.errors import BadInputError
from dayzero.study.loading import parse_study
from dayzero.study.results import Course, MrdStages, Stacks, Swimmer, Timeline
from dayzero.study.runner import run
from endpoints.facts import on_duckdb, records

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dayzero.records.model import Records
    from dayzero.study.results import Figure

    Row = Mapping[str, Any]

HEAD = """
[study]
title = "T"
[data]
source = "x"
[time]
unit = "days"
horizons = [25]
limit = 50
ticks = 10
[[outcome]]
endpoint = "OS"
"""


def figure(made: Records, text: str, head: str = HEAD) -> Figure:
    study = parse_study(f"{head}\n[figures.1]\n{text}\n")
    return run(study, records=made).results.figures[0]


def alive(patient: str, day: int) -> Row:
    return {"patient_id": patient, "day": day, "alive": "yes", "disease_status": "complete remission"}


def event(patient: str, what: str, day: int | None, **more: str) -> Row:
    return {"patient_id": patient, "event": what, "day": day, **more}


def four() -> Records:
    """p1 relapses on day 10, p2 dies on day 20; p3 was last seen on day 15, p4 on day 40."""
    return records(
        ["p1", "p2", "p3", "p4"],
        events=[event("p1", "relapse", 10), event("p2", "death", 20)],
        follow_up=[alive("p1", 30), alive("p3", 15), alive("p4", 40)],
    )


def layer_values(stacks: Stacks, at: int = 0) -> dict[str, float | None]:
    return {layer.label: layer.at[at] for layer in stacks.stacks[0].layers}


def test_stacked_incidence_by_hand() -> None:
    made = figure(four(), 'kind = "stacked"')
    assert isinstance(made.picture, Stacks)
    # 1/4 relapse; then of the 2 at risk on day 20 one dies: 3/4 * 1/2 = 3/8; 3/8 are left.
    found = layer_values(made.picture)
    assert found == pytest.approx(
        {"relapse": 1 / 4, "death without relapse": 3 / 8, "disease-free survival": 3 / 8}
    )
    stack = made.picture.stacks[0]
    assert stack.time == (0.0, 10.0, 20.0)
    assert stack.end == 40
    assert stack.layers[-1].upper == (1.0, 1.0, 1.0)
    assert stack.at_risk == (4, 4, 2, 1, 1, 0)


def test_beyond_the_last_contact_there_is_no_probability() -> None:
    made = figure(four(), 'kind = "stacked"\nhorizons = [41]')
    assert isinstance(made.picture, Stacks)
    assert set(layer_values(made.picture).values()) == {None}


def test_an_endpoint_without_competing_event_is_not_stacked() -> None:
    made = figure(four(), 'kind = "stacked"\nendpoint = "OS"')
    assert made.picture is None
    assert "nothing to stack" in made.refused


def states() -> Records:
    """p1: GVHD 5, relapse 10, death 30; p2: GVHD 8, death 20; p3 and p4 seen on day 40 without either."""
    return records(
        ["p1", "p2", "p3", "p4"],
        events=[
            event("p1", "aGVHD", 5, grade="II"),
            event("p1", "relapse", 10),
            event("p1", "death", 30),
            event("p2", "aGVHD", 8, grade="III"),
            event("p2", "death", 20),
        ],
        follow_up=[alive("p3", 40), alive("p4", 40)],
    )


def test_occupancy_by_hand() -> None:
    made = figure(states(), 'kind = "states"\nhorizons = [6, 9, 12, 25, 35]\ngvhd = ["aGVHD_II_IV"]')
    assert isinstance(made.picture, Stacks)
    free, gvhd = "alive without relapse or GVHD", "alive after GVHD, without relapse"
    relapsed, dead, dead_relapsed = "alive after relapse", "dead without relapse", "dead after relapse"
    expected = [
        {free: 3 / 4, gvhd: 1 / 4, relapsed: 0, dead: 0, dead_relapsed: 0},
        {free: 1 / 2, gvhd: 1 / 2, relapsed: 0, dead: 0, dead_relapsed: 0},
        {free: 1 / 2, gvhd: 1 / 4, relapsed: 1 / 4, dead: 0, dead_relapsed: 0},
        {free: 1 / 2, gvhd: 0, relapsed: 1 / 4, dead: 1 / 4, dead_relapsed: 0},
        {free: 1 / 2, gvhd: 0, relapsed: 0, dead: 1 / 4, dead_relapsed: 1 / 4},
    ]
    for index, values in enumerate(expected):
        assert layer_values(made.picture, index) == pytest.approx(values)
    assert made.picture.stacks[0].at_risk == (4, 4, 4, 3, 2, 0)


def test_relapse_on_the_day_of_death_is_a_death_after_relapse() -> None:
    made = records(
        ["p1", "p2"],
        events=[
            event("p1", "aGVHD", 10, grade="II"),
            event("p1", "relapse", 10),
            event("p1", "death", 10),
        ],
        follow_up=[alive("p2", 40)],
    )
    drawn = figure(made, 'kind = "states"\ngvhd = ["aGVHD_II_IV"]\nhorizons = [10]')
    assert isinstance(drawn.picture, Stacks)
    found = layer_values(drawn.picture)
    assert found["dead after relapse"] == pytest.approx(1 / 2)
    assert found["alive after GVHD, without relapse"] == 0


LATE = """
[groups.late]
levels = { a = "follow_up_days > 20", b = "follow_up_days <= 20" }
"""


@pytest.mark.parametrize("kind", ["stacked", "states"])
def test_groups_known_late_are_refused(kind: str) -> None:
    made = figure(four(), f'kind = "{kind}"\nby = "late"', HEAD + LATE)
    assert made.picture is None
    assert "became known only after day 0" in made.refused


@pytest.mark.parametrize("kind", ["stacked", "states"])
def test_a_cohort_known_late_is_refused(kind: str) -> None:
    head = HEAD + "[cohort]\ninclude = [{ rule = 'follow_up_days > 1' }]\n"
    made = figure(four(), f'kind = "{kind}"', head)
    assert made.picture is None
    assert "became known only after day 0" in made.refused


def treated() -> Records:
    return records(
        ["p1", "p2", "p3"],
        treatments=[
            {"patient_id": "p1", "agent": "blinatumomab", "start_day": -60, "stop_day": -32},
            {"patient_id": "p1", "agent": "CAR T", "start_day": 120},
            {"patient_id": "p2", "agent": "chemotherapy", "start_day": -400, "stop_day": -300},
            {"patient_id": "p2", "agent": "letermovir", "start_day": 1, "stop_day": 90},
            {
                "patient_id": "p2",
                "agent": "radiotherapy",
                "start_day": -8,
                "stop_day": -6,
                "indication": "conditioning",
            },
        ],
        transplants=[
            *({"patient_id": p, "day": 0, "type": "allogeneic"} for p in ("p1", "p2", "p3")),
            {"patient_id": "p1", "day": 150, "type": "allogeneic", "donor": "haploidentical"},
        ],
        events=[
            event("p1", "relapse", -90),
            event("p1", "relapse", 110, site="CNS"),
            event("p1", "aGVHD", 30, grade="II"),
            event("p1", "aGVHD", 25, grade="I"),
            event("p2", "infection", 40, cause="CMV"),
            event("p2", "infection", 50, cause="adenovirus"),
            event("p3", "infection", None, cause="CMV"),
            event("p3", "death", 200, cause="infection"),
        ],
        follow_up=[alive("p1", 300), alive("p2", 500)],
    )


def test_lanes_hold_every_fact_once() -> None:
    made = figure(treated(), 'kind = "swimmer"\nlimit = 500\nfrom = -200')
    assert isinstance(made.picture, Swimmer)
    assert [lane.patient for lane in made.picture.lanes] == ["p2", "p1", "p3"]
    p2, p1, p3 = made.picture.lanes
    assert [(bar.kind, bar.start, bar.stop) for bar in p1.bars] == [("blinatumomab", -60, -32)]
    assert [(mark.kind, mark.time, mark.detail) for mark in p1.marks] == [
        ("relapse", -90, ""),
        ("acute GVHD", 25, "I"),
        ("relapse", 110, "CNS"),
        ("CAR T cells", 120, ""),
        ("second transplant", 150, "haploidentical"),
    ]
    assert (p1.relapse, p1.end, p1.ended) == (110, 300, "alive")
    assert [mark.kind for mark in p2.marks] == ["CMV"]
    assert (p3.end, p3.ended, [mark.kind for mark in p3.marks]) == (200, "death", ["death"])
    assert made.picture.notes == (
        "CMV infection of 1 patient is recorded without its day and not shown",
        "what began before 200 days before transplant is cut there",
    )
    assert "chemotherapy" not in made.picture.kinds


def test_a_swimmer_plot_of_those_with_an_event() -> None:
    made = figure(treated(), 'kind = "swimmer"\nwith_event = "CIR"\nshow = ["relapse"]')
    assert isinstance(made.picture, Swimmer)
    assert [lane.patient for lane in made.picture.lanes] == ["p1"]
    assert made.picture.kinds == ("relapse",)
    assert made.picture.notes[0] == "1 of 3 patients: those with relapse"


def test_single_patients_are_withheld_where_the_report_may_not_show_them() -> None:
    head = HEAD + "[report]\npatients = false\n"
    for text in ('kind = "swimmer"', 'kind = "timeline"\npatient = "p1"', 'kind = "mrd"'):
        made = figure(treated(), text, head)
        assert made.picture is None
        assert "single patients" in made.refused


def count(patient: str, day: int, value: float | str, **more: Any) -> Row:
    known: dict[str, Any] = {"patient_id": patient, "day": day, "analyte": "ANC", "unit": "10^9/L", **more}
    return known | ({"text": value} if isinstance(value, str) else {"value": value, "text": f"{value:g}"})


def test_medians_take_each_patients_result_nearest_to_the_time() -> None:
    made = records(
        ["p1", "p2", "p3", "p4"],
        measurements=[
            count("p1", 6, 0.2),
            count("p1", 8, 0.9),  # as near as day 6: the earlier stands
            count("p2", 7, 0.4),
            count("p2", 9, 5.0),
            count("p3", 10, 0.1, operator="<"),
            count("p3", 11, 9.0),  # day 10.5 is half-way to day 14
            count("p4", 3, 7.0),  # before day 3.5
            count("p4", 20, "not done"),
            count("p4", 21, 0.5) | {"value": None, "text": None},  # its unit could not be read
        ],
        follow_up=[alive(f"p{i}", 100) for i in range(1, 5)],
    )
    drawn = figure(made, 'kind = "course"\nanalyte = "ANC"\ntimes = [0, 7, 14]')
    assert isinstance(drawn.picture, Course)
    found = {m.time: (m.n, m.median, m.lower, m.upper, m.sign) for m in drawn.picture.medians}
    # Of 0.1 (a bound), 0.2 and 0.4 the middle one is 0.2; quartiles 0.15 and 0.3.
    n, median, lower, upper, sign = found[7]
    assert (n, median, sign) == (3, 0.2, "")
    assert (lower, upper) == pytest.approx((0.15, 0.3))
    assert found[0] == (1, None, None, None, "")
    assert found[14] == (1, None, None, None, "")
    assert drawn.picture.log
    assert drawn.picture.notes == (
        "1 results 'not done' have no place on the axis",
        "1 results without a usable value are not drawn",
    )


def test_a_median_that_is_a_bound_says_so() -> None:
    made = records(
        ["p1", "p2", "p3"],
        measurements=[count(f"p{i}", 7, 0.1, operator="<") for i in (1, 2)] + [count("p3", 7, 0.5)],
        follow_up=[alive(f"p{i}", 100) for i in range(1, 4)],
    )
    drawn = figure(made, 'kind = "course"\nanalyte = "ANC"\ntimes = [7]')
    assert isinstance(drawn.picture, Course)
    assert [(m.median, m.sign) for m in drawn.picture.medians] == [(0.1, "<")]


def mrd(patient: str, day: int, value: float | str, **more: Any) -> Row:
    return count(patient, day, value, **{"analyte": "MRD", "unit": "fraction", **more})


def test_mrd_belongs_to_the_latest_stage_it_can() -> None:
    made = records(
        ["p1", "p2", "p3"],
        treatments=[
            {"patient_id": p, "agent": "blinatumomab", "start_day": day, "stop_day": day + 28}
            for p, day in (("p1", -120), ("p1", -60), ("p2", -60))
        ],
        measurements=[
            mrd("p1", -130, 0.01),
            mrd("p1", -121, 0.02),
            mrd("p1", -80, 0.001),
            mrd("p1", -10, "negative"),
            mrd("p2", -60, 1e-4, operator="<", sensitivity=1e-4),
            mrd("p2", -35, "positive not quantifiable"),
            mrd("p2", -20, "not done"),
        ],
        follow_up=[alive(f"p{i}", 100) for i in range(1, 4)],
    )
    drawn = figure(made, 'kind = "mrd"')
    assert isinstance(drawn.picture, MrdStages)
    assert drawn.picture.stages == ("Before blinatumomab", "After cycle 1", "Before transplant")
    found = {
        patient.patient: [(r.state, r.value) for r in patient.results] for patient in drawn.picture.patients
    }
    assert found == {
        "p1": [("value", 0.02), ("value", 0.001), ("undetectable", None)],
        "p2": [("undetectable", None), ("positive, no number", None), ("not done", None)],
    }
    assert "1 patient without blinatumomab before transplant not shown" in drawn.picture.notes


def test_a_timeline_is_of_one_patient() -> None:
    made = figure(treated(), 'kind = "timeline"\npatient = "p2"')
    assert isinstance(made.picture, Timeline)
    assert made.picture.lane.patient == "p2"
    assert made.picture.notes == ()
    with pytest.raises(BadInputError, match="p9"):
        figure(treated(), 'kind = "timeline"\npatient = "p9"')


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('kind = "swimmer"\npanels = [["OS"]]', "has no 'panels'"),
        ('kind = "course"', "needs 'analyte'"),
        ('kind = "timeline"', "needs 'patient'"),
        ('kind = "swimmer"\nshow = ["relaps"]', "relaps"),
        ('kind = "swimmer"\nby = "sex"', "sex"),
        ('kind = "stacked"\nendpoint = "CIRR"', "CIRR"),
        ('kind = "course"\nanalyte = "ANC"\ntimes = [7, 7]', "increasing times"),
        ('kind = "course"\nanalyte = "ANC"\nfrom = 9\nlimit = 8', "from 9 to 8"),
        ('kind = "swimmer"\nlimit = 0', "above 0"),
        ('kind = "swimming"', "swimming"),
        ('panels = [["OS"]]\nby = "x"', "has no 'by'"),
    ],
)
def test_keys_that_a_kind_cannot_have_are_refused(text: str, said: str) -> None:
    with pytest.raises(BadInputError, match=said):
        parse_study(f"{HEAD}\n[figures.1]\n{text}\n")


KINDS = (
    'kind = "swimmer"',
    'kind = "stacked"',
    'kind = "states"\ngvhd = ["aGVHD_II_IV"]',
    'kind = "timeline"\npatient = "p1"',
)


@pytest.mark.parametrize("text", KINDS)
def test_the_order_of_rows_and_the_engine_change_nothing(text: str) -> None:
    made = treated()
    backwards = replace(made, tables={name: table.reverse() for name, table in made.tables.items()})
    first = figure(made, text)
    assert first.picture is not None
    assert figure(backwards, text) == first
    assert figure(on_duckdb(made), text) == first
