"""Viral DNA in blood by PCR: what a result says, and the first that is positive.

Negative, not done, and detected below the limit of quantification are three answers. No threshold is
universal, and results of plasma and whole blood, or in copies and IU, are not compared: EBMT Handbook 2024,
chapter 38.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from dayzero.endpoints.course import course_of
from dayzero.endpoints.deciding import choose as decide
from dayzero.endpoints.deciding import sentence
from dayzero.endpoints.derived_incidence import competing, complete
from dayzero.endpoints.frames import DAY, ROW, ROWS, choose, collect, lazy
from dayzero.endpoints.memo import remembered
from dayzero.errors import RefusalError
from dayzero.records.findings import Finding, Where
from dayzero.records.schema import ABSENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dayzero.endpoints.definition import Definition, DerivedEndpoint
    from dayzero.endpoints.options import Options
    from dayzero.records.model import Records

#: Endpoint to what is measured and how it is called.
VIRUSES = {
    "cmv_dnaemia": ("CMV DNA", "CMV DNAemia"),
    "ebv_dnaemia": ("EBV DNA", "EBV DNAemia"),
    "adenovirus_dnaemia": ("adenovirus DNA", "adenovirus DNAemia"),
}
NOT_TESTED, NEGATIVE, BELOW, UNCLEAR, POSITIVE = 0, 1, 2, 3, 4
_OTHER = "other"
_VALUE, _OPERATOR = nw.col("value"), nw.col("operator").fill_null("=")
_WORD = nw.col("text").fill_null("").str.to_lowercase().str.strip_chars()
_SPECIMEN = nw.col("specimen").fill_null("").str.to_lowercase().str.strip_chars()
#: Part of the blood, by the words of a specimen; the first that fits decides.
_PARTS = (
    ("plasma", r"plasma"),
    ("serum", r"serum"),
    ("whole blood", r"whole"),
    ("blood cells", r"pbmc|leuco|leuko|lympho|mononuclear|cells"),
    ("blood, part not said", r"\bblood\b|^pb$"),
    ("not stated", r"^$"),
)
SPECIMENS = tuple(part for part, _ in _PARTS)


def part_of_blood() -> nw.Expr:
    """Return the part of the blood that a result is of; ``other`` when it is of no blood."""
    return choose([(_SPECIMEN.str.contains(words), nw.lit(part)) for part, words in _PARTS], nw.lit(_OTHER))


def reading(options: Options) -> nw.Expr:
    """Read a result: not tested, negative, detected below what is asked, not clear, or positive.

    Without a threshold a result with a number, or the word positive, is positive; detected but not
    quantifiable is below. With one, a number in another unit is not clear.
    """
    absent = _WORD.is_in(list(ABSENT)) | (_VALUE.is_null() & (_WORD == ""))
    words = [
        (absent, nw.lit(NOT_TESTED)),
        (_WORD == "negative", nw.lit(NEGATIVE)),
        (_WORD == "positive not quantifiable", nw.lit(BELOW)),
    ]
    zero = _OPERATOR.is_in(["=", "<", "≤"]) & (_VALUE == 0)
    less = _OPERATOR.is_in(["<", "≤"])
    cut = options.dna_threshold
    if cut is None:
        numbers = [(zero, nw.lit(NEGATIVE)), (less, nw.lit(BELOW))]
        return choose([*words, *numbers], nw.lit(POSITIVE))
    unit = nw.col("unit").fill_null("").str.to_lowercase().str.replace_all(" ", "")
    numbers = [
        (_WORD == "positive", nw.lit(UNCLEAR)),
        (zero, nw.lit(NEGATIVE)),
        (unit != options.dna_unit.lower().replace(" ", ""), nw.lit(UNCLEAR)),
        (~less & (cut <= _VALUE), nw.lit(POSITIVE)),
        ((less & (cut >= _VALUE)) | ((_OPERATOR == "=") & (cut > _VALUE)), nw.lit(BELOW)),
    ]
    return choose([*words, *numbers], nw.lit(UNCLEAR))


def tests(name: str, records: Records, analyte: str, options: Options) -> nw.LazyFrame[Any]:
    """Return the PCR results of blood from day 0 on, for an endpoint, with ``state`` and ``part``.

    Raises
    ------
    RefusalError
        When results are of several parts of the blood and none was chosen.
    """

    def of_blood(made: Records) -> nw.LazyFrame[Any]:
        return (
            lazy(made, "measurements")
            .filter(nw.col("analyte") == analyte, DAY >= 0)
            .with_columns(part_of_blood().alias("part"), reading(options).alias("state"))
            .filter(nw.col("part") != _OTHER)
        )

    rows = remembered(records, f"tests of {analyte} {options}", of_blood)
    if options.dna_specimen is not None:
        return rows.filter(nw.col("part") == options.dna_specimen)

    def parts(made: Records) -> list[str]:
        del made
        return sorted(collect(rows.filter(nw.col("state") != NOT_TESTED).select("part").unique())["part"])

    found = remembered(records, f"parts of blood {analyte}", parts)
    if len(found) > 1:
        what = (
            f"{name} cannot be derived: results of {analyte} are of {' and of '.join(found)}; no threshold "
            "holds for all, and they are not compared"
        )
        raise RefusalError(
            what, instead="choose one of them: dna_specimen", source="EBMT Handbook 2024, chapter 38"
        )
    return rows


def first_positive(name: str, records: Records, analyte: str, options: Options) -> pl.DataFrame:
    """Return the first positive result after day 0 of each patient tested after it.

    A result of day 0 was taken before the graft could do anything: it is only the test before the first.

    Returns
    -------
    polars.DataFrame
        ``patient_id``, ``positive_day``, ``positive_row``, ``before_day`` (the last test before it),
        ``test_day`` and ``test_row`` (the last test), ``unclear_day``, ``unclear_row`` and ``test_days``.
    """
    state = nw.col("state")
    tested, after = state != NOT_TESTED, DAY > 0
    positive, unclear = (state == POSITIVE) & after, (state == UNCLEAR) & after
    packed = DAY * ROWS + ROW
    rows = tests(name, records, analyte, options).with_columns(
        nw.when(positive).then(DAY).alias("positive_day"),
        nw.when(positive).then(packed).alias("positive_row"),
        nw.when(unclear).then(DAY).alias("unclear_day"),
        nw.when(unclear).then(packed).alias("unclear_row"),
        nw.when(tested).then(DAY).alias("test_day"),
        nw.when(tested).then(packed).alias("test_row"),
    )
    first = nw.col("positive_day").min().over("patient_id")
    rows = rows.with_columns(nw.when(nw.col("test_day") < first).then(DAY).alias("before_day"))
    least = ("positive_day", "positive_row", "unclear_day", "unclear_row")
    last = ("before_day", "test_day", "test_row")
    grouped = (
        rows.filter(tested)
        .group_by("patient_id")
        .agg(
            *(nw.col(name).min() for name in least),
            *(nw.col(name).max() for name in last),
            DAY.n_unique().alias("test_days"),
        )
    )
    found = (
        collect(grouped).filter(pl.col("test_day") > 0).with_columns(pl.exclude("patient_id").cast(pl.Int64))
    )
    return found.with_columns(
        (pl.col(f"{name}_row") - pl.col(f"{name}_day") * ROWS).alias(f"{name}_row")
        for name in ("positive", "unclear", "test")
    ).sort("patient_id")


def derive_dnaemia(definition: Definition, records: Records, options: Options) -> DerivedEndpoint:
    """Derive the first positive PCR in blood, observed to the last test.

    Death and a second transplant compete when they come within ``pcr_gap_days`` of the last test.

    Raises
    ------
    RefusalError
        When nobody was tested, or the results are of several parts of the blood.
    """
    analyte, label = VIRUSES[definition.name]
    course = course_of(records)
    found = first_positive(definition.name, records, analyte, options)
    refuse_untested(definition, found, analyte)
    whole = course.frame.select("patient_id").join(found, on="patient_id", how="left")
    cite = course.cite
    positive = pl.col("positive_day")
    wide = positive - pl.col("before_day").fill_null(0) > options.pcr_gap_days
    doubtful = pl.col("unclear_day") < positive
    flags = decide(
        [
            (wide & doubtful, pl.lit("derived;interval_censored;earlier_result_unclear")),
            (doubtful, pl.lit("derived;earlier_result_unclear")),
            (wide, pl.lit("derived;interval_censored")),
        ],
        pl.lit("derived"),
    )
    unclear = f"a result of {analyte} does not say whether the threshold was reached"
    untested = f"no {analyte} in blood was tested after day 0"
    counted = whole.with_columns(
        positive.alias("event_day"),
        sentence(asked(options), cite("measurements", "positive_row")).alias("told"),
        flags.alias("event_flags"),
        *observed(course.cite),
        decide(
            [
                (pl.col("test_day").is_null(), pl.lit(untested)),
                (positive.is_null() & pl.col("unclear_day").is_not_null(), pl.lit(unclear)),
            ],
            pl.lit(None, pl.String),
        ).alias("problem"),
        cite("measurements", "unclear_row").alias("problem_fact"),
    )
    notes = list(surveillance(definition, analyte, found, records))
    return competing(definition, course, complete(counted), label, options, notes)


def refuse_untested(definition: Definition, found: pl.DataFrame, analyte: str) -> None:
    """Refuse when nobody was tested after day 0."""
    if found.is_empty():
        what = (
            f"{definition.name} cannot be derived: no {analyte} in blood after day 0 is recorded for anyone"
        )
        raise RefusalError(what, instead="record every PCR in measurements, the negative ones too")


def observed(cite: Any) -> tuple[pl.Expr, pl.Expr]:
    """Return the columns that say to which test a patient was observed."""
    return (
        pl.col("test_day").alias("observed_to"),
        cite("measurements", "test_row").alias("observed_told"),
    )


def asked(options: Options) -> str:
    """Return what makes a PCR positive, in words."""
    if options.dna_threshold is None:
        return "first quantified or positive PCR"
    return f"first PCR of at least {options.dna_threshold:g} {options.dna_unit}"


def surveillance(
    definition: Definition, analyte: str, found: pl.DataFrame, records: Records
) -> Iterator[Finding]:
    """Say how often was tested: the incidence depends on it."""
    followed = course_of(records).frame.select(
        "patient_id", pl.coalesce("death_day", "contact_day").alias("end")
    )
    both = found.join(followed, on="patient_id").filter(pl.col("end") > 0)
    if both.is_empty():
        return
    weeks = float(both.select(pl.min_horizontal("test_day", "end").clip(7).sum()).item()) / 7
    days = int(both["test_days"].sum())
    yield Finding(
        "endpoints.surveillance",
        "note",
        f"{analyte} was tested on {days} days in {weeks:.0f} patient-weeks to the last test "
        f"({days / weeks:.2f} a week, {both.height} patients): the incidence depends on how often is tested",
        Where("measurements", item=definition.name),
        source="EBMT Handbook 2024, chapter 38: weekly for at least 3 months",
    )
