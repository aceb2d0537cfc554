"""Overall grade of acute GVHD from organ stages recorded in events, on the engine that holds them.

An organ stage is an events row: event ``aGVHD``, site the organ, grade such as ``stage 2``. The stages of one
day make one assessment; an organ without a row that day was not involved. The rules are those of
``gvhd_stages``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from dayzero.endpoints.course_findings import Check, run
from dayzero.endpoints.frames import HAPPENED, choose, collect, lazy
from dayzero.endpoints.gvhd.grades import GRADES
from dayzero.endpoints.memo import remembered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dayzero.records.findings import Finding
    from dayzero.records.model import Records
    from dayzero.records.places import Places

#: Words of a site that name an organ; the first that fits decides.
_ORGANS = {
    "skin": r"skin|cutaneous",
    "liver": r"liver|hepat",
    "upper_gi": r"upper|stomach|gastric",
    "lower_gi": r"\bgi\b|gut|lower|intestin|colon|bowel",
}
_COLUMNS = ("patient_id", "row", "day", "event", "occurred", "grade", "cause")
_grade = nw.col("grade").fill_null("").str.to_lowercase().str.strip_chars()
_site = nw.col("site").fill_null("").str.to_lowercase()
_IS_STAGE = (
    (nw.col("event") == "aGVHD")
    & _grade.str.contains(r"^stage")
    & _site.str.contains("|".join(_ORGANS.values()))
)
_STAGES = [(_grade.str.contains(rf"^stage[: ]*{n}$"), nw.lit(n)) for n in range(5)]
_NOT_READ = -1


def graded_events(records: Records) -> nw.LazyFrame[Any]:
    """Return the events with organ stages replaced by the overall grade of their day.

    A grade that the centre recorded for a day stands; the one from stages is then left to a finding. A stage
    that cannot be read leaves a grade that says nothing.

    Returns
    -------
    narwhals.LazyFrame
        ``patient_id``, ``row``, ``day``, ``event``, ``occurred``, ``grade`` and ``cause``.
    """
    return remembered(records, "graded events", _graded_events)


def _graded_events(records: Records) -> nw.LazyFrame[Any]:
    events = lazy(records, "events")
    if not has_stages(records):
        return events.select(*_COLUMNS)
    recorded = events.filter(~_IS_STAGE).select(*_COLUMNS)
    graded = (
        recorded.filter((nw.col("event") == "aGVHD") & HAPPENED & (_grade != "") & ~nw.col("day").is_null())
        .select("patient_id", "day")
        .unique()
    )
    derived = _assessments(events).join(graded, on=["patient_id", "day"], how="anti")
    return nw.concat(
        [
            recorded,
            derived.with_columns(
                nw.lit("aGVHD").alias("event"),
                nw.lit("yes").alias("occurred"),
                _named(nw.col("overall")).alias("grade"),
                nw.lit(None, nw.String).alias("cause"),
            ).select(*_COLUMNS),
        ]
    )


def has_stages(records: Records) -> bool:
    """Return whether any organ stage is recorded."""

    def look(made: Records) -> bool:
        return collect(lazy(made, "events").filter(_IS_STAGE).select("patient_id").head(1)).height > 0

    return remembered(records, "organ stages", look)


def staged_rows(records: Records) -> pl.DataFrame:
    """Return ``patient_id``, ``row``, ``day``, ``overall`` and ``by`` of each assessment from stages."""

    def make(made: Records) -> pl.DataFrame:
        found = collect(_assessments(lazy(made, "events")))
        by = pl.when(pl.col("glucksberg") == 1).then(pl.lit("Glucksberg")).otherwise(pl.lit("MAGIC"))
        return found.with_columns(by.alias("by"), pl.col("row", "day", "overall").cast(pl.Int64)).sort(
            "patient_id", "day", "row"
        )

    return remembered(records, "staged rows", make)


def _assessments(events: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Return the overall grade of each patient and day with organ stages; -1 when a stage cannot be read."""
    stage = choose(_STAGES, nw.lit(_NOT_READ))
    system = nw.col("system").fill_null("").str.to_lowercase()
    named = choose([(_site.str.contains(pattern), nw.lit(o)) for o, pattern in _ORGANS.items()], nw.lit(""))
    rows = (
        events.filter(_IS_STAGE & HAPPENED)
        .with_columns(
            named.alias("organ"),
            stage.alias("stage"),
            nw.when(system.str.contains("glucksberg")).then(1).otherwise(0).alias("glucksberg"),
        )
        .with_columns(
            nw.when(nw.col("organ") == organ).then(nw.col("stage")).otherwise(0).alias(organ)
            for organ in _ORGANS
        )
    )
    return (
        rows.group_by("patient_id", "day")
        .agg(
            nw.col("row").min(),
            nw.col("stage").min(),
            nw.col("glucksberg").max(),
            *(nw.col(organ).max() for organ in _ORGANS),
        )
        .with_columns(_overall().alias("overall"))
    )


def _overall() -> nw.Expr:
    """Write ``magic_grade`` and ``glucksberg_grade`` as an expression of the four columns of stages."""
    skin, liver, upper, lower = (nw.col(organ) for organ in _ORGANS)
    magic = nw.col("glucksberg") == 0
    gut = nw.max_horizontal("upper_gi", "lower_gi")
    return choose(
        [
            (nw.col("stage") == _NOT_READ, nw.lit(_NOT_READ)),
            ((skin == 4) | (liver == 4) | (magic & (lower == 4)), nw.lit(4)),
            ((liver >= 2) | (magic & (lower >= 2)) | (~magic & (gut >= 2)), nw.lit(3)),
            ((skin == 3) | (liver == 1) | (upper >= 1) | (lower == 1), nw.lit(2)),
            (skin >= 1, nw.lit(1)),
        ],
        nw.lit(0),
    )


def _named(overall: nw.Expr) -> nw.Expr:
    return choose([(overall == n, nw.lit(str(n))) for n in range(5)], nw.lit("stages not read"))


def mark_staged(decided: pl.DataFrame, records: Records) -> pl.DataFrame:
    """Say of an acute GVHD whose grade comes from organ stages that it does."""
    if not has_stages(records):
        return decided
    by = staged_rows(records).select("patient_id", pl.col("row").alias("yes_row"), "by")
    marked = decided.join(by, on=["patient_id", "yes_row"], how="left").sort("patient_id")
    derived = pl.col("by").is_not_null() & (pl.col("cause") == 1)
    return marked.with_columns(
        pl.when(derived)
        .then(pl.concat_str("why", pl.lit("; graded from organ stages, "), "by"))
        .otherwise("why")
        .alias("why"),
        pl.when(derived).then(pl.lit("derived")).otherwise("flags").alias("flags"),
    )


def staging_findings(records: Records, places: Places, item: str) -> Iterator[Finding]:
    """Yield where the recorded grade of a day is not the one that its organ stages give."""
    if not has_stages(records):
        return
    recorded = collect(
        lazy(records, "events")
        .filter(~_IS_STAGE, nw.col("event") == "aGVHD", HAPPENED)
        .select("patient_id", "day", nw.col("row").alias("recorded_row"), _grade.alias("recorded"))
    ).with_columns(pl.col("day", "recorded_row").cast(pl.Int64))
    word = pl.col("recorded").str.replace_all(r"grade|overall|[:. ]|magic|glucksberg", "")
    reads = {text: list(range(low, high + 1)) for text, (low, high) in GRADES.items()}
    both = (
        staged_rows(records)
        .filter(pl.col("overall") != _NOT_READ)
        .join(recorded, on=["patient_id", "day"])
        .with_columns(word.replace_strict(reads, default=None, return_dtype=pl.List(pl.Int64)).alias("reads"))
        .sort("recorded_row")
    )
    if both.height:
        yield from run([_DISAGREES], both, places, item)


_DISAGREES = Check(
    "endpoints.grade_disagrees",
    "warning",
    ~pl.col("reads").list.contains(pl.col("overall")),
    "events",
    "recorded_row",
    "the recorded grade of acute GVHD on day {day} is '{recorded}', its organ stages give grade {overall} "
    "({by}); the recorded grade is used",
    "check the grade, its system and the stages",
)
