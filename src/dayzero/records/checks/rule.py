"""What a check is: an id, a severity, a sentence, and a function that finds the rows it is about."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from dayzero.records.engines import collect
from dayzero.records.findings import Finding, Severity
from dayzero.records.flat_columns import row_list
from dayzero.records.places import KIND
from dayzero.records.tables import table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from dayzero.records.kahn import Kahn
    from dayzero.records.model import Records
    from dayzero.records.places import Places
    from dayzero.records.schema import Column

#: Types of columns whose value a finding may show.
_SHOWN: Final = ("code", "flag", "integer", "number")
#: Rows that one finding about many names; the others are counted.
MOST_LISTED: Final = 60


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
    cutoffs : polars.DataFrame
        ``patient_id``, ``cutoff`` (day of the data cut-off): of those whose day 0 has a date, where a cut-off
        is known; otherwise empty.
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
    cutoffs: pl.DataFrame

    @cached_property
    def grafts(self) -> pl.DataFrame:
        """Return the first allogeneic transplant, on day 0: one row a patient."""
        day0 = self.transplants.filter(pl.col("day") == 0, pl.col("type") == "allogeneic")
        return day0.unique("patient_id", keep="first", maintain_order=True)

    @cached_property
    def flat(self) -> bool:
        """Return whether the source is one file with one row a patient."""
        return self.places.known and len(self.places.sheets) > 1 == len(set(self.places.sheets.values()))

    def has(self, table: str, column: str, kind: str = "") -> bool:
        """Return whether the source has a column."""
        return self.places.header(table, kind, column) is not None

    def measured(self, *analytes: str) -> pl.DataFrame:
        """Return the results of these analytes on a known day."""
        return self._dated(self.measurements, "analyte", analytes)

    def _dated(self, frame: pl.DataFrame, column: str, kinds: tuple[str, ...]) -> pl.DataFrame:
        """Return the rows of these kinds on a known day; the same question is answered once."""
        if (column, *kinds) not in self._asked:
            rows = frame.filter(pl.col(column).is_in(kinds), pl.col("day").is_not_null())
            self._asked[(column, *kinds)] = rows
        return self._asked[(column, *kinds)]

    @cached_property
    def _asked(self) -> dict[tuple[str, ...], pl.DataFrame]:
        return {}

    @cached_property
    def kinds(self) -> frozenset[str]:
        """Return the events, agents, analytes and types of transplant that occur at all."""
        return frozenset(
            kind for name, column in KIND.items() for kind in getattr(self, name)[column].unique() if kind
        )

    def happened(self, *events: str) -> pl.DataFrame:
        """Return the rows of these events that happened on a known day."""
        return self._dated(self.events, "event", events)


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
    kahn : Kahn
        What kind of question it asks.
    needs : tuple of str
        Events, agents or analytes of which one must occur for the rule to be broken; empty: none in
        particular.
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
    kahn: Kahn = field(kw_only=True)
    needs: tuple[str, ...] = field(default=(), kw_only=True)

    def findings(self, facts: Facts) -> Iterator[Finding]:
        """Yield a finding for each row that breaks the rule."""
        if getattr(facts, self.table).is_empty() or (self.needs and facts.kinds.isdisjoint(self.needs)):
            return
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
                _found(row, table(self.table).column(self.column)),
                allowed=self.allowed,
                source=self.source,
            )


def _found(row: dict[str, Any], column: Column) -> str:
    """Return what a finding shows as found: what the rule chose, the cell's value, else the day; no text."""
    value = row.get("found") or (row.get(column.after_ingest) if column.type in _SHOWN else None)
    if value is not None:
        return f"{value:g}" if isinstance(value, float) else str(value)
    return "" if row.get("day") is None else f"day {row['day']}"


def rows_where(name: str, *when: pl.Expr) -> Callable[[Facts], pl.DataFrame]:
    """Return a check of each row of one table by itself."""

    def find(facts: Facts) -> pl.DataFrame:
        frame: pl.DataFrame = getattr(facts, name)
        return frame.filter(*when)

    return find


def beside(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of ``left`` with the columns of the same patient in ``right``."""
    return left.join(right, on="patient_id", how="inner", maintain_order="left")


def together(frame: pl.DataFrame, total: int, **words: str) -> pl.DataFrame:
    """Return one row for many: ``count``, ``total`` and ``rows``, of no patient; none for none."""
    listed = row_list(sorted(frame["row"].to_list())[:MOST_LISTED])
    more = frame.height - MOST_LISTED
    told = f"{listed} and {more} more" if more > 0 else listed
    one = {"row": None, "patient_id": None, "count": frame.height, "total": total, "rows": told, **words}
    made = pl.DataFrame([{**one, "found": f"{frame.height} of {total}"}])
    return made if frame.height else made.clear()


def facts_of(records: Records, cutoff: date | None = None) -> Facts:
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
        cutoffs=_cutoffs(records.key, cutoff),
    )


def _cutoffs(key: pl.DataFrame | None, cutoff: date | None) -> pl.DataFrame:
    """Return the day of the data cut-off of each patient whose day 0 has a date."""
    if key is None or cutoff is None:
        return pl.DataFrame(schema={"patient_id": pl.String, "cutoff": pl.Int64})
    return key.select("patient_id", cutoff=(pl.lit(cutoff) - pl.col("day0")).dt.total_days())


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

    return collect(nw.from_native(frame).lazy())
