"""Administrative censoring: what the records would have held on the day of the data cut-off."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from dayzero.endpoints.course import course_of
from dayzero.endpoints.frames import collect, lazy
from dayzero.errors import BadInputError
from dayzero.records.findings import Finding, Where, worst_first

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator

    from dayzero.records.model import Records

#: The column that says when a fact of each table became known; patients carry no day.
_KNOWN_ON = {
    "treatments": "start_day",
    "transplants": "day",
    "measurements": "day",
    "events": "day",
    "follow_up": "day",
}


def at_cutoff(records: Records, cutoff: datetime.date) -> Records:
    """Return what the records would have held at the data cut-off.

    Events, results, treatments and transplants later than the cut-off are left out; a fact without a day
    stays. A patient known alive past it ends follow-up on the cut-off day, by a contact that no source row
    states. Its disease status is known when later facts show that no relapse had happened by then, else
    ``unknown``. A patient transplanted after the cut-off leaves with all facts. Given times are cut and
    censored.

    Parameters
    ----------
    records : Records
        Tables on any engine; the tables returned are Polars, because the key to the calendar never leaves.
    cutoff : datetime.date
        The last day on which facts count.

    Returns
    -------
    Records
        With findings that count what was left out added to those the records had.

    Raises
    ------
    BadInputError
        When the source holds no dates, so that no day of the calendar can be found.
    """
    if records.key is None or records.key.is_empty():
        what = "a data cut-off needs the calendar, but the source holds days and no dates"
        hint = "give dates in the source, or leave data_cutoff out: its follow-up already ends somewhere"
        raise BadInputError(what, hint=hint)
    days = records.key.select(
        "patient_id", (pl.lit(cutoff) - pl.col("day0")).dt.total_days().alias("cutoff_day")
    )
    seen = days.filter(pl.col("cutoff_day") >= 0)
    course = course_of(records).frame.join(seen, on="patient_id", how="inner")
    tables = {name: collect(lazy(records, name)) for name in records.tables}
    kept = {name: _seen(name, table, seen) for name, table in tables.items()}
    left_out = {
        name: _within(table, seen).height - kept[name].height
        for name, table in tables.items()
        if name in _KNOWN_ON
    }
    kept["follow_up"] = pl.concat([kept["follow_up"], _ends(course)], how="diagonal")
    given, cut = _cut_given(records.given, seen)
    found = [
        *records.findings,
        *_findings(records, days, cutoff),
        *_counted({**left_out, "given times": cut}, cutoff),
    ]
    return replace(records, tables=kept, given=given, key=records.key, findings=worst_first(found))


def _within(table: pl.DataFrame, seen: pl.DataFrame) -> pl.DataFrame:
    return table.join(seen, on="patient_id", how="inner")


def _seen(name: str, table: pl.DataFrame, seen: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of one table that were known at the cut-off."""
    known = _within(table, seen)
    if name in _KNOWN_ON:
        day = pl.col(_KNOWN_ON[name])
        known = known.filter((day <= pl.col("cutoff_day")) | day.is_null())
    if name == "treatments":
        stop = pl.col("stop_day")
        known = known.with_columns(pl.when(stop <= pl.col("cutoff_day")).then(stop).alias("stop_day"))
    return known.drop("cutoff_day")


def _ends(course: pl.DataFrame) -> pl.DataFrame:
    """Return the contact on the cut-off day of each patient known alive past it."""
    cut, death, relapse = pl.col("cutoff_day"), pl.col("death_day"), pl.col("relapse_day")
    past = pl.max_horizontal("death_day", "relapse_day", "contact_day") > cut
    dead = (death <= cut).fill_null(value=False)
    no_hidden_relapse = pl.col("in_relapse_day").is_null() & ~pl.col("died_of_disease")
    seen_later = (pl.max_horizontal("death_day", "status_day") > cut).fill_null(value=False)
    known = relapse.is_not_null() | (no_hidden_relapse & seen_later)
    return course.filter(past & ~dead).select(
        pl.lit(None, pl.Int64).alias("row"),
        "patient_id",
        cut.alias("day"),
        pl.lit("yes").alias("alive"),
        pl.when(~known).then(pl.lit("unknown")).alias("disease_status"),
    )


def _cut_given(given: pl.DataFrame, seen: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    known = given.join(seen, on="patient_id", how="inner")
    later = pl.col("time") > pl.col("cutoff_day")
    cut = known.with_columns(
        pl.when(later).then(pl.lit("censored")).otherwise("outcome").alias("outcome"),
        pl.min_horizontal("time", "cutoff_day").cast(pl.Float64).alias("time"),
    )
    return cut.select(given.columns), known.filter(later).height


def _findings(records: Records, days: pl.DataFrame, cutoff: datetime.date) -> Iterator[Finding]:
    after = days.filter(pl.col("cutoff_day") < 0).height
    if after:
        yield Finding(
            "endpoints.transplanted_after_cutoff",
            "note",
            f"{after} patients were transplanted after the data cut-off of {cutoff.isoformat()} and are "
            "left out",
            Where("transplants"),
        )
    patients = collect(lazy(records, "patients").select("patient_id", "row"))
    for row in patients.join(days, on="patient_id", how="anti").sort("row").iter_rows(named=True):
        yield Finding(
            "endpoints.no_date_of_day_0",
            "error",
            f"the patient's day 0 has no date, so that the data cut-off of {cutoff.isoformat()} cannot be "
            "applied; "
            "the patient is left out",
            records.places.where("patients", row["row"], None, row["patient_id"]),
            hint="give the date of the first allogeneic transplant",
        )
    late = sorted(name for name, note in records.variables.items() if note.known != "day 0")
    if late:
        yield Finding(
            "endpoints.variables_not_cut",
            "warning",
            f"variables known after day 0 carry no day, so that the data cut-off does not apply to them: "
            f"{', '.join(late)}",
            Where("patients"),
        )


def _counted(left_out: dict[str, int], cutoff: datetime.date) -> Iterator[Finding]:
    counts = [f"{name} {count}" for name, count in left_out.items() if count]
    if counts:
        yield Finding(
            "endpoints.after_cutoff",
            "note",
            f"{sum(left_out.values())} facts later than the data cut-off of {cutoff.isoformat()} are not "
            "used "
            f"({', '.join(counts)})",
        )
