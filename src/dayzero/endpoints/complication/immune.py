"""Cytokine release syndrome and ICANS after blinatumomab or CAR T cells: the highest grade and its system.

A grade that the centre recorded stands, in the system it names. Where only signs are recorded (in detail)
they are graded by ASTCT: Lee et al., Biol Blood Marrow Transplant 2019;25:625, as `astct.crs_grade` and
`astct.icans_grade` do. Grades of several systems are not compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from dayzero.endpoints.frames import DAY, DENIED, HAPPENED, NOT_KNOWN, choose, collect, lazy
from dayzero.endpoints.memo import remembered

if TYPE_CHECKING:
    from dayzero.records.model import Records

AGENTS = ("blinatumomab", "CAR T")
KINDS = ("CRS", "ICANS")
#: Days after the last day of the agent in which it is taken as the cause (a judgement of this project).
LINKED_DAYS = 30
ASTCT = "ASTCT2019"
_ROMAN = ("0", "i", "ii", "iii", "iv", "v")
_NUMBERS = {word: number for number, roman in enumerate(_ROMAN) for word in (str(number), roman)}
#: Words of detail and the grade they give, the worst first; a word in the negative is taken out before.
_CRS = (
    (r"(?:multiple|several|two|2|three|3) vasopressors|cpap|bipap|ventilat|intubat|positive pressure", 4),
    (r"vasopressor|noradrenalin|norepinephrin|high[- ]?flow|face ?mask|rebreath|venturi", 3),
    (r"low[- ]?flow|nasal cannula|blow[- ]?by|fluid", 2),
    # hypotension or oxygen of which the treatment is not said could be any grade from 2 to 4
    (r"hypotens|hypox|oxygen", None),
    (r"fever|\b38\.[0-9]|\b39\b|\b40\b", 1),
)
_FLUIDS_ALONE = r"no vasopressor|without vasopressor"
_ICANS = (
    (r"unarousable|coma\b|prolonged seizure|status epilepticus|hemiparesis|paraparesis|papill?o?edema", 4),
    (r"posturing|diffuse (?:cerebral )?o?edema", 4),
    (r"\bice[:= ]*[0-2]\b|\bcapd[:= ]*(?:9|[12][0-9]|3[0-2])\b|to touch|tactile|seizure", 3),
    (r"focal (?:cerebral )?o?edema", 3),
    (r"\bice[:= ]*[3-6]\b|to voice", 2),
    (r"\bice[:= ]*[7-9]\b|\bcapd[:= ]*[1-8]\b", 1),
)
_NEGATED = r"\b(?:no|not|without)\b [a-z -]*"


def toxicity(records: Records) -> pl.DataFrame:
    """Return the highest grade of CRS and ICANS within 30 days of blinatumomab or CAR T cells.

    Returns
    -------
    polars.DataFrame
        ``patient_id``, ``kind`` (CRS or ICANS), ``before`` (1: before day 0), ``grade`` (null when it is not
        told or systems differ), ``system`` and ``differs`` (a row whose recorded ASTCT grade is not the one
        that its signs give, else null).
    """
    return remembered(records, "immune toxicity", _toxicity)


def treated(records: Records) -> nw.LazyFrame[Any]:
    """Return each course of blinatumomab or CAR T: ``patient_id``, ``start``, ``until`` (30 days later)."""
    start = nw.col("start_day")
    rows = lazy(records, "treatments").filter(nw.col("agent").is_in(list(AGENTS)), ~start.is_null())
    until = nw.max_horizontal("start_day", "stop_day") + LINKED_DAYS
    return rows.select("patient_id", start.cast(nw.Int64).alias("start"), until.cast(nw.Int64).alias("until"))


def grade_of_signs(kind: str) -> nw.Expr:
    """Return the ASTCT grade that the words of ``detail`` give, null when they give none."""
    detail = nw.col("detail").fill_null("").str.to_lowercase()
    said = detail.str.replace_all(_NEGATED, "")
    table = _CRS if kind == "CRS" else _ICANS
    nothing = nw.lit(None, nw.Int64)
    cases = [
        (said.str.contains(words), nothing if grade is None else nw.lit(grade)) for words, grade in table
    ]
    if kind == "CRS":
        cases.insert(2, (said.str.contains("hypotens") & detail.str.contains(_FLUIDS_ALONE), nw.lit(2)))
    return choose(cases, nothing)


def _toxicity(records: Records) -> pl.DataFrame:
    event = nw.col("event")
    word = nw.col("grade").fill_null("").str.to_lowercase().str.replace_all(r"grade|[:. ]|^g|astct|ctcae", "")
    recorded = choose([(word == text, nw.lit(n)) for text, n in _NUMBERS.items()], nw.lit(None, nw.Int64))
    system = nw.col("system").fill_null("").str.strip_chars()
    astct = system.str.to_lowercase().str.contains("astct")
    derived = nw.when(event == "CRS").then(grade_of_signs("CRS")).otherwise(grade_of_signs("ICANS"))
    rows = (
        lazy(records, "events")
        .filter(event.is_in(list(KINDS)), HAPPENED, ~DAY.is_null())
        .with_columns(recorded.alias("recorded"), derived.alias("signs"), event.alias("kind"))
    )
    only_signs = nw.col("recorded").is_null() & ~nw.col("signs").is_null()
    rows = rows.with_columns(
        nw.when(only_signs).then(nw.col("signs")).otherwise(nw.col("recorded")).alias("grade"),
        choose(
            [(only_signs | astct, nw.lit(ASTCT)), (system == "", nw.lit("system not stated"))], system
        ).alias("system"),
        nw.when(DAY < 0).then(1).otherwise(0).alias("before"),
        nw.when(astct & (nw.col("recorded") != nw.col("signs"))).then(nw.col("row")).alias("differs"),
    )
    linked = rows.join(treated(records), on="patient_id", how="inner").filter(
        nw.col("start") <= DAY, nw.col("until") >= DAY
    )
    keys = ("patient_id", "kind", "before")
    found = collect(
        linked.with_columns(
            nw.when(nw.col("grade").is_null()).then(1).otherwise(0).alias("ungraded"),
            nw.col("system").alias("last_system"),
        )
        .group_by(*keys)
        .agg(
            nw.col("grade").max(),
            nw.col("ungraded").max(),
            nw.col("system").min(),
            nw.col("last_system").max(),
            nw.col("differs").min(),
        )
    )
    one = pl.col("system") == pl.col("last_system")
    told = one & (pl.col("ungraded") == 0)
    return found.select(
        "patient_id",
        "kind",
        pl.col("before").cast(pl.Int64),
        pl.when(told).then(pl.col("grade").cast(pl.Int64)).alias("grade"),
        pl.when(one).then("system").otherwise(pl.lit("several systems")).alias("system"),
        pl.col("differs").cast(pl.Int64),
    ).sort(keys)


def asked(records: Records) -> pl.DataFrame:
    """Return for each patient and kind the rows that say unknown, no, or yes without a day."""
    rows = lazy(records, "events").filter(nw.col("event").is_in(list(KINDS)))
    found = (
        rows.with_columns(
            nw.when(NOT_KNOWN).then(nw.col("row")).alias("unknown"),
            nw.when(DENIED).then(nw.col("row")).alias("no"),
            nw.when(HAPPENED & DAY.is_null()).then(nw.col("row")).alias("undated"),
        )
        .group_by("patient_id", "event")
        .agg(nw.col("unknown").min(), nw.col("no").min(), nw.col("undated").min())
    )
    return collect(found).rename({"event": "kind"})
