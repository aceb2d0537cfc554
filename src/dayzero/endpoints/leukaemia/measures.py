"""A result that decides: the last MRD before transplant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from dayzero.endpoints.assemble import assemble
from dayzero.endpoints.course import course_of
from dayzero.endpoints.deciding import NOT_TRANSPLANTED, NOTHING, Reason, excluded, joined, number, sentence
from dayzero.endpoints.deciding import choose as choose_word
from dayzero.endpoints.frames import DAY, ROW, ROWS, choose, collect, lazy
from dayzero.endpoints.leukaemia.mrd import ranked_results, status_word
from dayzero.errors import RefusalError
from dayzero.records.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dayzero.endpoints.definition import Definition, DerivedEndpoint
    from dayzero.endpoints.options import Options
    from dayzero.records.model import Records
    from dayzero.records.places import Places

_value = nw.col("value")
_operator = nw.col("operator").fill_null("=")
_word = nw.col("text").fill_null("").str.to_lowercase().str.strip_chars()

#: How sure a result is; of several results on one day the worse one counts.
MRD_UNCLEAR, MRD_NEGATIVE, MRD_POSITIVE = 0, 1, 2


def last_mrd(records: Records, options: Options) -> nw.LazyFrame[Any]:
    """Classify the last MRD result in the days before transplant.

    Negative is a level below the cut-off by an assay that can see the cut-off; a result without a stated
    sensitivity is believed. On one day a positive result outweighs a negative one, and that an unclear one.

    Returns
    -------
    narwhals.LazyFrame
        ``patient_id``, ``mrd_day``, ``mrd_class`` (0 unclear, 1 negative, 2 positive), ``mrd_row``,
        ``mrd_unstated_row`` (negative, of an assay whose sensitivity is not stated) and ``mrd_not_done_row``.
    """
    rows = lazy(records, "measurements").filter(
        nw.col("analyte") == "MRD", DAY.is_between(-options.mrd_window_days, 0)
    )
    grade = nw.col("mrd_class")
    not_seen = _value.is_null() | (_value == 0) | _operator.is_in(["<", "≤"])
    unstated = (grade == MRD_NEGATIVE) & nw.col("sensitivity").is_null() & not_seen
    marked = rows.with_columns(mrd_class(options.mrd_negative_below).alias("mrd_class")).with_columns(
        nw.when(~grade.is_null()).then(DAY).alias("mrd_day"),
        nw.when(unstated).then(ROW).alias("mrd_unstated_row"),
        nw.when(_word == "not done").then(ROW).alias("mrd_not_done_row"),
    )
    return _last(marked, "mrd", worst="max", beside=("mrd_unstated_row", "mrd_not_done_row"))


def _rules(records: Records, options: Options) -> pl.DataFrame:
    """Return by what status the last result before transplant is read: ``status_day``, ``rule``."""
    rows = ranked_results(records).filter(DAY.is_between(-options.mrd_window_days, 0))
    last = last_class(rows, "status", nw.col("mrd_rank")).select(
        "patient_id", "status_day", status_word(nw.col("status_class")).alias("rule")
    )
    return collect(last)


def unstated_sensitivity(classes: pl.Series, unstated: pl.Series, places: Places) -> Iterator[Finding]:
    """Yield how many patients are MRD negative by an assay whose sensitivity is not stated."""
    negative = classes == MRD_NEGATIVE
    count = int((negative & unstated.is_not_null()).sum())
    if count:
        yield Finding(
            "endpoints.mrd_sensitivity_not_stated",
            "note",
            f"{count} of {int(negative.sum())} patients are MRD negative before transplant by a result whose "
            "sensitivity is not stated; the result is believed",
            places.where("measurements", None, "sensitivity", None, "MRD"),
            hint="record the sensitivity: a negative result of an assay that cannot see the cut-off is not "
            "negative",
            source="Gökbuget et al., Blood 2024 (ELN ALL): a report states level and sensitivity",
        )


def mrd_class(cut: float) -> nw.Expr:
    """Classify one result; null when it is none (not done, unknown, empty)."""
    blind = nw.col("sensitivity").fill_null(0.0) > cut
    unit = nw.col("unit").fill_null("fraction") != "fraction"
    below = (_operator.is_in(["=", "≤"]) & (_value < cut)) | ((_operator == "<") & (_value <= cut))
    above = _operator.is_in(["=", "≥", ">"]) & (_value >= cut)
    negative, positive, unclear = nw.lit(MRD_NEGATIVE), nw.lit(MRD_POSITIVE), nw.lit(MRD_UNCLEAR)
    return choose(
        [
            (_word == "positive", positive),
            ((_word == "negative") & ~blind, negative),
            (_word.is_in(["negative", "positive not quantifiable"]), unclear),
            (_value.is_null(), nw.lit(None, nw.Int64)),
            (unit, unclear),
            (above, positive),
            (below & ~blind, negative),
        ],
        unclear,
    )


def last_class(
    rows: nw.LazyFrame[Any], name: str, grade: nw.Expr, beside: tuple[str, ...] = ()
) -> nw.LazyFrame[Any]:
    """Return the class of each patient's last result; of several on that day the highest.

    Parameters
    ----------
    rows : narwhals.LazyFrame
        Results that are candidates.
    name : str
        Gives the columns ``<name>_day``, ``<name>_class`` and ``<name>_row``.
    grade : narwhals.Expr
        Class of a result, a number; null when it is none.
    beside : tuple of str
        Columns of which the least value on that day is kept.
    """
    marked = rows.with_columns(grade.alias(f"{name}_class"))
    dated = marked.with_columns(nw.when(~nw.col(f"{name}_class").is_null()).then(DAY).alias(f"{name}_day"))
    return _last(dated, name, worst="max", beside=beside)


def _last(frame: nw.LazyFrame[Any], name: str, worst: str, beside: tuple[str, ...]) -> nw.LazyFrame[Any]:
    """Keep the worst class of the last day with a result, its row, and the least of ``beside``."""
    day, grade = nw.col(f"{name}_day"), nw.col(f"{name}_class").cast(nw.Int64)
    last = nw.col("last_day")
    marked = frame.with_columns(day.max().over("patient_id").alias("last_day")).with_columns(
        nw.when(day == last).then(grade).alias(f"{name}_class"),
        nw.when(day == last).then(grade * ROWS + ROW).alias(f"{name}_row"),
        *(nw.when((day == last) | day.is_null()).then(nw.col(column)).alias(column) for column in beside),
    )
    classes = [nw.col(f"{name}_class"), nw.col(f"{name}_row")]
    grouped = marked.group_by("patient_id").agg(
        last.max().alias(f"{name}_day"),
        *(column.max() if worst == "max" else column.min() for column in classes),
        *(nw.col(column).min() for column in beside),
    )
    row = nw.col(f"{name}_row") - nw.col(f"{name}_class") * ROWS
    return grouped.with_columns(row.alias(f"{name}_row"))


def derive_measured(definition: Definition, records: Records, options: Options) -> DerivedEndpoint:
    """Derive ``mrd_negative_before_transplant``; no or unclear result: missing.

    Raises
    ------
    RefusalError
        When nobody has such a result.
    """
    course = course_of(records)
    measured = collect(last_mrd(records, options))
    window = f"in the {options.mrd_window_days} days before day 0"
    grade = pl.col("mrd_class")
    if measured.select(grade.is_null().all()).item() and course.frame.height:
        what = f"{definition.name} cannot be derived: no result {window} is recorded for anyone"
        raise RefusalError(what, instead="record the results in measurements, or leave this endpoint out")
    label, row = "MRD negative", course.cite("measurements", "mrd_row")
    told = joined(" on day ", number("mrd_day"), row, pl.col("rule"))
    happened = grade == MRD_NEGATIVE
    reasons = [
        *NOT_TRANSPLANTED,
        Reason(grade.is_null(), f"no result {window}"),
        Reason(grade == MRD_UNCLEAR, f"the last result does not say whether it is {label}", row),
    ]
    read = measured.join(_rules(records, options), on="patient_id", how="left").with_columns(
        pl.when(pl.col("status_day") == pl.col("mrd_day")).then(sentence(": ", pl.col("rule"))).alias("rule")
    )
    decided = course.frame.join(read, on="patient_id", how="left").select(
        "patient_id",
        # What was known at transplant has no day after it.
        pl.lit(None, pl.Int64).alias("time"),
        happened.cast(pl.Int64).alias("cause"),
        choose_word([(happened, sentence(label, told))], sentence(f"not {label}", told)).alias("why"),
        pl.lit("").alias("flags"),
        NOTHING.alias("blocked"),
        *excluded(reasons),
    )
    found = unstated_sensitivity(measured["mrd_class"], measured["mrd_unstated_row"], course.places)
    return assemble(definition, decided, (label,), found)
