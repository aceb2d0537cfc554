"""Results that decide: the last MRD before transplant, the last chimerism after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw

from dayzero.endpoints.assemble import assemble
from dayzero.endpoints.eligibility import first_reason, transplanted
from dayzero.endpoints.frames import DAY, ROW, ROWS, choose, collect, lazy
from dayzero.endpoints.options import STANDARD
from dayzero.endpoints.wording import number, sentence
from dayzero.errors import RefusalError

if TYPE_CHECKING:
    from dayzero.endpoints.course import Course
    from dayzero.endpoints.definition import Definition, DerivedEndpoint
    from dayzero.endpoints.options import Options
    from dayzero.records.model import Records

_value = nw.col("value")
_operator = nw.col("operator").fill_null("=")
_word = nw.col("text").fill_null("").str.to_lowercase().str.strip_chars()

#: How sure a result is; of several results on one day the worse one counts.
MRD_UNCLEAR, MRD_NEGATIVE, MRD_POSITIVE = 0, 1, 2
NOT_FULL, FULL_UNCLEAR, FULL = 0, 1, 2


def last_mrd(records: Records, options: Options) -> nw.LazyFrame[Any]:
    """Classify the last MRD result in the days before transplant.

    Negative is a level below the cut-off by an assay that can see the cut-off; a result without a stated
    sensitivity is believed. On one day a positive result outweighs a negative one, and that an unclear one.

    Returns
    -------
    narwhals.LazyFrame
        ``patient_id``, ``mrd_day``, ``mrd_class`` (0 unclear, 1 negative, 2 positive), ``mrd_row``,
        ``mrd_sensitivity`` (null: not stated) and ``mrd_not_done_row``.
    """
    rows = lazy(records, "measurements").filter(
        nw.col("analyte") == "MRD", DAY.is_between(-options.mrd_window_days, 0)
    )
    marked = rows.with_columns(_mrd_class(options.mrd_negative_below).alias("mrd_class")).with_columns(
        nw.when(~nw.col("mrd_class").is_null()).then(DAY).alias("mrd_day"),
        nw.when(_word == "not done").then(ROW).alias("mrd_not_done_row"),
        nw.col("sensitivity").alias("mrd_sensitivity"),
    )
    return _last(marked, "mrd", worst="max", beside=("mrd_not_done_row", "mrd_sensitivity"))


def _mrd_class(cut: float) -> nw.Expr:
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


def last_chimerism(records: Records, options: Options) -> nw.LazyFrame[Any]:
    """Classify the last chimerism after transplant; of several lineages on that day the lowest counts.

    Returns
    -------
    narwhals.LazyFrame
        ``patient_id``, ``chimerism_day``, ``chimerism_class`` (0 not full, 1 unclear, 2 full),
        ``chimerism_row`` and ``chimerism_pct``, the lowest percent of donor cells that day.
    """
    rows = lazy(records, "measurements").filter(nw.col("analyte") == "chimerism", DAY > 0)
    percent = nw.col("unit").fill_null("%") == "%"
    marked = rows.filter(~_value.is_null(), percent).with_columns(
        _chimerism_class(options.full_chimerism_above).alias("chimerism_class"),
        DAY.alias("chimerism_day"),
        _value.alias("chimerism_pct"),
    )
    return _last(marked, "chimerism", worst="min", beside=("chimerism_pct",))


def _chimerism_class(cut: float) -> nw.Expr:
    above = (_operator.is_in(["=", "≥"]) & (_value > cut)) | ((_operator == ">") & (_value >= cut))
    below = _operator.is_in(["=", "≤", "<"]) & (_value <= cut)
    return choose([(above, nw.lit(FULL)), (below, nw.lit(NOT_FULL))], nw.lit(FULL_UNCLEAR))


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


@dataclass(frozen=True)
class _Result:
    """How a class of result reads as a proportion."""

    name: str
    label: str
    wanted: int
    unclear: int
    where: str


def derive_measured(
    definition: Definition, records: Records, course: Course, options: Options = STANDARD
) -> DerivedEndpoint:
    """Derive ``mrd_negative_before_transplant`` or ``full_chimerism``; no or unclear result: missing.

    Raises
    ------
    RefusalError
        When nobody has such a result.
    """
    if definition.name == "full_chimerism":
        measured = collect(last_chimerism(records, options))
        result = _Result("chimerism", "full donor chimerism", FULL, FULL_UNCLEAR, "after day 0")
    else:
        measured = collect(last_mrd(records, options))
        window = f"in the {options.mrd_window_days} days before day 0"
        result = _Result("mrd", "MRD negative", MRD_NEGATIVE, MRD_UNCLEAR, window)
    name = result.name
    if measured[f"{name}_class"].is_null().all() and course.frame.height:
        what = f"{definition.name} cannot be derived: no result {result.where} is recorded for anyone"
        raise RefusalError(what, instead="record the results in measurements, or leave this endpoint out")
    joined = nw.from_native(course.frame.join(measured, on="patient_id", how="left")).lazy()
    happened = nw.col(f"{name}_class") == result.wanted
    told = sentence(" on day ", number(f"{name}_day"), course.cite("measurements", f"{name}_row"))
    decided = joined.with_columns(
        nw.when(nw.lit(name == "chimerism")).then(nw.col(f"{name}_day")).alias("time"),
        nw.when(happened).then(nw.lit(1)).otherwise(nw.lit(0)).alias("cause"),
        choose([(happened, sentence(result.label, told))], sentence(f"not {result.label}", told)).alias(
            "why"
        ),
        nw.lit("").alias("flags"),
        nw.lit(None, nw.String).alias("blocked"),
        first_reason(
            [
                *transplanted(),
                (nw.col(f"{name}_class").is_null(), nw.lit(f"no result {result.where}")),
                (
                    nw.col(f"{name}_class") == result.unclear,
                    sentence(f"the last result does not say whether it is {result.label}", told),
                ),
            ]
        ).alias("excluded"),
    )
    return assemble(definition, collect(decided), (result.label,))
