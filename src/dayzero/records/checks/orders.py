"""Orders of days that cannot be: death before transplant, anything after death, an end before its start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from dayzero.records.checks.rule import Facts, Rule
from dayzero.records.kahn import TEMPORAL, UNIQUENESS

if TYPE_CHECKING:
    from collections.abc import Callable

_ORDER: Final = "birth < diagnosis <= remission <= transplant <= engraftment <= death"
#: Events that only follow a transplant, be it an earlier autologous one; GVHD: :mod:`.gvhd`.
AFTER_TRANSPLANT: Final = (
    "neutrophil engraftment",
    "platelet engraftment",
    "graft failure",
    "engraftment syndrome",
)


def _death_before_transplant(facts: Facts) -> pl.DataFrame:
    return facts.happened("death").filter(pl.col("day") < 0)


def _second_death(facts: Facts) -> pl.DataFrame:
    deaths = facts.events.filter(pl.col("event") == "death")
    first = pl.col("row").first().over("patient_id")
    return deaths.with_columns(first=first).filter(pl.col("row") != pl.col("first"))


def _after_death(table: str, day: str) -> Callable[[Facts], pl.DataFrame]:
    """Return a check of one dated column against the day of death."""

    def find(facts: Facts) -> pl.DataFrame:
        frame: pl.DataFrame = getattr(facts, table)
        if table == "events":
            frame = frame.filter(pl.col("event") != "death")
        found = frame.join(facts.deaths, on="patient_id", how="inner", maintain_order="left")
        return found.filter(pl.col(day) > pl.col("death")).with_columns(pl.col(day).alias("day"))

    return find


def _alive_after_death(facts: Facts) -> pl.DataFrame:
    return _after_death("follow_up", "day")(facts).filter(pl.col("alive") == "yes")


def _dead_before_death(facts: Facts) -> pl.DataFrame:
    dead = facts.follow_up.filter(pl.col("alive") == "no")
    found = dead.join(facts.deaths, on="patient_id", how="inner", maintain_order="left")
    return found.filter(pl.col("day") < pl.col("death"))


def _stop_before_start(facts: Facts) -> pl.DataFrame:
    return facts.treatments.filter(pl.col("stop_day") < pl.col("start_day"))


def _diagnosis_after_transplant(facts: Facts) -> pl.DataFrame:
    return facts.patients.filter(pl.col("diagnosis_day") > 0)


def _diagnosis_before_birth(facts: Facts) -> pl.DataFrame:
    born = -((pl.col("age") + 1) * 365.25)
    return facts.patients.filter(pl.col("age") < 90, pl.col("diagnosis_day") < born)


def _first_line_before_diagnosis(facts: Facts) -> pl.DataFrame:
    return facts.patients.filter(pl.col("first_line_end_day") < pl.col("diagnosis_day"))


def _before_diagnosis(table: str, day: str) -> Callable[[Facts], pl.DataFrame]:
    def find(facts: Facts) -> pl.DataFrame:
        frame = (
            facts.happened("relapse", "molecular relapse", "complete remission")
            if table == "events"
            else facts.treatments
        )
        known = facts.patients.select("patient_id", pl.col("diagnosis_day").alias("diagnosed"))
        found = frame.join(known, on="patient_id", how="inner", maintain_order="left")
        return found.filter(pl.col(day) < pl.col("diagnosed")).with_columns(pl.col(day).alias("day"))

    return find


def _not_after_transplant(facts: Facts) -> pl.DataFrame:
    return facts.happened(*AFTER_TRANSPLANT).filter(pl.col("day") <= 0)


_CORRECT: Final = "correct one of the two dates"

RULES: Final[tuple[Rule, ...]] = (
    Rule(
        "records.death_before_transplant",
        "error",
        "events",
        "date",
        "death on day {day}, before the transplant",
        _death_before_transplant,
        _CORRECT,
        "day 0 or later",
        kahn=TEMPORAL,
    ),
    Rule(
        "records.two_deaths",
        "error",
        "events",
        "event",
        "the patient's death is already in row {first}",
        _second_death,
        "delete one of the two",
        "one death a patient",
        kahn=UNIQUENESS,
    ),
    *(
        Rule(
            "records.after_death",
            "error",
            table,
            column,
            f"{what} on day {{day}}, after the patient's death on day {{death}}",
            _after_death(table, day),
            _CORRECT,
            "the day of death or earlier",
            kahn=TEMPORAL,
        )
        for table, column, day, what in (
            ("events", "date", "day", "{event}"),
            ("measurements", "date", "day", "{analyte}"),
            ("transplants", "date", "day", "a transplant"),
            ("treatments", "start", "start_day", "start of {agent}"),
            ("treatments", "stop", "stop_day", "end of {agent}"),
        )
    ),
    Rule(
        "records.alive_after_death",
        "error",
        "follow_up",
        "date",
        "alive on day {day}, after the patient's death on day {death}",
        _alive_after_death,
        _CORRECT,
        "the day of death or earlier",
        kahn=TEMPORAL,
    ),
    Rule(
        "records.dead_before_death",
        "error",
        "follow_up",
        "alive",
        "not alive on day {day}, before the patient's death on day {death}",
        _dead_before_death,
        _CORRECT,
        kahn=TEMPORAL,
    ),
    Rule(
        "records.stop_before_start",
        "error",
        "treatments",
        "stop",
        "{agent} ends on day {stop_day}, before it starts on day {start_day}",
        _stop_before_start,
        _CORRECT,
        kahn=TEMPORAL,
    ),
    Rule(
        "records.diagnosis_after_transplant",
        "error",
        "patients",
        "diagnosis_date",
        "the diagnosis is on day {diagnosis_day}, after the transplant",
        _diagnosis_after_transplant,
        _CORRECT,
        _ORDER,
        kahn=TEMPORAL,
    ),
    Rule(
        "records.diagnosis_before_birth",
        "error",
        "patients",
        "diagnosis_date",
        "the diagnosis is on day {diagnosis_day}, before the birth of a patient aged {age:g} at day 0",
        _diagnosis_before_birth,
        "correct the date, or the age",
        _ORDER,
        kahn=TEMPORAL,
    ),
    Rule(
        "records.first_line_before_diagnosis",
        "error",
        "patients",
        "first_line_end",
        "first-line therapy ends on day {first_line_end_day}, before the diagnosis on day {diagnosis_day}",
        _first_line_before_diagnosis,
        _CORRECT,
        _ORDER,
        kahn=TEMPORAL,
    ),
    Rule(
        "records.event_before_diagnosis",
        "error",
        "events",
        "date",
        "{event} on day {day}, before the diagnosis on day {diagnosed}",
        _before_diagnosis("events", "day"),
        _CORRECT,
        _ORDER,
        kahn=TEMPORAL,
    ),
    Rule(
        "records.treatment_before_diagnosis",
        "warning",
        "treatments",
        "start",
        "{agent} starts on day {day}, before the diagnosis on day {diagnosed}",
        _before_diagnosis("treatments", "start_day"),
        "correct one of the two dates, unless it treated another disease",
        _ORDER,
        kahn=TEMPORAL,
    ),
    Rule(
        "records.not_after_transplant",
        "warning",
        "events",
        "date",
        "{event} on day {day}, not after the transplant",
        _not_after_transplant,
        "correct the date, unless it followed an earlier transplant",
        "a day after day 0",
        kahn=TEMPORAL,
    ),
)
