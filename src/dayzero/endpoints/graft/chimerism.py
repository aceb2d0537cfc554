"""Donor chimerism by category: full, mixed, absent, or split between lineages, on the engine that holds it.

EBMT Handbook 2024, chapter 21, and Sureda et al., Bone Marrow Transplant 2024;59:832, table 1: full above 95%
donor in the myeloid and the lymphoid lineage, mixed from 5 to 95%, absent below 5%, split when the lineages
differ in category. The number itself is always kept. Which day speaks for day 30, 60 or 100 is a choice made
here (``Options.chimerism_windows``), not part of a publication.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from dayzero.endpoints.assemble import assemble
from dayzero.endpoints.course import course_of
from dayzero.endpoints.deciding import NOT_TRANSPLANTED, NOTHING, Reason, excluded, number, sentence
from dayzero.endpoints.deciding import choose as decide
from dayzero.endpoints.frames import DAY, ROW, ROWS, choose, collect, lazy
from dayzero.endpoints.memo import remembered
from dayzero.errors import RefusalError
from dayzero.records.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dayzero.endpoints.definition import Definition, DerivedEndpoint
    from dayzero.endpoints.options import Options
    from dayzero.records.model import Records
    from dayzero.records.places import Places

#: Below this percent of donor cells chimerism is absent.
ABSENT_BELOW = 5.0
UNCLEAR, ABSENT, MIXED, FULL, SPLIT = range(-1, 4)
#: Category as printed; a result whose operator does not say has none.
WORDS = {ABSENT: "absent", MIXED: "mixed", FULL: "full", SPLIT: "split"}
#: Cell fractions, by words of ``specimen``; the first that fits decides, what fits none is unsorted cells.
FRACTIONS = {
    "cd34": r"cd ?34|progenitor|stem cell",
    "lymphoid": r"cd ?3\b|cd ?4\b|cd ?8\b|cd ?19|cd ?20|cd ?56|lymph|\b[tb][ -]?cell|\bnk\b",
    "myeloid": r"cd ?33|cd ?13|cd ?14|cd ?15|cd ?66|myelo|granulo|neutro|monocyt",
    "unsorted": "",
}
_value = nw.col("value")
_operator = nw.col("operator").fill_null("=")
_specimen = nw.col("specimen").fill_null("").str.to_lowercase()


def chimerism_days(records: Records, options: Options) -> nw.LazyFrame[Any]:
    """Return one row per patient and day after day 0 on which chimerism was measured.

    When both lineages were measured and differ in category, chimerism is split; otherwise the lowest fraction
    of that day decides.

    Returns
    -------
    narwhals.LazyFrame
        ``patient_id``, ``day``, ``category`` (a code of :data:`WORDS`, or -1: the operator does not say),
        ``row`` and ``pct`` of the lowest fraction, ``both`` (1 when both lineages were measured, else 0),
        ``not_full`` (1 when a fraction is certainly not full), ``number`` (the lowest percent where it is
        certainly the number ``pct``, null where a bound such as ``>95%`` could be lower), and for each
        fraction ``<name>_pct`` and ``<name>_number``, the same of that fraction alone.
    """
    return remembered(records, f"days of chimerism {options}", lambda made: _days(made, options))


def _days(records: Records, options: Options) -> nw.LazyFrame[Any]:
    rows = lazy(records, "measurements").filter(
        nw.col("analyte") == "chimerism",
        DAY > 0,
        ~_value.is_null(),
        nw.col("unit").fill_null("%") == "%",
    )
    code, fraction = nw.col("code"), nw.col("fraction")
    exact = nw.when(_operator == "=").then(_value)
    # A bound is not a number: >95% may be as low as its limit, <5% as low as nothing.
    least = (
        nw.when(_operator.is_in([">", "≥"])).then(_value).when(_operator.is_in(["<", "≤"])).then(nw.lit(0.0))
    )
    marked = (
        rows.with_columns(
            _category(options.full_chimerism_above).alias("code"),
            choose(
                [(_specimen.str.contains(words), nw.lit(name)) for name, words in FRACTIONS.items() if words],
                nw.lit("unsorted"),
            ).alias("fraction"),
        )
        .with_columns(
            (code * ROWS + ROW).alias("lowest"),
            nw.when(_operator.is_in(["=", "≤", "<"]) & (_value <= options.full_chimerism_above))
            .then(nw.lit(1))
            .otherwise(nw.lit(0))
            .alias("not_full"),
            exact.alias("exact"),
            least.alias("least"),
            *(nw.when(fraction == name).then(_value).alias(f"{name}_pct") for name in FRACTIONS),
        )
        .with_columns(
            *(nw.when(fraction == name).then(nw.col("exact")).alias(f"{name}_exact") for name in FRACTIONS),
            *(nw.when(fraction == name).then(nw.col("least")).alias(f"{name}_least") for name in FRACTIONS),
            *(nw.when(fraction == name).then(code).alias(name) for name in ("myeloid", "lymphoid")),
        )
    )
    day = marked.group_by("patient_id", "day").agg(
        code.min(),
        nw.col("lowest").min(),
        _value.min().alias("pct"),
        nw.col("not_full").max(),
        *(nw.col(name).min() for name in ("exact", "least")),
        *(nw.col(f"{name}_{what}").min() for name in FRACTIONS for what in ("pct", "exact", "least")),
        nw.col("myeloid").min(),
        nw.col("lymphoid").min(),
    )
    both = ~nw.col("myeloid").is_null() & ~nw.col("lymphoid").is_null()
    split = both & (code != UNCLEAR) & (nw.col("myeloid") != nw.col("lymphoid"))
    return day.select(
        "patient_id",
        "day",
        nw.when(split).then(nw.lit(SPLIT)).otherwise(code).alias("category"),
        (nw.col("lowest") - code * ROWS).alias("row"),
        "pct",
        "not_full",
        nw.when(both).then(nw.lit(1)).otherwise(nw.lit(0)).alias("both"),
        _number("exact", "least").alias("number"),
        *(f"{name}_pct" for name in FRACTIONS),
        *(_number(f"{name}_exact", f"{name}_least").alias(f"{name}_number") for name in FRACTIONS),
    )


def _number(exact: str, least: str) -> nw.Expr:
    """Return the lowest number of a day, null when a bound of that day could lie below it."""
    lowest, bound = nw.col(exact), nw.col(least)
    return nw.when(bound.is_null() | (lowest <= bound)).then(lowest)


def _category(full_above: float) -> nw.Expr:
    """Classify one result by every value that its operator allows."""
    exact = _operator == "="
    full = (_operator.is_in(["=", "≥"]) & (_value > full_above)) | (
        (_operator == ">") & (_value >= full_above)
    )
    absent = (_operator.is_in(["=", "≤"]) & (_value < ABSENT_BELOW)) | (
        (_operator == "<") & (_value <= ABSENT_BELOW)
    )
    return choose(
        [(full, nw.lit(FULL)), (absent, nw.lit(ABSENT)), (exact, nw.lit(MIXED))],
        nw.lit(UNCLEAR),
    )


def chimerism_by_patient(records: Records, options: Options) -> nw.LazyFrame[Any]:
    """Return the last chimerism of each patient, that of each window, and the last of each fraction.

    Of several results in a window the one nearest to its day speaks; of two equally near the later.

    Returns
    -------
    narwhals.LazyFrame
        ``patient_id``; for ``last`` and each window ``day_30``...: ``<name>_day``, ``<name>_category``,
        ``<name>_row``, ``<name>_pct``, ``<name>_number``, ``<name>_both``, ``<name>_not_full``; for each
        fraction ``last_<fraction>_pct`` and ``last_<fraction>_number``, its last.
    """
    days = chimerism_days(records, options)
    # The smallest distance is chosen. Days are unique for each patient here, and so are distances.
    distance = {"last": 0 - DAY}
    for at, first, last in options.chimerism_windows:
        away = nw.when(at <= DAY).then((DAY - at) * 2).otherwise((at - DAY) * 2 + 1)
        distance[f"day_{at}"] = nw.when(DAY.is_between(first, last)).then(away)
    facts = ("category", "row", "pct", "number", "both", "not_full")
    for name in FRACTIONS:
        distance[name] = nw.when(~nw.col(f"{name}_pct").is_null()).then(0 - DAY)
    marked = days.with_columns(away.alias(f"{name}_away") for name, away in distance.items()).with_columns(
        (nw.col(f"{name}_away") == nw.col(f"{name}_away").min().over("patient_id")).alias(f"{name}_is")
        for name in distance
    )
    chosen: dict[str, nw.Expr] = {}
    for name in distance:
        here = nw.col(f"{name}_is")
        if name in FRACTIONS:
            for what in ("pct", "number"):
                chosen[f"last_{name}_{what}"] = nw.when(here).then(nw.col(f"{name}_{what}"))
        else:
            chosen[f"{name}_day"] = nw.when(here).then(DAY)
            chosen |= {f"{name}_{fact}": nw.when(here).then(nw.col(fact)) for fact in facts}
    return (
        marked.with_columns(value.alias(f"{name}:") for name, value in chosen.items())
        .group_by("patient_id")
        .agg(nw.col(f"{name}:").min().alias(name) for name in chosen)
    )


#: Chimerism within this many days of a loss of counts speaks for it: a choice, not published.
NEAR_DAYS = 30


def chimerism_near(when: pl.DataFrame, records: Records, options: Options) -> pl.DataFrame:
    """Return each patient's chimerism nearest to a day; of two equally near the later.

    Parameters
    ----------
    when : polars.DataFrame
        ``patient_id`` and the day ``at``: few patients, whose results are collected.
    records : Records
    options : Options

    Returns
    -------
    polars.DataFrame
        ``patient_id``, ``chimerism`` (a code of :data:`WORDS`), ``chimerism_day``, ``chimerism_told`` and
        ``chimerism_row``, for patients with a result within 30 days whose category is clear.
    """
    days = chimerism_days(records, options).filter(nw.col("patient_id").is_in(when["patient_id"].to_list()))
    measured = collect(days.select("patient_id", "day", "category", "pct", "number", "row"))
    measured = measured.with_columns(pl.col("row").cast(pl.Int64)).join(
        _bounds(records), on="row", how="left"
    )
    return (
        measured.join(when, on="patient_id")
        .with_columns((pl.col("day") - pl.col("at")).abs().alias("away"))
        .filter(pl.col("away") <= NEAR_DAYS, pl.col("category") != UNCLEAR)
        .sort("patient_id", "away", "day", descending=[False, False, True])
        .group_by("patient_id", maintain_order=True)
        .first()
        .select(
            "patient_id",
            pl.col("category").cast(pl.Int64).alias("chimerism"),
            pl.col("day").cast(pl.Int64).alias("chimerism_day"),
            _told("pct", "number").alias("chimerism_told"),
            pl.col("row").alias("chimerism_row"),
        )
    )


@dataclass(frozen=True)
class _Asked:
    """Which result an endpoint asks about, and which category counts."""

    result: str
    category: int
    where: str


def _asked() -> dict[str, _Asked]:
    last = {f"{word}_chimerism": _Asked("last", code, "after day 0") for code, word in WORDS.items()}
    at = {
        f"full_chimerism_day_{day}": _Asked(f"day_{day}", FULL, f"near day {day}") for day in PUBLISHED_DAYS
    }
    return last | at


#: The days for which the catalogue has an endpoint.
PUBLISHED_DAYS = (30, 60, 100)
ASKED = _asked()


def results_of(records: Records, options: Options) -> pl.DataFrame:
    """Return :func:`chimerism_by_patient`, collected once."""
    return remembered(
        records, f"chimerism {options}", lambda made: collect(chimerism_by_patient(made, options))
    )


def _bounds(records: Records) -> pl.DataFrame:
    """Return the rows whose result is a bound, such as >95%, with its operator."""
    rows = lazy(records, "measurements").filter(nw.col("analyte") == "chimerism", _operator != "=")
    found = collect(rows.select("row", _operator.alias("bound")))
    return found.with_columns(pl.col("row").cast(pl.Int64))


def _told(percent: str, known: str) -> pl.Expr:
    """Return the lowest result as it is known: ``60%``, ``>95%``, or ``a bound at 95%``.

    The last is told where the bound of another fraction leaves open which is the lowest: the row that is
    cited may hold a number itself.
    """
    sign = decide([(pl.col(known).is_not_null(), pl.lit(""))], pl.col("bound").fill_null("a bound at "))
    return sentence(sign, pl.col(percent).round(2).cast(pl.String).str.strip_suffix(".0"), "%")


def derive_chimerism(definition: Definition, records: Records, options: Options) -> DerivedEndpoint:
    """Derive whether chimerism was of one category: the last, or the one that speaks for a day.

    Raises
    ------
    RefusalError
        When nobody has such a result.
    """
    course, asked = course_of(records), ASKED[definition.name]
    measured = results_of(records, options)
    name, row = f"{asked.result}_category", course.cite("measurements", f"{asked.result}_row")
    if name not in measured.columns or (measured[name].is_null().all() and course.frame.height):
        what = f"{definition.name} cannot be derived: no result {asked.where} is recorded for anyone"
        raise RefusalError(what, instead="record the results in measurements, or leave this endpoint out")
    category = pl.col(name)
    certain = category != UNCLEAR
    if asked.category == FULL:  # below the cut-off says that it is not full, whatever else it is
        certain = certain | (pl.col(f"{asked.result}_not_full") == 1)
    label = f"{WORDS[asked.category]} donor chimerism"
    measured = measured.join(_bounds(records), left_on=f"{asked.result}_row", right_on="row", how="left")
    lowest = _told(f"{asked.result}_pct", f"{asked.result}_number")
    told = sentence(" on day ", number(f"{asked.result}_day"), row, ", lowest result ", lowest)
    unclear = f"the result does not say whether it is {label}"
    reasons = [
        *NOT_TRANSPLANTED,
        Reason(category.is_null(), f"no result {asked.where}"),
        Reason(~certain, unclear, row),
    ]
    happened = category == asked.category
    decided = course.frame.join(measured, on="patient_id", how="left").select(
        "patient_id",
        pl.col(f"{asked.result}_day").alias("time"),
        happened.cast(pl.Int64).alias("cause"),
        decide([(happened, sentence(label, told))], sentence(f"not {label}", told)).alias("why"),
        pl.lit("").alias("flags"),
        NOTHING.alias("blocked"),
        pl.col(f"{asked.result}_both").alias("both"),
        *excluded(reasons),
    )
    found = _without_lineages(decided.filter(pl.col("excluded").is_null()), definition.name, course.places)
    return assemble(definition, decided, (label,), found)


def _without_lineages(counted: pl.DataFrame, name: str, places: Places) -> Iterator[Finding]:
    """Yield how many patients are classified without both lineages measured on the day."""
    count = counted.filter(pl.col("both") == 0).height
    if count:
        yield Finding(
            "endpoints.chimerism_without_lineages",
            "note",
            f"{count} of {counted.height} patients are classified by a day on which the myeloid and the "
            "lymphoid lineage were not both measured: split chimerism cannot be seen there",
            replace(places.where("measurements", None, "specimen", None), item=name),
            hint="record the cell fraction, such as CD3 or CD33, in specimen",
            source="EBMT Handbook 2024, chapter 21, doi 10.1007/978-3-031-44080-9_21",
        )
