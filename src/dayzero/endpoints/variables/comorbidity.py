"""The comorbidity index HCT-CI before transplant, from recorded comorbidities and from values.

Sorror et al., Blood 2005;106:2912, table 1. What was not measured is not known, never 0: the score is then
not known either, and ``hct_ci_at_least`` says what it is at least.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from dayzero.endpoints.deciding import NOTHING, choose
from dayzero.endpoints.definition import Variable
from dayzero.endpoints.frames import DAY, DENIED, HAPPENED, NOT_KNOWN, collect, lazy
from dayzero.endpoints.variables.family import Family

if TYPE_CHECKING:
    from dayzero.records.model import Records

_SOURCE = "Sorror et al., Blood 2005;106:2912, table 1"
#: How old a value may be before day 0: a choice, not published.
_DAYS = {"bilirubin": 30, "ALT": 30, "AST": 30, "creatinine": 30, "FEV1": 90, "DLCO": 90, "LVEF": 90}


@dataclass(frozen=True)
class Item:
    """A comorbidity: its points, and the words of ``detail`` that name it."""

    points: int
    words: str


def _near(severity: str, organ: str) -> str:
    """Return the pattern of a severity beside its organ: close, so that it is not that of the next one."""
    return rf"(?:{severity})[^;,]{{0,12}}(?:{organ})|(?:{organ})(?:\w*, |[^;,]{{0,12}})(?:{severity})"


ITEMS = {
    "arrhythmia": Item(1, r"arr?h?ythm|atrial|flutter|sick sinus"),
    "cardiac": Item(
        1, r"cardiac|coronary|isch[a-z]* heart|heart failure|infarct|ejection|\bcad\b|\bchf\b|cardiomyo"
    ),
    "inflammatory bowel disease": Item(1, r"inflammatory bowel|crohn|ulcerative|\bibd\b"),
    "diabetes": Item(1, r"diabet"),
    "cerebrovascular": Item(1, r"cerebrovasc|stroke|\btia\b|transient isch|\bcva\b"),
    "psychiatric": Item(1, r"psych|depress|anxiety"),
    "mild hepatic": Item(1, rf"hepatitis|{_near('mild', 'hepat|liver')}"),
    "obesity": Item(1, r"obes|\bbmi\b"),
    "infection": Item(1, r"infect"),
    "rheumatological": Item(2, r"rheum|lupus|\bsle\b|myositis|connective|polymyalgia"),
    "peptic ulcer": Item(2, r"peptic|(?:gastric|duodenal|stomach) ulcer"),
    "renal": Item(2, r"renal|kidney|dialysis"),
    "moderate pulmonary": Item(2, _near("moderate", "pulm|lung")),
    "prior malignancy": Item(3, r"malign|cancer|tumou?r|carcinoma"),
    "heart valve": Item(3, r"valv"),
    "severe pulmonary": Item(3, _near("severe", "pulm|lung")),
    "moderate or severe hepatic": Item(3, rf"cirrhos|{_near('moderate|severe', 'hepat|liver')}"),
}
#: Comorbidities that are told by their rows alone.
_PLAIN = tuple(
    name for name in ITEMS if not any(w in name for w in ("hepatic", "pulmonary", "cardiac", "renal"))
)
_ALL = (*_PLAIN, "cardiac", "renal", "hepatic", "pulmonary")
_ORGANS = {"hepatic": r"hepat|liver|cirrhos", "pulmonary": r"pulm|lung"}
#: What a detail says was not there, up to the next comma or semicolon.
_DENIED_IN_TEXT = r"\b(?:no|not|without|negative for|absence of|excluded) [^,;]*"
_NONE = r"^\s*(?:none|no comorbidit\w*|hct-?ci 0)?\s*$"
_NOTES = (
    Variable(
        "hct_ci",
        "HCT-CI",
        "number",
        source=f"sum of 17 comorbidities ({_SOURCE}); not known when one is not known",
    ),
    Variable(
        "hct_ci_at_least",
        "HCT-CI, at least",
        "number",
        source=f"sum of the comorbidities that are known ({_SOURCE})",
        detail=True,
    ),
    Variable(
        "hct_ci_not_known",
        "HCT-CI, comorbidities not known",
        "category",
        source="neither recorded nor measured; a value may be 30 days old, lung function and ejection "
        "fraction 90",
        detail=True,
    ),
    Variable(
        "hct_ci_group",
        "HCT-CI, group",
        "category",
        source=f"0, 1-2, 3 or more ({_SOURCE}); 3 or more is known once reached",
        detail=True,
    ),
    Variable(
        "hct_ci_age",
        "HCT-CI/age",
        "number",
        source="hct_ci, and 1 from 40 years of age (EBMT Handbook 2024, chapter 11)",
        detail=True,
    ),
)


def comorbidity_family(records: Records) -> Family:
    """Return HCT-CI, what it is at least, and which comorbidities are not known.

    Where comorbidities are listed in tables, one without a row was not there, unless a value must tell:
    ejection fraction (cardiac), creatinine (renal), bilirubin with ALT and AST (hepatic), FEV1 with DLCO
    (pulmonary).
    """
    told, values = _told(records), collect(_values(records))
    ages = collect(lazy(records, "patients").group_by("patient_id").agg(nw.col("age").min()))
    facts = ages.join(told, on="patient_id", how="left").join(values, on="patient_id", how="left")
    listed = told.height > 0 and records.source.kind != "flat file"
    facts = facts.with_columns(*_points(listed=listed))
    facts = facts.with_columns(*_least())
    points = [f"points:{name}" for name in _ALL]
    total = pl.sum_horizontal(*points, ignore_nulls=False)
    missing = pl.concat_str(
        (pl.when(pl.col(f"points:{name}").is_null()).then(pl.lit(name)) for name in _ALL),
        separator=", ",
        ignore_nulls=True,
    )
    anything = pl.any_horizontal(pl.col(*points).is_not_null())
    least = pl.when(anything).then(pl.sum_horizontal(f"least:{name}" for name in _ALL))
    score = facts.select(
        "patient_id",
        "age",
        total.alias("hct_ci"),
        least.alias("hct_ci_at_least"),
        pl.when(total.is_null()).then(missing).alias("hct_ci_not_known"),
    )
    frame = score.select(
        pl.exclude("age"),
        _group().alias("hct_ci_group"),
        (pl.col("hct_ci") + (pl.col("age") >= 40).cast(pl.Int64)).alias("hct_ci_age"),
    )
    return Family(nw.from_native(frame.lazy()), _NOTES)


def _group() -> pl.Expr:
    score, least = pl.col("hct_ci"), pl.col("hct_ci_at_least")
    return choose(
        [
            (least >= 3, pl.lit("3 or more")),
            (score == 0, pl.lit("0")),
            (score <= 2, pl.lit("1-2")),
        ],
        NOTHING,
    )


def _told(records: Records) -> pl.DataFrame:
    """Return what rows say of each comorbidity before transplant: 1 in ``yes:``, ``no:``, ``unknown:``."""
    rows = lazy(records, "events").filter(nw.col("event") == "comorbidity", (DAY <= 0) | DAY.is_null())
    said = nw.col("detail").fill_null("").str.to_lowercase()
    nothing = said.str.contains(_NONE)
    # A valve is not the heart muscle.
    text = said.str.replace_all(_DENIED_IN_TEXT, "").str.replace_all(r"cardiac valv", "valv")
    named = {name: text.str.contains(item.words) for name, item in ITEMS.items()}
    severity = {
        "hepatic": named["mild hepatic"] | named["moderate or severe hepatic"],
        "pulmonary": named["moderate pulmonary"] | named["severe pulmonary"],
    }
    columns = {"none": nothing & (DENIED | (HAPPENED & (said != "")))}
    for name, here in named.items():
        columns |= {
            f"yes:{name}": here & HAPPENED,
            f"no:{name}": here & DENIED,
            f"unknown:{name}": here & NOT_KNOWN,
        }
    for organ, words in _ORGANS.items():
        here = text.str.contains(words)
        columns |= {
            f"open:{organ}": here & HAPPENED & ~severity[organ],
            f"no:{organ}": here & DENIED & ~severity[organ],
            f"unknown:{organ}": here & NOT_KNOWN,
        }
    if collect(rows.select("patient_id").head(1)).is_empty():
        return pl.DataFrame(schema={"patient_id": pl.String, **dict.fromkeys(columns, pl.Int64)})
    marked = rows.with_columns(
        nw.when(here).then(nw.lit(1)).otherwise(nw.lit(0)).alias(f"{name}?") for name, here in columns.items()
    )
    return collect(
        marked.group_by("patient_id").agg(nw.col(f"{name}?").max().alias(name) for name in columns)
    )


def _values(records: Records) -> nw.LazyFrame[Any]:
    """Return the last value of each analyte before transplant, of liver values as a multiple of the limit."""
    analyte, value, limit = nw.col("analyte"), nw.col("value"), nw.col("upper_limit")
    rows = lazy(records, "measurements").filter(
        analyte.is_in(list(_DAYS)), DAY <= 0, ~value.is_null(), nw.col("operator").fill_null("=") == "="
    )
    multiple = nw.when(nw.col("unit") == "xULN").then(value).otherwise(nw.when(limit > 0).then(value / limit))
    liver = analyte.is_in(["bilirubin", "ALT", "AST"])
    rows = rows.with_columns(nw.when(liver).then(multiple).otherwise(value).alias("level"))
    rows = rows.filter(~nw.col("level").is_null())
    in_time = {name: (analyte == name) & (-days <= DAY) for name, days in _DAYS.items()}
    marked = rows.with_columns(nw.when(here).then(DAY).alias(f"{name}_day") for name, here in in_time.items())
    marked = marked.with_columns(
        nw.when(nw.col(f"{name}_day") == nw.col(f"{name}_day").max().over("patient_id"))
        .then(nw.col("level"))
        .alias(f"{name}:")
        for name in _DAYS
    )
    low = ("FEV1", "DLCO", "LVEF")  # of several on one day the worse
    return marked.group_by("patient_id").agg(
        (nw.col(f"{name}:").min() if name in low else nw.col(f"{name}:").max()).alias(name) for name in _DAYS
    )


def _is(column: str) -> pl.Expr:
    return (pl.col(column) == 1).fill_null(value=False)


def _denied(name: str) -> pl.Expr:
    return _is(f"no:{name}") | _is("none")


def _points(*, listed: bool) -> list[pl.Expr]:
    """Return ``points:<name>`` of each comorbidity, null when it is not known."""
    silence = pl.lit(listed)
    answer = {name: _plain(name, silence) for name in _PLAIN}
    by_ejection = pl.col("LVEF") <= 50
    answer["cardiac"] = choose(
        [
            (_is("yes:cardiac") | by_ejection, pl.lit(1)),
            (_is("unknown:cardiac"), _NOT),
            (_denied("cardiac") | (pl.col("LVEF").is_not_null() & silence), pl.lit(0)),
        ],
        _NOT,
    )
    by_creatinine = pl.col("creatinine") > 2
    answer["renal"] = choose(
        [
            (_is("yes:renal") | by_creatinine, pl.lit(2)),
            (_is("unknown:renal"), _NOT),
            (_denied("renal") | (pl.col("creatinine").is_not_null() & silence), pl.lit(0)),
        ],
        _NOT,
    )
    answer["hepatic"], answer["pulmonary"] = _hepatic(silence), _pulmonary(silence)
    return [points.cast(pl.Int64).alias(f"points:{name}") for name, points in answer.items()]


_NOT = pl.lit(None, pl.Int64)


def _plain(name: str, silence: pl.Expr) -> pl.Expr:
    return choose(
        [
            (_is(f"yes:{name}"), pl.lit(ITEMS[name].points)),
            (_is(f"unknown:{name}"), _NOT),
            (_denied(name) | silence, pl.lit(0)),
        ],
        _NOT,
    )


def _liver() -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """Return whether values make it severe, at least mild, and whether they can exclude both."""
    severe = (pl.col("bilirubin") > 1.5) | (pl.max_horizontal("ALT", "AST") > 2.5)
    mild = (pl.col("bilirubin") > 1) | (pl.max_horizontal("ALT", "AST") > 1)
    told = pl.col("bilirubin").is_not_null() & pl.coalesce("ALT", "AST").is_not_null()
    return severe.fill_null(value=False), mild.fill_null(value=False), told


def _hepatic(silence: pl.Expr) -> pl.Expr:
    severe, mild, told = _liver()
    return choose(
        [
            (_is("yes:moderate or severe hepatic") | severe, pl.lit(3)),
            (_is("unknown:hepatic") | _is("open:hepatic") & ~told, _NOT),
            (_is("yes:mild hepatic") | (_is("open:hepatic") | mild) & told, pl.lit(1)),
            (mild, _NOT),
            (_is("no:hepatic") | _is("none") | (told & silence), pl.lit(0)),
        ],
        _NOT,
    )


def _pulmonary(silence: pl.Expr) -> pl.Expr:
    worst = pl.min_horizontal("FEV1", "DLCO")
    both = pl.col("FEV1").is_not_null() & pl.col("DLCO").is_not_null()
    return choose(
        [
            (_is("yes:severe pulmonary") | (worst <= 65), pl.lit(3)),
            (_is("unknown:pulmonary"), _NOT),
            (_is("yes:moderate pulmonary") | ((worst <= 80) & both), pl.lit(2)),
            ((worst <= 80) | _is("open:pulmonary"), _NOT),
            (_is("no:pulmonary") | _is("none") | (both & silence), pl.lit(0)),
        ],
        _NOT,
    )


def _least() -> list[pl.Expr]:
    """Return ``least:<name>``: the points that are known, or what a part of the values already shows."""
    _, mild, _ = _liver()
    partly = {
        "hepatic": pl.when(mild | _is("open:hepatic")).then(1),
        "pulmonary": pl.when(pl.min_horizontal("FEV1", "DLCO") <= 80).then(2),
    }
    nothing = pl.lit(None, pl.Int64)
    return [
        pl.coalesce(f"points:{name}", partly.get(name, nothing), pl.lit(0)).alias(f"least:{name}")
        for name in _ALL
    ]
