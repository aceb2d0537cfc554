"""One cohort with a bit of everything: the constructed patients of an example, and 150 made of odd facts.

The odd facts are drawn from every word of the vocabulary and from words that are none, with and without days,
with operators, absent answers and contradictions: what engines could tell differently (missing values, ties,
order, text in another case) is all in there.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

import polars as pl

from dayzero import examples
from dayzero.records import read
from dayzero.records.model import Records, Source
from dayzero.records.schema import ABSENT
from dayzero.records.tables import TABLES, table
from endpoints.facts import frame

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Row = dict[str, Any]

_ODD = 150
_GRADES = (
    *("I", "II", "III", "IV", "III-IV", "II-IV", "2", "grade 3", "Grade IV", "stage 1", "stage 2", "Stage 4"),
    *(
        "mild",
        "moderate",
        "severe",
        "not severe",
        "extensive",
        "limited",
        "painful",
        "paracentesis",
        "minimal",
    ),
    *("replaced", "low flow", "CPAP", "ventilation", "unknown", "", "3 MAGIC"),
)
_SYSTEMS = ("MAGIC", "Glucksberg", "NIH2014", "Seattle", "EBMT paediatric", "ASTCT2019", "CTCAE", "")
_SITES = (
    *("skin", "liver", "lower GI", "upper GI", "gut; skin", "marrow", "CNS", "marrow and CNS", "testis"),
    *("kidney", "lung", "blood", "mouth", "Marrow", ""),
)
_CAUSES = (
    *(
        "CMV",
        "cytomegalovirus",
        "EBV",
        "adenovirus",
        "relapse",
        "Relapse of leukaemia",
        "infection",
        "sepsis",
    ),
    *(
        "Escherichia coli",
        "Clostridioides difficile",
        "Aspergillus",
        "GVHD",
        "graft failure",
        "VOD",
        "unknown",
    ),
    *("not relapse", "second malignancy", ""),
)
_INFECTIONS = (
    ("Escherichia coli", "blood"),
    ("Staphylococcus epidermidis", "blood"),
    ("Clostridioides difficile", "gut"),
    ("Aspergillus", "lung"),
    ("Candida albicans", "blood"),
    ("CMV", None),
    ("adenovirus", "blood"),
)
_DETAILS = (
    *("CD19-positive", "CD19-negative", "before transplant", "systemic treatment", "no systemic treatment"),
    *(
        "topical only",
        "primary",
        "secondary",
        "rejection",
        "reactivation, treated",
        "viraemia",
        "disease",
        "",
    ),
    *("arrhythmia", "pulmonary moderate", "hepatic mild", "psychiatric", "diabetes"),
)
_INDICATIONS = (
    *("consolidation", "MRD clearance", "refractory", "salvage", "conditioning", "conditioning, intravenous"),
    *("prophylaxis", "CMV, pre-emptive", "EBV", "chronic GVHD", "acute GVHD", "VOD", "intrathecal", ""),
)
_UNITS = (
    "10^9/L",
    "%",
    "fraction",
    "mg/dL",
    "g/dL",
    "U/L",
    "xULN",
    "IU/mL",
    "copies/mL",
    "mL/kg/day",
    "kg",
    "",
)
_TEXTS = ("negative", "positive", "positive not quantifiable", "not done", "unknown", "not applicable")
_VALUES = (
    0.0,
    1e-5,
    1e-4,
    2e-4,
    1e-3,
    0.01,
    0.3,
    0.49,
    0.5,
    0.51,
    1.0,
    2.0,
    2.5,
    6.0,
    15.5,
    19.0,
    20.0,
    21.0,
)
_MORE_VALUES = (38.3, 40.0, 49.0, 50.0, 55.0, 80.0, 95.0, 95.5, 98.0, 100.0, 137.0, 1000.0, 12_000.0)


#: As in the shipped example: viral loads of different specimens or units are not compared at all.
_DNA_SPECIMENS = {"CMV DNA": "plasma", "EBV DNA": "whole blood", "adenovirus DNA": "whole blood"}
_DNA_UNITS = {"CMV DNA": "IU/mL", "EBV DNA": "copies/mL", "adenovirus DNA": "copies/mL"}


def rich_cohort(*, gaps: bool = False) -> Records:
    """Return the cohort on Polars, the same each time.

    With gaps, things are known to have happened but not when, for which many endpoints are refused.
    """
    shipped = read(examples.study_path("algeri2025").with_name("cohort.xlsx"))
    draw = Random(20250310)  # noqa: S311 - invented data, no secret
    odd: dict[str, list[Row]] = {each.name: [] for each in TABLES}
    for number in range(_ODD):
        _add_patient(f"odd{number:03d}", odd, draw)
    tables = {}
    for name, frames in odd.items():
        known = shipped.tables[name]
        first = known["row"].max() + 1
        more = frame(name, [{**row, "row": n} for n, row in enumerate(frames, first)])
        tables[name] = pl.concat([known, more]).sample(fraction=1, shuffle=True, seed=1)
    if not gaps:
        tables["events"] = tables["events"].filter(_told_in_full())
        relapse = pl.col("disease_status") == "relapse"
        odd_relapse = relapse & pl.col("patient_id").str.starts_with("odd")
        tables["follow_up"] = tables["follow_up"].filter(~odd_relapse.fill_null(value=False))
    source = Source("rich.xlsx", "workbook", "0" * 64)
    return Records(tables=tables, given=shipped.given, key=None, source=source)


def _told_in_full() -> pl.Expr:
    """Return which events have a day where they happened, and tell of no relapse or grade beside it."""
    happened = pl.col("occurred").fill_null("yes") == "yes"
    relapsed = pl.col("cause").fill_null("").str.to_lowercase().str.contains("relapse")
    in_part = (pl.col("occurred") == "no").fill_null(value=False) & pl.col("grade").is_not_null()
    odd = pl.col("patient_id").str.starts_with("odd")
    return ~odd | (~(happened & pl.col("day").is_null()) & ~relapsed & ~in_part)


def _add_patient(patient: str, odd: dict[str, list[Row]], draw: Random) -> None:
    def some(most: int, make: Callable[[], Row]) -> list[Row]:
        return [{"patient_id": patient, **make()} for _ in range(draw.randrange(most + 1))]

    odd["patients"].append({"patient_id": patient, **_patient(draw)})
    if draw.random() < 0.95:
        odd["transplants"].append(
            {"patient_id": patient, **_transplant(draw), "day": 0, "type": "allogeneic"}
        )
    odd["transplants"] += some(
        1, lambda: {**_transplant(draw), "day": _day(draw), "type": _code("transplants", "type", draw)}
    )
    odd["treatments"] += some(9, lambda: _treatment(draw))
    odd["events"] += some(9, lambda: _event(draw))
    odd["events"] += some(1, lambda: _infection(draw))
    odd["follow_up"] += some(5, lambda: _contact(draw))
    odd["measurements"] += some(8, lambda: _measurement(draw))
    for analyte in ("ANC", "platelets"):
        if draw.random() < 0.6:
            odd["measurements"] += [{"patient_id": patient, **row} for row in _counts(analyte, draw)]


def _code(name: str, column: str, draw: Random) -> str | None:
    words = [code.value for code in table(name).column(column).codes]
    return draw.choice([*words, *words, None])


def _word(words: Sequence[str], draw: Random) -> str | None:
    """Return a word, an empty cell for half of the draws."""
    return draw.choice(words) or None if draw.random() < 0.5 else None


def _day(draw: Random) -> int | None:
    near = draw.random() < 0.6
    return None if draw.random() < 0.08 else draw.randrange(-20, 110) if near else draw.randrange(-1500, 1500)


def _patient(draw: Random) -> Row:
    return {
        "sex": _code("patients", "sex", draw),
        "age": draw.choice([None, 0.4, 3.0, 12.0, 17.0, 18.0, 41.0, 67.0]),
        "diagnosis": draw.choice(["acute lymphoblastic leukaemia", "ALL", "AML", None]),
        "diagnosis_day": draw.choice([None, -2000, -900, -548, -300, -90]),
        "immunophenotype": _code("patients", "immunophenotype", draw),
        "cytogenetics": draw.choice(
            [None, "hypodiploidy", "no hypodiploidy", "IKZF1plus", "t(4;11)", "failed"]
        ),
        "first_line_end_day": draw.choice([None, -1200, -700, -300]),
        "year": draw.choice([None, 2015, 2022]),
    }


def _transplant(draw: Random) -> Row:
    coded = ("donor", "donor_sex", "graft", "manipulation", "remission", "cmv_donor", "cmv_recipient")
    return {
        **{column: _code("transplants", column, draw) for column in coded},
        "conditioning": draw.choice([None, "TBI-VP16", "Bu-Flu", "Flu-TBI 2 Gy"]),
        "tbi_gy": draw.choice([None, 0.0, 2.0, 4.0, 8.0, 12.0]),
        "serotherapy": draw.choice([None, "ATLG", "none"]),
        "gvhd_prophylaxis": draw.choice([None, "none", "CSA-MTX", "PTCy-CSA-MMF"]),
        "hla_match": draw.choice([None, "10/10", "9/10", "5/10"]),
        "cd34": draw.choice([None, 4.2]),
    }


def _treatment(draw: Random) -> Row:
    start, length = _day(draw), draw.choice([None, 0, 14, 28, 60])
    return {
        "agent": _code("treatments", "agent", draw) or "sirolimus",
        "start_day": start,
        "stop_day": None if start is None or length is None else start + length,
        "dose": draw.choice([None, 1.0, 2.0, 10.0, 12.8, 140.0]),
        "unit": draw.choice([None, "mg/kg", "mg/kg/day", "mg/m2", "Gy"]),
        "indication": _word(_INDICATIONS, draw),
        "line": draw.choice([None, 1, 2]),
        "cycle": draw.choice([None, 1, 2, 3]),
    }


def _event(draw: Random) -> Row:
    return {
        "event": _code("events", "event", draw) or "other",
        "day": _day(draw),
        "grade": _word(_GRADES, draw),
        "system": _word(_SYSTEMS, draw),
        "site": _word(_SITES, draw),
        "cause": _word(_CAUSES, draw),
        "detail": _word(_DETAILS, draw),
        "occurred": draw.choice([None, None, None, "yes", "no", "unknown"]),
    }


def _infection(draw: Random) -> Row:
    cause, site = draw.choice(_INFECTIONS)
    return {"event": "infection", "day": draw.randrange(1, 300), "cause": cause, "site": site}


def _contact(draw: Random) -> Row:
    return {
        "day": _day(draw),
        "alive": draw.choice(["yes", "yes", "yes", "no", "unknown"]),
        "disease_status": _code("follow_up", "disease_status", draw),
        "gvhd_active": draw.choice([None, "yes", "no", *ABSENT]),
    }


def _measurement(draw: Random) -> Row:
    analyte = _code("measurements", "analyte", draw) or "WBC"
    worded = draw.random() < 0.3
    return {
        "analyte": analyte,
        "day": _day(draw),
        "value": None if worded else draw.choice([*_VALUES, *_MORE_VALUES]),
        "operator": None if worded else draw.choice(["=", "=", "<", "≤", ">", "≥", None]),
        "unit": _DNA_UNITS.get(analyte) or _word(_UNITS, draw),
        "text": draw.choice(_TEXTS) if worded else None,
        "method": draw.choice([None, "flow", "PCR", "NGS", "STR"]),
        "specimen": _DNA_SPECIMENS.get(analyte) or draw.choice([None, "marrow", "blood", "CD3", "CD33"]),
        "sensitivity": draw.choice([None, 1e-5, 1e-4, 1e-3]),
        "upper_limit": draw.choice([None, 40.0, 250.0]),
    }


def _counts(analyte: str, draw: Random) -> list[Row]:
    """Return counts that fall and rise around the limits, with gaps and several a day."""
    limits = (0.1, 0.4, 0.5, 0.6, 2.0) if analyte == "ANC" else (10.0, 19.0, 20.0, 45.0, 50.0, 90.0)
    days = sorted(draw.choices(range(60), k=draw.randrange(4, 30)))
    return [
        {
            "analyte": analyte,
            "day": day,
            "value": draw.choice(limits),
            "operator": draw.choice(["=", "=", "=", "=", "<", "≥"]),
            "unit": "10^9/L",
        }
        for day in days
    ]
