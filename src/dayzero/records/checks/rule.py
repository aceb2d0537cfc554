"""What a check is: an id, a severity, a sentence, and a function that finds the rows it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from dayzero.records.findings import Finding, Severity
from dayzero.records.places import KIND

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dayzero.records.model import Records
    from dayzero.records.places import Places


@dataclass(frozen=True)
class Facts:
    """The tables of records as checks need them.

    Attributes
    ----------
    patients, treatments, transplants, measurements, follow_up : polars.DataFrame
        As ingested.
    events : polars.DataFrame
        Only what happened.
    given : polars.DataFrame
    deaths : polars.DataFrame
        ``patient_id``, ``death`` (day of the first recorded death), one row per patient who died.
    contacts : polars.DataFrame
        ``patient_id``, ``last`` (day of the last contact or death), ``seen`` (row of that contact).
    places : Places
        The user's own names of sheets and columns.
    """

    patients: pl.DataFrame
    treatments: pl.DataFrame
    transplants: pl.DataFrame
    measurements: pl.DataFrame
    follow_up: pl.DataFrame
    events: pl.DataFrame
    given: pl.DataFrame
    deaths: pl.DataFrame
    contacts: pl.DataFrame
    places: Places

    def happened(self, *events: str) -> pl.DataFrame:
        """Return the rows of these events that happened on a known day."""
        return self.events.filter(pl.col("event").is_in(events), pl.col("day").is_not_null())


@dataclass(frozen=True)
class Rule:
    """One check.

    Attributes
    ----------
    id : str
    severity : {"error", "warning", "note"}
    table, column : str
        What a finding points at, in the words of the schema.
    what : str
        The sentence, without its full stop; names in braces are columns of what ``find`` returns.
    find : callable
        From facts to the rows that break the rule: ``row``, ``patient_id``, the column that tells the kinds
        of the table's rows apart where it has one, and whatever ``what`` names.
    hint, allowed, source : str
    """

    id: str
    severity: Severity
    table: str
    column: str
    what: str
    find: Callable[[Facts], pl.DataFrame]
    hint: str = ""
    allowed: str = ""
    source: str = ""

    def findings(self, facts: Facts) -> Iterator[Finding]:
        """Yield a finding for each row that breaks the rule."""
        for row in self.find(facts).iter_rows(named=True):
            kind = str(row.get(KIND.get(self.table, ""), "") or "")
            where = facts.places.where(self.table, row["row"], self.column, row["patient_id"], kind)
            sentence = self.what.format(**row)
            yield Finding(
                self.id,
                self.severity,
                sentence[0].upper() + sentence[1:] + ".",
                where,
                self.hint,
                "" if row.get("day") is None else f"day {row['day']}",
                allowed=self.allowed,
                source=self.source,
            )


def facts_of(records: Records) -> Facts:
    """Return the facts of records whose tables may be frames of any engine."""
    tables = {name: as_polars(frame) for name, frame in records.tables.items()}
    events = tables["events"].filter(pl.col("occurred").fill_null("yes") == "yes")
    dead = events.filter(pl.col("event") == "death", pl.col("day").is_not_null())
    deaths = dead.group_by("patient_id", maintain_order=True).agg(pl.col("day").min().alias("death"))
    return Facts(
        patients=tables["patients"],
        treatments=tables["treatments"],
        transplants=tables["transplants"],
        measurements=tables["measurements"],
        follow_up=tables["follow_up"],
        events=events,
        given=records.given,
        deaths=deaths,
        contacts=_contacts(tables["follow_up"], dead),
        places=records.places,
    )


def _contacts(follow_up: pl.DataFrame, dead: pl.DataFrame) -> pl.DataFrame:
    """Return the last day on which the state of each patient is known, and the row that says so."""
    seen = pl.concat(
        [
            follow_up.filter(pl.col("day").is_not_null()).select("patient_id", "day", "row"),
            dead.select("patient_id", "day", "row"),
        ]
    ).sort("patient_id", "day", "row")
    return seen.group_by("patient_id", maintain_order=True).agg(
        pl.col("day").last().alias("last"), pl.col("row").last().alias("seen")
    )


def as_polars(frame: Any) -> pl.DataFrame:
    """Return a frame of any engine that narwhals understands as a Polars frame."""
    if isinstance(frame, pl.DataFrame):
        return frame
    import narwhals as nw

    return pl.DataFrame(nw.from_native(frame).lazy().collect("polars").to_native())
