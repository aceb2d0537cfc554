"""What became known of GVHD after transplant: onset, maximum grade, type, flares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from dayzero.endpoints.course import course_of
from dayzero.endpoints.deciding import choose
from dayzero.endpoints.definition import Variable
from dayzero.endpoints.frames import DAY, DENIED, HAPPENED, NOT_KNOWN, collect, lazy
from dayzero.endpoints.gvhd.staging import graded_events
from dayzero.endpoints.gvhd.steroid_refractory import grades
from dayzero.endpoints.memo import remembered
from dayzero.endpoints.variables.family import Family

if TYPE_CHECKING:
    from dayzero.records.model import Records

_AFTER = "after day 0"
_TYPES = "EBMT Handbook 2024, chapter 43, table 43.1, doi 10.1007/978-3-031-44080-9_43"
#: Days. Later acute GVHD is persistent, recurrent or late-onset.
_CLASSIC_TO = 100
_QUIESCENT = 30
#: Later than any day.
_NEVER = 2**31
NOTES = (
    Variable(
        "agvhd_onset_day",
        "Onset of acute GVHD",
        "number",
        _AFTER,
        "days",
        "first day after day 0 with acute GVHD of any grade but 0, as recorded or graded from organ stages",
    ),
    Variable(
        "agvhd_max_grade",
        "Maximum grade of acute GVHD",
        "number",
        _AFTER,
        "",
        "the highest overall grade after day 0, 0 to 4, as recorded or from organ stages; 0 when none is "
        "recorded and the source lists what happened; not known when a grade could be higher (such as "
        "II-IV)",
    ),
    Variable(
        "agvhd_type",
        "Type of acute GVHD",
        "category",
        _AFTER,
        source=_TYPES
        + ": classic to day 100; after it late-onset, persistent (less than 30 days after the last) or "
        "recurrent; not known when chronic GVHD was there by then, whose features decide",
    ),
    Variable(
        "agvhd_flares",
        "Flares of acute GVHD",
        "number",
        _AFTER,
        source="CIBMTR forms manual: acute GVHD after at least 30 days without is a new episode; a grade 0 "
        "between them shows that it was gone",
    ),
    Variable(
        "cgvhd_type",
        "Type of chronic GVHD",
        "category",
        _AFTER,
        source=_TYPES
        + ": classic or overlap, only where a chronic GVHD row says so in grade, system or detail",
    ),
)


def gvhd_families(records: Records) -> tuple[Family, ...]:
    """Return the variables of acute and chronic GVHD."""
    acute = remembered(records, "course of acute GVHD", _acute)
    return (
        Family(nw.from_native(acute.lazy()), NOTES[:4]),
        Family(nw.from_native(_chronic_type(records).lazy()), NOTES[4:]),
    )


def _acute(records: Records) -> pl.DataFrame:
    course = course_of(records)
    followed = course.frame.filter(pl.col("first_day") == 0).select(
        "patient_id", pl.coalesce("death_day", "contact_day").alias("end")
    )
    said, episodes = collect(_said(records)), collect(_episodes(records))
    any_row = bool(said["yes"].is_not_null().any() or said["no"].is_not_null().any())
    listed = any_row and not (course.flat and bool(said["no"].is_not_null().any()))
    whole = followed
    for part in (said, episodes, _chronic_onset(records)):
        whole = whole.join(part, on="patient_id", how="left")
    whole = whole.with_columns(pl.exclude("patient_id").cast(pl.Int64))
    silent = pl.col("unknown").is_null() & pl.lit(listed) & pl.col("end").is_not_null()
    none = pl.col("yes").is_null() & (pl.col("no").is_not_null() | silent)
    onset = pl.col("onset")
    dated = onset.is_not_null() & pl.col("undated").is_null()
    return whole.select(
        "patient_id",
        onset.alias("agvhd_onset_day"),
        choose(
            [
                (none, pl.lit(0)),
                ((pl.col("open") == 0) & pl.col("undated").is_null(), pl.col("highest")),
            ],
            pl.lit(None, pl.Int64),
        ).alias("agvhd_max_grade"),
        _type().alias("agvhd_type"),
        choose([(none, pl.lit(0)), (dated, pl.col("flares"))], pl.lit(None, pl.Int64)).alias("agvhd_flares"),
    )


def _type() -> pl.Expr:
    onset = pl.col("onset")
    late = onset > _CLASSIC_TO
    chronic_by_then = pl.col("chronic_day") <= pl.max_horizontal("onset", "last_active")
    unsure = chronic_by_then & (pl.col("last_active") > _CLASSIC_TO)
    return choose(
        [
            (unsure, pl.lit(None, pl.String)),
            (late, pl.lit("late-onset")),
            (pl.col("late_flares") > 0, pl.lit("recurrent")),
            (pl.col("last_active") > _CLASSIC_TO, pl.lit("persistent")),
            (onset.is_not_null(), pl.lit("classic")),
        ],
        pl.lit(None, pl.String),
    )


def _said(records: Records) -> nw.LazyFrame[Any]:
    """Return for each patient a row that says yes, no or unknown, and one that has no day."""
    rows = graded_events(records).filter(nw.col("event") == "aGVHD", (DAY >= 0) | DAY.is_null())
    whole_no = DENIED & (nw.col("grade").fill_null("") == "")
    marks = {"yes": HAPPENED, "no": whole_no, "unknown": NOT_KNOWN, "undated": HAPPENED & DAY.is_null()}
    return (
        rows.with_columns(*(nw.when(is_it).then(nw.col("row")).alias(name) for name, is_it in marks.items()))
        .group_by("patient_id")
        .agg(*(nw.col(name).min() for name in marks))
    )


def _episodes(records: Records) -> nw.LazyFrame[Any]:
    """Return onset, highest grade and flares: an episode begins at least 30 days after a grade 0.

    A day without one clear grade counts as active; ``open`` counts such days.
    """
    clear = grades(records).group_by("patient_id", "day").agg(nw.col("grade").max())
    rows = graded_events(records).filter(nw.col("event") == "aGVHD", HAPPENED, DAY >= 0)
    days = rows.select("patient_id", DAY.cast(nw.Int64).alias("day")).unique()
    days = days.join(clear, on=["patient_id", "day"], how="left")
    grade = nw.col("grade").cast(nw.Int64)
    active = grade.is_null() | (grade > 0)
    days = days.with_columns(nw.when(active).then(1).otherwise(0).alias("active"))
    days = days.with_columns(nw.col("active").cum_sum().over("patient_id", order_by="day").alias("segment"))
    gone = nw.when(nw.col("active") == 0).then(DAY).otherwise(_NEVER)
    days = days.with_columns(gone.alias("gone")).with_columns(
        nw.col("gone").min().over("patient_id", "segment").alias("gone")
    )
    days = days.with_columns(nw.col("gone").shift(1).over("patient_id", order_by="day").alias("gone"))
    is_active = nw.col("active") == 1
    new = is_active & (nw.col("segment") > 1) & (DAY - nw.col("gone") >= _QUIESCENT)
    return (
        days.with_columns(
            nw.when(is_active).then(DAY).alias("onset"),
            nw.when(is_active).then(DAY).alias("last_active"),
            nw.when(grade.is_null()).then(1).otherwise(0).alias("open"),
            nw.when(new.fill_null(value=False)).then(1).otherwise(0).alias("flares"),
            nw.when(new.fill_null(value=False) & (DAY > _CLASSIC_TO))
            .then(1)
            .otherwise(0)
            .alias("late_flares"),
        )
        .group_by("patient_id")
        .agg(
            nw.col("onset").min(),
            nw.col("last_active").max(),
            nw.col("open").sum(),
            nw.col("flares").sum(),
            nw.col("late_flares").sum(),
            nw.col("grade").max().alias("highest"),
        )
    )


def _chronic_onset(records: Records) -> pl.DataFrame:
    rows = lazy(records, "events").filter(nw.col("event") == "cGVHD", HAPPENED, DAY >= 0)
    found = collect(rows.group_by("patient_id").agg(DAY.min().alias("chronic_day")))
    return found.with_columns(pl.col("chronic_day").cast(pl.Int64))


def _chronic_type(records: Records) -> pl.DataFrame:
    said = nw.concat_str(
        [nw.col(name).fill_null("") for name in ("grade", "system", "detail")], separator=" "
    ).str.to_lowercase()
    denied = said.str.contains(r"\b(?:no|not|without)\b[^,;.]*overlap")
    rows = lazy(records, "events").filter(nw.col("event") == "cGVHD", HAPPENED, (DAY >= 0) | DAY.is_null())
    found = collect(
        rows.with_columns(
            nw.when(said.str.contains("overlap") & ~denied).then(1).otherwise(0).alias("overlap"),
            nw.when(said.str.contains(r"\bclassic")).then(1).otherwise(0).alias("classic"),
        )
        .group_by("patient_id")
        .agg(nw.col("overlap").max(), nw.col("classic").max())
    )
    kind = choose(
        [(pl.col("overlap") == 1, pl.lit("overlap")), (pl.col("classic") == 1, pl.lit("classic"))],
        pl.lit(None, pl.String),
    )
    return found.select("patient_id", kind.alias("cgvhd_type"))
