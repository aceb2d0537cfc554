"""Follow-up: whether there is any, how long it is, and what is recorded after it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from dayzero.records.checks.rule import Facts, Rule, beside, together
from dayzero.records.kahn import COMPLETENESS, TEMPORAL

if TYPE_CHECKING:
    from collections.abc import Callable

#: Below this many days after transplant, day-100 outcomes cannot be judged.
SHORT: Final = 60
#: Days between two contacts after which the patient was out of sight: 15 months.
GAP: Final = 457


def _without_contact(facts: Facts) -> pl.DataFrame:
    """Find transplanted patients of whom nothing is known after: no contact, no death, no given time."""
    died = facts.events.filter(pl.col("event") == "death").select("patient_id")
    known = pl.concat([facts.contacts.select("patient_id"), died, facts.given.select("patient_id")])
    return _transplanted(facts).join(known, on="patient_id", how="anti", maintain_order="left")


def _transplanted(facts: Facts) -> pl.DataFrame:
    day0 = facts.transplants.filter(pl.col("day") == 0).select("patient_id")
    return facts.patients.join(day0, on="patient_id", how="semi", maintain_order="left")


def _last_contacts(facts: Facts) -> pl.DataFrame:
    """Return the row of the last contact of each patient not known to have died."""
    died = facts.events.filter(pl.col("event") == "death").select("patient_id")
    alive = facts.contacts.join(died, on="patient_id", how="anti", maintain_order="left")
    return alive.join(_transplanted(facts).select("patient_id"), on="patient_id", how="semi").rename(
        {"seen": "row"}
    )


def _before_transplant_only(facts: Facts) -> pl.DataFrame:
    return _last_contacts(facts).filter(pl.col("last") < 0)


def _short(facts: Facts) -> pl.DataFrame:
    return _last_contacts(facts).filter(pl.col("last") >= 0, pl.col("last") < SHORT)


def _after_last_contact(facts: Facts) -> pl.DataFrame:
    last = _last_contacts(facts).select("patient_id", "last")
    found = facts.events.join(last, on="patient_id", how="inner", maintain_order="left")
    return found.filter(pl.col("day") > pl.col("last"))


def _dead_without_event(facts: Facts) -> pl.DataFrame:
    died = facts.events.filter(pl.col("event") == "death").select("patient_id")
    ended = facts.given.filter(pl.col("outcome") == "death").select("patient_id")
    dead = facts.follow_up.filter(pl.col("alive") == "no")
    found = dead.join(pl.concat([died, ended]), on="patient_id", how="anti", maintain_order="left")
    return found.unique("patient_id", keep="first", maintain_order=True)


def _without_cause(facts: Facts) -> pl.DataFrame:
    if facts.places.header("events", "death", "cause") is None:
        return facts.events.clear()
    return facts.events.filter(pl.col("event") == "death", pl.col("cause").is_null())


def _no_causes(facts: Facts) -> pl.DataFrame:
    """Find, once for the whole source, that it has no column of causes of death."""
    deaths = facts.events.filter(pl.col("event") == "death").height
    absent = facts.places.header("events", "death", "cause") is None
    rows = (
        [{"row": None, "patient_id": None, "event": "death", "deaths": deaths}] if deaths and absent else []
    )
    return pl.DataFrame(
        rows, schema={"row": pl.Int64, "patient_id": pl.String, "event": pl.String, "deaths": pl.Int64}
    )


def _without_day(facts: Facts) -> pl.DataFrame:
    found = facts.events.filter(pl.col("day").is_null())
    kinds = [
        event
        for event in found["event"].unique().sort().to_list()
        if facts.places.header("events", event, "date") is not None
    ]
    return found.filter(pl.col("event").is_in(kinds))


def _gaps(facts: Facts) -> pl.DataFrame:
    """Find contacts of a patient's series that stand more than 15 months after the one before."""
    found = facts.follow_up.drop_nulls("day").sort("patient_id", "day", "row")
    since = pl.col("day").shift(1).over("patient_id")
    placed = found.with_columns(since=since, contacts=pl.len().over("patient_id"))
    return placed.filter(pl.col("contacts") > 2, pl.col("day") - pl.col("since") > GAP, pl.col("day") > 0)


def _long_before_cutoff(facts: Facts) -> pl.DataFrame:
    found = beside(_last_contacts(facts), facts.cutoffs)
    return found.with_columns(days=pl.col("cutoff") - pl.col("last")).filter(pl.col("days") > GAP)


def _after_cutoff(table: str, day: str) -> Callable[[Facts], pl.DataFrame]:
    """Return a check that counts the facts of one column that are later than the data cut-off."""

    def find(facts: Facts) -> pl.DataFrame:
        frame: pl.DataFrame = getattr(facts, table).drop_nulls(day)
        late = beside(frame, facts.cutoffs).filter(pl.col(day) > pl.col("cutoff"))
        return together(late, frame.height)

    return find


def _later_facts(table: str, day: str) -> Callable[[Facts], pl.DataFrame]:
    """Return a check of facts seen after the last contact of a living patient."""

    def find(facts: Facts) -> pl.DataFrame:
        frame: pl.DataFrame = getattr(facts, table)
        last = _last_contacts(facts).select("patient_id", "last")
        found = beside(frame, last).with_columns(pl.col(day).alias("day"))
        late = found.filter(pl.col("day") > pl.col("last")).sort("day", "row")
        return late.unique("patient_id", keep="last", maintain_order=True)

    return find


def _state_missing(facts: Facts) -> pl.DataFrame:
    """Find last contacts without the state of the disease, where other contacts have it."""
    if facts.follow_up["disease_status"].null_count() == facts.follow_up.height:
        return facts.follow_up.clear()
    last = (
        facts.follow_up.drop_nulls("day")
        .sort("day", "row")
        .unique("patient_id", keep="last", maintain_order=True)
    )
    living = last.filter(pl.col("alive") == "yes")
    return together(living.filter(pl.col("disease_status").is_null()), living.height)


RULES: Final[tuple[Rule, ...]] = (
    Rule(
        "records.no_follow_up",
        "error",
        "patients",
        "patient_id",
        "nothing is known of the patient after transplant: no contact, no death",
        _without_contact,
        "add at least the last contact to follow_up",
        kahn=COMPLETENESS,
    ),
    Rule(
        "records.contact_before_transplant_only",
        "error",
        "follow_up",
        "date",
        "the last contact is on day {last}, before the transplant",
        _before_transplant_only,
        "add the last contact, or correct the date",
        kahn=TEMPORAL,
    ),
    Rule(
        "records.short_follow_up",
        "note",
        "follow_up",
        "date",
        f"the patient is alive and was followed for {{last}} days only, less than {SHORT}",
        _short,
        "chronic GVHD, day-100 acute GVHD and lasting chimerism cannot be judged yet",
        kahn=TEMPORAL,
    ),
    Rule(
        "records.after_last_contact",
        "error",
        "events",
        "date",
        "{event} on day {day}, after the patient's last follow-up on day {last}",
        _after_last_contact,
        "correct one of the two: a patient in whom something was seen was under follow-up that day",
        "the day of the last follow-up or earlier",
        kahn=TEMPORAL,
    ),
    Rule(
        "records.dead_without_event",
        "warning",
        "follow_up",
        "alive",
        "the patient is recorded as not alive, but no death is recorded",
        _dead_without_event,
        "add the death to events, with its date and cause",
        kahn=COMPLETENESS,
    ),
    Rule(
        "records.death_without_cause",
        "note",
        "events",
        "cause",
        "the death has no cause",
        _without_cause,
        "give the cause; non-relapse mortality itself does not need it, deaths by cause do",
        kahn=COMPLETENESS,
    ),
    Rule(
        "records.no_causes_of_death",
        "note",
        "events",
        "cause",
        "the source records no causes of death ({deaths} deaths)",
        _no_causes,
        kahn=COMPLETENESS,
    ),
    Rule(
        "records.event_without_day",
        "warning",
        "events",
        "date",
        "{event} happened, but its day is not known",
        _without_day,
        "give the day: without it the patient cannot enter a curve of this event",
        kahn=COMPLETENESS,
    ),
    Rule(
        "records.follow_up_gap",
        "note",
        "follow_up",
        "date",
        "no contact between day {since} and day {day}, more than 15 months",
        _gaps,
        "add the contacts in between: GVHD and remissions may have been missed",
        kahn=TEMPORAL,
        source="judgement: visits are yearly at least",
    ),
    Rule(
        "records.last_contact_long_ago",
        "warning",
        "follow_up",
        "date",
        "the patient was last seen alive {days} days before the data cut-off, more than 15 months",
        _long_before_cutoff,
        "ask for the patient's state, or say that the patient is lost to follow-up",
        kahn=TEMPORAL,
        source="judgement: visits are yearly at least",
    ),
    *(
        Rule(
            "records.after_data_cutoff",
            "note",
            table,
            column,
            "{count} of {total} days are later than the data cut-off: {rows}",
            _after_cutoff(table, day),
            "a study with this cut-off does not use them",
            kahn=TEMPORAL,
        )
        for table, column, day in (
            ("treatments", "start", "start_day"),
            ("transplants", "date", "day"),
            ("measurements", "date", "day"),
            ("events", "date", "day"),
            ("follow_up", "date", "day"),
        )
    ),
    *(
        Rule(
            "records.seen_after_last_contact",
            "warning",
            table,
            column,
            f"{what} on day {{day}}, after the patient's last contact on day {{last}}",
            _later_facts(table, day),
            "add a contact on the last day on which the patient was seen: it ends follow-up",
            kahn=TEMPORAL,
        )
        for table, column, day, what in (
            ("measurements", "date", "day", "{analyte}"),
            ("treatments", "start", "start_day", "start of {agent}"),
            ("transplants", "date", "day", "{type} infusion"),
        )
    ),
    Rule(
        "records.last_state_missing",
        "note",
        "follow_up",
        "disease_status",
        "the state of the disease at the last contact is missing in {count} of {total}: {rows}",
        _state_missing,
        "without it nothing says that the patient was free of relapse that day",
        kahn=COMPLETENESS,
    ),
)
