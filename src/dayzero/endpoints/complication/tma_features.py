"""The seven features of transplant-associated thrombotic microangiopathy by day: found, or only looked for.

Schoettler et al., Transplant Cell Ther 2023;29:151 (PMC10119629), as reproduced in PMC11882261, table 3. What
other cause explains a feature (autoimmune haemolysis, pure red cell aplasia) is for the centre to leave out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from dayzero.endpoints.complication.evidence import Sign
from dayzero.endpoints.complication.laboratory import (
    above,
    at_least,
    highest_of_day,
    multiple_of_limit,
    results,
)
from dayzero.endpoints.frames import DAY, DENIED, HAPPENED, ROW, lazy
from dayzero.endpoints.memo import remembered

if TYPE_CHECKING:
    from dayzero.records.model import Records

#: Days within which features stand together.
TOGETHER_DAYS = 14
_HB_FALL = 1.0
_PROTEINURIA = 1.0

ANAEMIA = Sign(
    "anaemia", "measurements", "haemoglobin at least 1 g/dL below the highest of the 14 days before"
)
RED_CELLS = Sign("red_cells", "treatments", "red cell transfusion after neutrophil engraftment")
PLATELETS = Sign(
    "platelets",
    "measurements",
    "platelets at most half of the highest of the 14 days before, after engraftment",
)
PLATELETS_GIVEN = Sign("platelets_given", "treatments", "platelet transfusion after platelet engraftment")
REFRACTORY = Sign("refractory", "events", "refractory thrombocytopenia")
LDH = Sign("ldh", "measurements", "LDH above its upper limit")
SCHISTOCYTES = Sign("schistocytes", "events", "schistocytes")
HYPERTENSION = Sign("hypertension", "events", "hypertension")
COMPLEMENT = Sign("complement", "measurements", "sC5b-9 above its upper limit")
PROTEINURIA = Sign("proteinuria", "measurements", "urine protein/creatinine of at least 1 mg/mg")

#: The seven features, each by the signs that show it.
FEATURES: dict[str, tuple[Sign, ...]] = {
    "anaemia": (ANAEMIA, RED_CELLS),
    "thrombocytopenia": (PLATELETS, PLATELETS_GIVEN, REFRACTORY),
    "LDH": (LDH,),
    "schistocytes": (SCHISTOCYTES,),
    "hypertension": (HYPERTENSION,),
    "sC5b-9": (COMPLEMENT,),
    "proteinuria": (PROTEINURIA,),
}
SIGNS = tuple(sign for signs in FEATURES.values() for sign in signs)
#: Features that the table of events states; recorded for anybody, they were looked for in everybody.
RECORDED = {"schistocytes": "schistocytes", "hypertension": "hypertension"}
_row, _value = nw.col("row"), nw.col("value")


def looked_for(feature: str) -> str:
    """Return the column that says that a feature was looked for on a day."""
    return f"asked_{feature.replace('-', '_')}"


COLUMNS = (*(sign.name for sign in SIGNS), *(looked_for(feature) for feature in FEATURES))


def tma_days(records: Records) -> nw.LazyFrame[Any]:
    """Return one row per patient and day after day 0: the row of each sign found, and what was looked for."""
    return remembered(records, "days of TMA", _days)


def _days(records: Records) -> nw.LazyFrame[Any]:
    nothing = nw.lit(None, nw.Int64)
    whole = []
    for part in (
        *_from_results(records),
        *_from_counts(records),
        *_transfused(records),
        _from_events(records),
    ):
        held = part.collect_schema().names()
        columns = (nw.col(n).cast(nw.Int64) if n in held else nothing.alias(n) for n in COLUMNS)
        whole.append(part.select("patient_id", nw.col("day").cast(nw.Int64), *columns))
    return nw.concat(whole).group_by("patient_id", "day").agg(*(nw.col(n).min() for n in COLUMNS))


def _from_results(records: Records) -> list[nw.LazyFrame[Any]]:
    """Read LDH and sC5b-9 as multiples of their upper limit; without that limit they tell nothing."""
    parts = []
    for analyte, sign in (("LDH", LDH), ("sC5b-9", COMPLEMENT)):
        rows = results(records, analyte).filter(DAY >= 0).with_columns(multiple_of_limit().alias("value"))
        parts.append(_asked(rows.filter(~_value.is_null()), analyte, sign, above(1.0)))
    urine = results(records, "urine protein/creatinine").filter(DAY >= 0)
    return [*parts, _asked(urine, "proteinuria", PROTEINURIA, at_least(_PROTEINURIA))]


def _asked(rows: nw.LazyFrame[Any], feature: str, sign: Sign, found: nw.Expr) -> nw.LazyFrame[Any]:
    return rows.select(
        "patient_id",
        "day",
        nw.when(found).then(_row).alias(sign.name),
        _row.alias(looked_for(feature)),
    )


def _from_counts(records: Records) -> list[nw.LazyFrame[Any]]:
    haemoglobin = _with_highest_before(highest_of_day(results(records, "haemoglobin")))
    fallen = _value * 10 <= nw.col("before") * 10 - _HB_FALL * 10
    platelets = highest_of_day(results(records, "platelets"))
    engrafted = _engrafted(records, "platelet engraftment")
    after = platelets.join(engrafted, on="patient_id", how="inner").filter(nw.col("engrafted_day") <= DAY)
    halved = _value * 2 <= nw.col("before")
    return [
        _asked(haemoglobin, "anaemia", ANAEMIA, fallen),
        _asked(_with_highest_before(after), "thrombocytopenia", PLATELETS, halved),
    ]


def _with_highest_before(daily: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Add ``before``, the highest result of the 14 days before each; rows without any are dropped.

    There is one row a day, so that the 14 rows before hold them all.
    """
    steps = range(1, TOGETHER_DAYS + 1)
    shifted = {
        f"{name}_{n}": nw.col(name).shift(n).over("patient_id", order_by="day")
        for n in steps
        for name in ("day", "value")
    }
    near = [nw.when(nw.col(f"day_{n}") >= DAY - TOGETHER_DAYS).then(nw.col(f"value_{n}")) for n in steps]
    rows = daily.with_columns(**shifted).with_columns(nw.max_horizontal(*near).alias("before"))
    return rows.filter(~nw.col("before").is_null()).select("patient_id", "day", "value", "row", "before")


def _engrafted(records: Records, event: str) -> nw.LazyFrame[Any]:
    rows = lazy(records, "events").filter(nw.col("event") == event, HAPPENED, DAY >= 0)
    return rows.group_by("patient_id").agg(DAY.min().alias("engrafted_day"))


def _transfused(records: Records) -> list[nw.LazyFrame[Any]]:
    parts = []
    for agent, event, sign, feature in (
        ("red cell transfusion", "neutrophil engraftment", RED_CELLS, "anaemia"),
        ("platelet transfusion", "platelet engraftment", PLATELETS_GIVEN, "thrombocytopenia"),
    ):
        start = nw.col("start_day")
        rows = (
            lazy(records, "treatments")
            .filter(nw.col("agent") == agent, ~start.is_null())
            .join(_engrafted(records, event), on="patient_id", how="inner")
            .filter(start > nw.col("engrafted_day"))
            .select("patient_id", start.alias("day"), "row")
        )
        parts.append(_asked(rows, feature, sign, ~_row.is_null()))
    return parts


def _from_events(records: Records) -> nw.LazyFrame[Any]:
    """Read recorded signs; a no counts as looked for on its day."""
    event = nw.col("event")
    stated = {
        SCHISTOCYTES.name: "schistocytes",
        HYPERTENSION.name: "hypertension",
        REFRACTORY.name: "refractory ",
    }
    stated[REFRACTORY.name] += "thrombocytopenia"
    feature = {SCHISTOCYTES.name: "schistocytes", HYPERTENSION.name: "hypertension"}
    feature[REFRACTORY.name] = "thrombocytopenia"
    rows = lazy(records, "events").filter(event.is_in(list(stated.values())), HAPPENED | DENIED, DAY >= 0)
    return rows.select(
        "patient_id",
        "day",
        *(nw.when((event == code) & HAPPENED).then(ROW).alias(name) for name, code in stated.items()),
        *(nw.when(event == code).then(ROW).alias(looked_for(feature[name])) for name, code in stated.items()),
    )
