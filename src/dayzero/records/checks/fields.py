"""Checks made by declaration: one type of question, asked of every table and column that the schema declares.

What a single cell can break was asked while reading; these look at whole columns, at neighbours and at time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from dayzero.records.checks.orders import AFTER_TRANSPLANT
from dayzero.records.checks.rule import Facts, Rule, beside, together
from dayzero.records.kahn import ATEMPORAL, COMPLETENESS, TEMPORAL, UNIQUENESS, VALUE
from dayzero.records.results import USUAL
from dayzero.records.tables import PATIENTS, TABLES, TRANSPLANTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from dayzero.records.schema import Column, Table

#: Rows from which a column, an event or an analyte is looked at as a whole.
ENOUGH: Final = 20
#: Least share of rows in which a column that a source has should be filled.
COVERAGE: Final = 0.5
#: Events whose day the transplant sets within narrow bounds.
TIMED: Final = (*AFTER_TRANSPLANT, "VOD")
#: Results of which a sample has one: two of a day, specimen and method differ only by mistake.
REPEATED: Final = ("MRD", "chimerism")
#: What may be given several times a day, and so starts twice on one day.
SUPPORTIVE: Final = ("platelet transfusion", "red cell transfusion", "G-CSF", "corticosteroids")
_JUDGED: Final = "judgement"


def _frame(facts: Facts, table: str) -> pl.DataFrame:
    frame: pl.DataFrame = getattr(facts, table)
    return frame


def _nobody() -> pl.DataFrame:
    return pl.DataFrame(schema={"row": pl.Int64, "patient_id": pl.String})


def _coverage(table: Table, column: Column) -> Callable[[Facts], pl.DataFrame]:
    """Return a check of a column that is filled in fewer rows than half; a flat file's were told already."""

    def find(facts: Facts) -> pl.DataFrame:
        frame = _frame(facts, table.name)
        empty = frame[column.after_ingest].null_count()
        some = 0 < empty < frame.height and frame.height - empty < COVERAGE * frame.height
        if facts.flat or not some or not facts.has(table.name, column.name):
            return _nobody()
        return together(frame.filter(pl.col(column.after_ingest).is_null()), frame.height)

    return find


def _constant(table: Table, column: Column) -> Callable[[Facts], pl.DataFrame]:
    """Return a check of a column in which every one of twenty rows or more has the same value."""

    def find(facts: Facts) -> pl.DataFrame:
        values = _frame(facts, table.name)[column.after_ingest].drop_nulls()
        if values.len() < ENOUGH or values.n_unique() > 1:
            return _nobody()
        return pl.DataFrame({"row": [None], "patient_id": [None], "count": [values.len()]})

    return find


def _constant_result(facts: Facts) -> pl.DataFrame:
    """Find analytes of which every one of twenty results or more is the same number."""
    found = facts.measurements.filter(pl.col("analyte").is_in([*USUAL]), pl.col("value").is_not_null())
    grouped = found.group_by("analyte", maintain_order=True).agg(
        pl.len().alias("count"), pl.col("value").n_unique().alias("distinct")
    )
    same = grouped.filter(pl.col("count") >= ENOUGH, pl.col("distinct") == 1)
    return same.with_columns(row=pl.lit(None, pl.Int64), patient_id=pl.lit(None, pl.String))


def _constant_day(facts: Facts) -> pl.DataFrame:
    """Find events of which every one of twenty or more happened on the same day."""
    grouped = (
        facts.events.drop_nulls("day")
        .group_by("event", maintain_order=True)
        .agg(pl.len().alias("count"), pl.col("day").n_unique().alias("distinct"), pl.col("day").first())
    )
    same = grouped.filter(pl.col("count") >= ENOUGH, pl.col("distinct") == 1)
    return same.with_columns(row=pl.lit(None, pl.Int64), patient_id=pl.lit(None, pl.String))


def _before_birth(table: Table, column: Column) -> Callable[[Facts], pl.DataFrame]:
    """Return a check of a dated column against birth, as far as the age at day 0 tells it."""

    def find(facts: Facts) -> pl.DataFrame:
        ages = facts.patients.filter(pl.col("age") < 90).select("patient_id", pl.col("age").alias("aged"))
        found = beside(_frame(facts, table.name).drop_nulls(column.after_ingest), ages)
        born = -((pl.col("aged") + 1) * 365.25)
        late = found.filter(pl.col(column.after_ingest) < born)
        return late.with_columns(pl.col(column.after_ingest).alias("day"))

    return find


def _unusual(analyte: str) -> Callable[[Facts], pl.DataFrame]:
    low, high = USUAL[analyte]

    def find(facts: Facts) -> pl.DataFrame:
        multiple = pl.col("unit").fill_null("").str.to_lowercase().str.contains("uln")
        outside = ~pl.col("value").is_between(low, high)
        return facts.measurements.filter(pl.col("analyte") == analyte, outside, ~multiple)

    return find


def _day_outliers(facts: Facts) -> pl.DataFrame:
    """Find days farther from the middle half of an event's days than ten times its width."""
    day, over = pl.col("day"), "event"
    found = facts.happened(*TIMED).with_columns(
        low=day.quantile(0.25, "linear").over(over),
        high=day.quantile(0.75, "linear").over(over),
        many=pl.len().over(over) >= ENOUGH,
    )
    width = pl.max_horizontal(pl.col("high") - pl.col("low"), pl.lit(3.0))
    far = (day > pl.col("high") + 10 * width) | (day < pl.col("low") - 10 * width)
    return found.filter(pl.col("many"), far)


def _spellings(table: Table, column: Column) -> Callable[[Facts], pl.DataFrame]:
    """Return a check of a text column for words that differ in letter case, blanks and signs only."""

    def find(facts: Facts) -> pl.DataFrame:
        words = _frame(facts, table.name)[column.after_ingest].drop_nulls().unique()
        alike = words.str.to_lowercase().str.replace_all(r"[\s_./-]+", "").n_unique() if words.len() else 0
        if words.len() <= alike:
            return _nobody()
        return pl.DataFrame({"row": [None], "patient_id": [None], "count": [words.len() - alike]})

    return find


def _drift(table: Table, column: Column) -> Callable[[Facts], pl.DataFrame]:
    """Return a check of a column that is filled in one half of the years and empty in the other."""

    def find(facts: Facts) -> pl.DataFrame:
        frame = _frame(facts, table.name)
        empty = frame[column.after_ingest].null_count()
        years = facts.patients["year"].drop_nulls()
        if not 0 < empty < frame.height or years.len() < ENOUGH:
            return _nobody()
        middle = float(years.sort()[years.len() // 2 - 1])
        own = frame if table is PATIENTS else beside(frame, facts.patients.select("patient_id", "year"))
        shares = (
            own.drop_nulls("year")
            .group_by(pl.col("year") > middle)
            .agg(pl.col(column.after_ingest).is_not_null().mean().alias("filled"), pl.len().alias("many"))
            .sort("year")
        )
        return _drifted(shares, middle)

    return find


def _drifted(shares: pl.DataFrame, middle: float) -> pl.DataFrame:
    filled = shares["filled"].to_list()
    if shares.height < 2 or min(shares["many"].to_list()) < ENOUGH // 2:
        return _nobody()
    if not (max(filled) >= 0.8 and min(filled) <= 0.2):
        return _nobody()
    words = {"earlier": round(100 * filled[0]), "later": round(100 * filled[1]), "year": int(middle)}
    return pl.DataFrame([{"row": None, "patient_id": None, **words}])


def _twice_on_a_day(
    table: str, *, same: tuple[str, ...], other: tuple[str, ...]
) -> Callable[[Facts], pl.DataFrame]:
    """Return a check of rows that agree in ``same`` and differ in one of ``other``."""

    def find(facts: Facts) -> pl.DataFrame:
        frame = _frame(facts, table).drop_nulls("start_day" if table == "treatments" else "day")
        if table == "treatments":
            frame = frame.filter(~pl.col("agent").is_in(SUPPORTIVE))
        if table == "measurements":
            frame = frame.filter(pl.col("analyte").is_in(REPEATED))
        first = frame.with_columns(
            pl.col("row").first().over(same).alias("first"),
            *(pl.col(name).drop_nulls().n_unique().over(same).alias(f"{name} kinds") for name in other),
        )
        differs = pl.any_horizontal(pl.col(f"{name} kinds") > 1 for name in other)
        return first.filter(differs, pl.col("row") != pl.col("first"))

    return find


def dated() -> list[tuple[Table, Column]]:
    """Return every dated column of the schema, without those that birth already has a rule of its own for."""
    own = ("birth_date", "diagnosis_date")
    return [
        (table, column)
        for table in TABLES
        for column in table.columns
        if column.type == "date" and column.name not in own
    ]


def optional() -> list[tuple[Table, Column]]:
    """Return the columns of the two tables in which every row is a patient or a transplant."""
    skipped = ("patient_id", "birth_date")
    return [
        (table, column)
        for table in (PATIENTS, TRANSPLANTS)
        for column in table.columns
        if not column.key and column.name not in skipped
    ]


def varying() -> list[tuple[Table, Column]]:
    """Return the columns that are declared to vary."""
    return [(table, column) for table in TABLES for column in table.columns if column.varies]


def texts() -> list[tuple[Table, Column]]:
    """Return the text columns whose words are compared as they are written."""
    return [(table, column) for table in TABLES for column in table.columns if column.type == "text"]


_TWICE: Final = (
    (
        "treatments",
        "start",
        ("patient_id", "agent", "start_day"),
        ("stop_day", "dose"),
        "{agent} on day {start_day}",
    ),
    (
        "measurements",
        "value",
        ("patient_id", "analyte", "day", "specimen", "method"),
        ("text",),
        "{analyte} on day {day}",
    ),
    ("events", "grade", ("patient_id", "event", "day", "site", "cause"), ("grade",), "{event} on day {day}"),
    ("follow_up", "date", ("patient_id", "day"), ("alive", "disease_status"), "the contact on day {day}"),
)

RULES: Final[tuple[Rule, ...]] = (
    *(
        Rule(
            "records.coverage",
            "note",
            table.name,
            column.name,
            "the column is filled in fewer rows than half: empty in {count} of {total}: {rows}",
            _coverage(table, column),
            "complete it, or leave the column out: comparisons by it are of a chosen few",
            kahn=COMPLETENESS,
        )
        for table, column in optional()
    ),
    *(
        Rule(
            "records.constant_column",
            "note",
            table.name,
            column.name,
            "the column has the same value in all of {count} rows",
            _constant(table, column),
            "is it a value that was filled in for everybody?",
            kahn=ATEMPORAL,
        )
        for table, column in varying()
    ),
    Rule(
        "records.constant_result",
        "note",
        "measurements",
        "value",
        "all of {count} results of {analyte} are the same number",
        _constant_result,
        "is it a value that was filled in for everybody?",
        kahn=ATEMPORAL,
    ),
    Rule(
        "records.constant_day",
        "note",
        "events",
        "date",
        "all of {count} events {event} are on day {day}",
        _constant_day,
        "is it a day that was filled in for everybody?",
        kahn=TEMPORAL,
    ),
    *(
        Rule(
            "records.before_birth",
            "error",
            table.name,
            column.name,
            "a day ({day}) before the birth of a patient aged {aged:g} at day 0",
            _before_birth(table, column),
            "correct the date, or the age",
            kahn=TEMPORAL,
        )
        for table, column in dated()
    ),
    *(
        Rule(
            "records.unusual_value",
            "warning",
            "measurements",
            "value",
            "{analyte} of {value:g} is unusual",
            _unusual(analyte),
            "is the unit right?",
            f"{low:g} to {high:g}",
            _JUDGED,
            needs=(analyte,),
            kahn=ATEMPORAL,
        )
        for analyte, (low, high) in USUAL.items()
    ),
    Rule(
        "records.day_far_from_others",
        "note",
        "events",
        "date",
        "{event} on day {day}, far from others (half of them on days {low:.0f} to {high:.0f})",
        _day_outliers,
        "correct the day if it is wrong",
        source=_JUDGED,
        kahn=TEMPORAL,
    ),
    *(
        Rule(
            "records.spellings",
            "note",
            table.name,
            column.name,
            "{count} words of the column differ from another in letter case, blanks or signs only",
            _spellings(table, column),
            "write the same thing in the same way: groups are made from the words as they are",
            kahn=VALUE,
        )
        for table, column in texts()
    ),
    *(
        Rule(
            "records.filled_in_some_years",
            "note",
            table.name,
            column.name,
            "the column is filled in {earlier}% of transplants up to {year}, and in {later}% of later ones",
            _drift(table, column),
            "a comparison by this column compares years",
            kahn=COMPLETENESS,
        )
        for table, column in optional()
    ),
    *(
        Rule(
            "records.twice_on_a_day",
            "warning",
            table,
            column,
            f"{what} is also in row {{first}}, with other values",
            _twice_on_a_day(table, same=same, other=other),
            "keep the one that is right, or say what tells them apart",
            kahn=UNIQUENESS,
        )
        for table, column, same, other, what in _TWICE
    ),
)
