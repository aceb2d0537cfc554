"""What became known of complications after transplant: severity, grades and their days."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from dayzero.endpoints.catalogue.death import SOURCE as DEATH_SOURCE
from dayzero.endpoints.catalogue.vod import ADULT as ADULT_SOURCE
from dayzero.endpoints.catalogue.vod import PAEDIATRIC as PAEDIATRIC_SOURCE
from dayzero.endpoints.complication.laboratory import has_results
from dayzero.endpoints.complication.tma import diagnosed
from dayzero.endpoints.complication.vod_course import ADULT, PAEDIATRIC, severities
from dayzero.endpoints.course import course_of
from dayzero.endpoints.definition import Variable
from dayzero.endpoints.frames import DAY, collect, lazy
from dayzero.endpoints.infection.viral import NOT_TESTED, part_of_blood, reading
from dayzero.endpoints.options import STANDARD
from dayzero.endpoints.outcome.death_causes import WORDS
from dayzero.endpoints.outcome.death_of_cause import attributed
from dayzero.endpoints.variables.family import Family

if TYPE_CHECKING:
    from dayzero.endpoints.options import Options
    from dayzero.records.model import Records

_AFTER = "after day 0"
_WORST = (
    "; the worst recorded from the first sign to 21 days after the diagnosis (an option), of who met the "
    "criteria "
)
_CHILD = Variable(
    "vod_severity_paediatric_ebmt2018",
    "Severity of VOD/SOS (paediatric EBMT 2018)",
    "category",
    _AFTER,
    source=PAEDIATRIC_SOURCE
    + _WORST
    + PAEDIATRIC
    + "; two of transaminases, refractory thrombocytopenia, bilirubin and ascites in the severe range make "
    "it very severe (footnote of the table as reproduced in PMC6020812; that the severe range is meant is "
    "a judgement)",
)
_ADULTS = (
    Variable(
        "vod_severity_adult_ebmt2023",
        "Severity of VOD/SOS (adult EBMT 2023)",
        "category",
        _AFTER,
        source=ADULT_SOURCE
        + _WORST
        + ADULT
        + "; the worst category with two criteria; risk factors not applied",
    ),
    Variable(
        "vod_severity_adult_ebmt2016",
        "Severity of VOD/SOS (adult EBMT 2016)",
        "category",
        _AFTER,
        source="Mohty et al., Bone Marrow Transplant 2016;51:906, as reproduced in Blood Advances"
        + _WORST
        + ADULT
        + "; the worst category with two criteria; risk factors not applied",
    ),
)


_TMA_RISK = Variable(
    "tma_high_risk",
    "High-risk TMA (harmonised 2023)",
    "yes/no",
    _AFTER,
    source="Schoettler et al., Transplant Cell Ther 2023;29:151, as reproduced in PMC11882261, table 3: "
    "LDH at least twice its upper limit, urine protein/creatinine of at least 1 mg/mg, sC5b-9 above its "
    "upper limit, acute GVHD grade II-IV, infection or organ dysfunction within 14 days of the diagnosis; "
    "of who met the criteria TMA_harmonised2023; no only when LDH, urine protein and sC5b-9 were measured "
    "then",
)
_DEATH = Variable(
    "cause_of_death",
    "Cause of death",
    "category",
    _AFTER,
    source=DEATH_SOURCE,
)
_TESTS_TO = 100
_TESTS = Variable(
    "cmv_tests_per_week",
    "CMV PCR per week",
    "number",
    _AFTER,
    "a week",
    "days with a PCR of blood from day 0 to the first of day 100, death and last contact, per week of that "
    "time; not known without any PCR (EBMT Handbook 2024, chapter 38: weekly)",
)
#: Every variable of this module; all of them become known after day 0.
NOTES = (_CHILD, *_ADULTS, _TMA_RISK, _DEATH, _TESTS)


def complication_families(records: Records, options: Options) -> tuple[Family, ...]:
    """Return the severity of VOD/SOS and the risk of TMA."""
    return (*_vod(records, options), _tma(records), _cause_of_death(records, options), _cmv_tests(records))


def _cmv_tests(records: Records) -> Family:
    """Count the days with a PCR of blood to day 100, death or last contact, per week of that time."""
    rows = lazy(records, "measurements").filter(
        nw.col("analyte") == "CMV DNA",
        DAY.is_between(0, _TESTS_TO),
        part_of_blood() != "other",
        reading(STANDARD) != NOT_TESTED,
    )
    days = collect(rows.group_by("patient_id").agg(DAY.n_unique().cast(nw.Int64).alias("days")))
    followed = (
        course_of(records)
        .frame.filter(pl.col("first_day") == 0)
        .select(
            "patient_id",
            pl.min_horizontal(pl.coalesce("death_day", "contact_day"), pl.lit(_TESTS_TO)).alias("end"),
        )
    )
    found = followed.join(days, on="patient_id").filter(pl.col("end") > 0)
    per_week = (pl.col("days") * 7 / pl.col("end")).alias(_TESTS.name)
    return Family(nw.from_native(found.select("patient_id", per_week).lazy()), (_TESTS,))


def _cause_of_death(records: Records, options: Options) -> Family:
    found = attributed(records, options).filter(pl.col("first_day") == 0)
    words = pl.col("death_class").replace_strict(WORDS, default=None, return_dtype=pl.String)
    frame = found.select("patient_id", words.alias(_DEATH.name))
    return Family(nw.from_native(frame.lazy()), (_DEATH,))


def _tma(records: Records) -> Family:
    if has_results(records, "LDH"):
        found = diagnosed(records).select("patient_id", pl.col("high_risk").alias(_TMA_RISK.name))
    else:
        found = pl.DataFrame(schema={"patient_id": pl.String, _TMA_RISK.name: pl.Boolean})
    return Family(nw.from_native(found.lazy()), (_TMA_RISK,))


def _vod(records: Records, options: Options) -> tuple[Family, ...]:
    """Return the severity of VOD/SOS by the paediatric and the adult tables."""
    child, adult = _CHILD.name, {note.name: note.name.removeprefix("vod_severity_adult_") for note in _ADULTS}
    empty = {"patient_id": pl.String, child: pl.String}
    if not has_results(records, "bilirubin"):
        nobody = pl.DataFrame(schema=empty | dict.fromkeys(adult, pl.String))
        return (Family(nw.from_native(nobody.lazy()), (_CHILD, *_ADULTS)),)
    children = severities(PAEDIATRIC, records, options).rename({"severity": child})
    adults = severities(ADULT, records, options)
    adults = adults.rename({version.upper(): name for name, version in adult.items()})
    return (
        Family(nw.from_native(children.lazy()), (_CHILD,)),
        Family(nw.from_native(adults.lazy()), _ADULTS),
    )
