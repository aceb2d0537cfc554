"""VOD/SOS by published criteria: the first day on which enough signs stand together.

What the centre recorded as VOD is another fact: it stays as recorded, and a disagreement is a finding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from dayzero.endpoints.complication import vod_signs as sign
from dayzero.endpoints.complication.evidence import (
    Criterion,
    carried,
    first_day,
    holds,
    how_many,
    told,
    unpacked,
)
from dayzero.endpoints.complication.laboratory import before_transplant, measured, results
from dayzero.endpoints.course import course_of
from dayzero.endpoints.course_findings import Check, run
from dayzero.endpoints.deciding import choose
from dayzero.endpoints.derived_incidence import competing, complete
from dayzero.endpoints.frames import DAY, DENIED, HAPPENED, NOT_KNOWN, Pick, collect, lazy, reduce
from dayzero.endpoints.memo import remembered
from dayzero.endpoints.statements import TARGETS, stated
from dayzero.errors import RefusalError
from dayzero.records.findings import Finding, Where

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dayzero.endpoints.complication.evidence import Sign
    from dayzero.endpoints.course import Course
    from dayzero.endpoints.definition import Definition, DerivedEndpoint
    from dayzero.endpoints.options import Options
    from dayzero.records.model import Records

#: VOD/SOS later than this is late in adults (Mohty 2023); Baltimore looks no further.
CLASSICAL_TO = 21
#: Years.
ADULT_FROM = 18
_SEATTLE_TO = 20
#: Stands for no limit of onset.
_ANY_DAY = 2**30


@dataclass(frozen=True)
class System:
    """Criteria of one publication.

    Attributes
    ----------
    label : str
    criteria : tuple of Criterion
    at_least : int
        How many must stand together.
    required : Criterion or None
        One of them that must be among them.
    alone : Criterion or None
        What proves it alone.
    until : int
        Last day on which it can begin.
    """

    label: str
    criteria: tuple[Criterion, ...]
    at_least: int
    required: Criterion | None = None
    alone: Criterion | None = None
    until: int = _ANY_DAY


def _any(*signs: Sign) -> Criterion:
    return Criterion(signs)


_BILIRUBIN = _any(sign.BILIRUBIN_2)
_PROOF = _any(sign.HISTOLOGY, sign.GRADIENT)
_ADULT = (_BILIRUBIN, _any(sign.PAINFUL), _any(sign.WEIGHT_5), _any(sign.ASCITES))
_CLINICAL = System("VOD/SOS (adult EBMT 2023, clinical or proven)", _ADULT, 3, _BILIRUBIN, _PROOF)
SYSTEMS = {
    "VOD_paediatric_EBMT2018": System(
        "VOD/SOS (paediatric EBMT 2018)",
        (
            _any(sign.REFRACTORY),
            _any(sign.GAIN, sign.WEIGHT_5),
            _any(sign.HEPATOMEGALY),
            _any(sign.ASCITES),
            _any(sign.BILIRUBIN_TO_2, sign.BILIRUBIN_RISING),
        ),
        2,
    ),
    "VOD_adult_EBMT2023": System(
        "VOD/SOS (adult EBMT 2023)", (*_ADULT, _any(sign.ULTRASOUND)), 2, alone=_PROOF
    ),
    "VOD_adult_EBMT2023_clinical": _CLINICAL,
    "VOD_Baltimore": System(
        "VOD/SOS (Baltimore)",
        (_BILIRUBIN, _any(sign.HEPATOMEGALY), _any(sign.WEIGHT_AT_5), _any(sign.ASCITES)),
        3,
        _BILIRUBIN,
        until=CLASSICAL_TO,
    ),
    "VOD_modified_Seattle": System(
        "VOD/SOS (modified Seattle)",
        (_any(sign.BILIRUBIN_ABOVE_2), _any(sign.HEPATOMEGALY), _any(sign.WEIGHT_2)),
        2,
        until=_SEATTLE_TO,
    ),
}
_SIGN_EVENTS = tuple(dict.fromkeys(sign.EVENTS.values()))


def derive_vod(definition: Definition, records: Records, options: Options) -> DerivedEndpoint:
    """Derive VOD/SOS by the criteria that the name says.

    Raises
    ------
    RefusalError
        When what is recorded cannot show as many criteria as are needed, for anybody.
    """
    system, course = SYSTEMS[definition.name], course_of(records)
    met = diagnoses(definition.name, records, options)
    looked = assessed(records, course)
    tellable = _tellable(system, looked).alias("tellable")
    whole = looked.with_columns(tellable, _needed(system, looked).alias("needed")).join(
        met, on="patient_id", how="left"
    )
    _refuse_untellable(definition, system, whole)
    found_there = pl.col("event_day").is_not_null()
    few = f"fewer than {system.at_least} of the criteria can be told from what is recorded"
    no_bilirubin = "bilirubin, without which the criteria cannot be met, was not measured after day 0"
    undated = "a sign has no day, so that it cannot be told whether it stood with others"
    problem = choose(
        [
            (~found_there & pl.col("undated_row").is_not_null(), pl.lit(undated)),
            (~found_there & ~pl.col("needed"), pl.lit(no_bilirubin)),
            (~found_there & (pl.col("tellable") < system.at_least), pl.lit(few)),
        ],
        pl.lit(None, pl.String),
    )
    counted = complete(
        whole.with_columns(
            problem.alias("problem"),
            course.cite("events", "undated_row").alias("problem_fact"),
            pl.format("{} of {} criteria could be told", "tellable", pl.lit(len(system.criteria))).alias(
                "beside"
            ),
        )
    )
    found = list(_findings(definition, system, course, records, whole))
    return competing(definition, course, counted, system.label, options, found)


def diagnoses(name: str, records: Records, options: Options) -> pl.DataFrame:
    """Return who met the criteria, and when: ``patient_id``, ``event_day``, ``told``, ``event_flags``."""

    def make(made: Records) -> pl.DataFrame:
        return _diagnoses(name, made, options)

    return remembered(records, f"{name} {options}", make)


def met_days(name: str, records: Records, options: Options) -> nw.LazyFrame[Any]:
    """Return each patient's first day on which the criteria are met, with the signs carried to it.

    They are found where the data is, once: one row for each patient who met them.
    """
    made = remembered(records, f"days of {name} {options}", lambda r: collect(_met_days(name, r, options)))
    return nw.from_native(made.lazy())


def _met_days(name: str, records: Records, options: Options) -> nw.LazyFrame[Any]:
    system, window = SYSTEMS[name], options.vod_together_days
    days = nw.from_native(remembered(records, "signs of VOD carried", _carried).lazy())
    met = how_many(system.criteria, window) >= system.at_least
    if system.required is not None:
        met = met & (holds(system.required, window) == 1)
    if system.alone is not None:
        met = met | (holds(system.alone, 0) == 1)
    return first_day(days, met & (system.until >= DAY))


def _carried(records: Records) -> pl.DataFrame:
    """Carry the signs of every system forward, once for all of them."""
    return collect(carried(sign.vod_days(records), sign.NAMES))


def _names(system: System) -> list[str]:
    """Return the columns of the signs that a system asks for."""
    criteria = [*system.criteria, *(c for c in (system.required, system.alone) if c is not None)]
    return list(dict.fromkeys(one.name for criterion in criteria for one in criterion.signs))


def _diagnoses(name: str, records: Records, options: Options) -> pl.DataFrame:
    system, window, cite = SYSTEMS[name], options.vod_together_days, course_of(records).cite
    rows = unpacked(collect(met_days(name, records, options)), _names(system))
    proofs = () if system.alone is None else (system.alone,)
    facts = told((*system.criteria, *proofs), window, cite)
    level = _level(window) if system.alone is not None else pl.lit("")
    onset = pl.when(pl.col("day") <= CLASSICAL_TO).then(pl.lit("classical")).otherwise(pl.lit("late"))
    flags = [pl.lit("derived"), *([level, onset] if system.alone is not None else [])]
    words = [facts, *([pl.lit("; "), level, pl.lit(", "), onset] if system.alone is not None else [])]
    return rows.select(
        "patient_id",
        pl.col("day").cast(pl.Int64).alias("event_day"),
        pl.concat_str(words).alias("told"),
        pl.concat_str(flags, separator=";").alias("event_flags"),
    ).sort("patient_id")


def _level(window: int) -> pl.Expr:
    """Return proven, clinical or probable, by what stands on the day."""

    def there(criterion: Criterion, days: int) -> pl.Expr:
        last = pl.max_horizontal(f"{s.name}_on" for s in criterion.signs)
        return last >= pl.col("day") - days

    three = pl.sum_horizontal(there(c, window).cast(pl.Int64) for c in _ADULT)
    return choose(
        [
            (there(_PROOF, 0), pl.lit("proven")),
            ((three >= _CLINICAL.at_least) & there(_BILIRUBIN, window), pl.lit("clinical")),
        ],
        pl.lit("probable"),
    )


def assessed(records: Records, course: Course) -> pl.DataFrame:
    """Return what of each patient can be told: bilirubin and weight measured, signs looked for.

    A sign that the centre records for anybody is taken as looked for in everybody, unless the patient's own
    row says that it is not known.

    Returns
    -------
    polars.DataFrame
        ``patient_id``, ``undated_row`` (a sign without a day), ``has_bilirubin``, ``has_weight``, and
        ``sees_<sign>`` of each recorded sign.
    """
    return remembered(records, "what of VOD can be told", lambda made: _assessed(made, course))


def _assessed(records: Records, course: Course) -> pl.DataFrame:
    everybody = course.frame.select("patient_id")
    bilirubin = collect(measured(records, "bilirubin"))["patient_id"]
    baseline = before_transplant(results(records, "weight"), "baseline").select("patient_id")
    weight = collect(measured(records, "weight").join(baseline, on="patient_id", how="inner"))["patient_id"]
    event = nw.col("event")
    rows = lazy(records, "events").filter(event.is_in(list(_SIGN_EVENTS)), (DAY >= 0) | DAY.is_null())
    picks = [
        pick
        for n, code in enumerate(_SIGN_EVENTS)
        for pick in (
            Pick(f"said_{n}", (event == code) & (HAPPENED | DENIED), "any"),
            Pick(f"unknown_{n}", (event == code) & NOT_KNOWN, "any"),
        )
    ]
    said = collect(reduce(rows, [*picks, Pick("undated", HAPPENED & DAY.is_null(), "any")]))
    whole = everybody.join(said, on="patient_id", how="left")
    listed = {code: bool(said[f"said_{n}_row"].is_not_null().any()) for n, code in enumerate(_SIGN_EVENTS)}
    position = {code: n for n, code in enumerate(_SIGN_EVENTS)}

    def sees(code: str) -> pl.Expr:
        n = position[code]
        asked = pl.col(f"unknown_{n}_row").is_null() | pl.col(f"said_{n}_row").is_not_null()
        return pl.lit(listed[code]) & asked

    return whole.select(
        "patient_id",
        pl.col("undated_row").cast(pl.Int64),
        pl.col("patient_id").is_in(bilirubin.implode()).alias("has_bilirubin"),
        pl.col("patient_id").is_in(weight.implode()).alias("has_weight"),
        *(sees(code).alias(f"sees_{name}") for name, code in sign.EVENTS.items()),
    )


def _sees(one: Sign, looked: pl.DataFrame) -> pl.Expr:
    if one.name.startswith("bilirubin"):
        return pl.col("has_bilirubin")
    if one.name.startswith("weight"):
        return pl.col("has_weight")
    return pl.col(f"sees_{one.name}") if f"sees_{one.name}" in looked.columns else pl.lit(value=False)


def _tellable(system: System, looked: pl.DataFrame) -> pl.Expr:
    return pl.sum_horizontal(
        pl.any_horizontal(_sees(one, looked) for one in criterion.signs).cast(pl.Int64)
        for criterion in system.criteria
    )


def _needed(system: System, looked: pl.DataFrame) -> pl.Expr:
    if system.required is None:
        return pl.lit(value=True)
    return pl.any_horizontal(_sees(one, looked) for one in system.required.signs)


def _refuse_untellable(definition: Definition, system: System, whole: pl.DataFrame) -> None:
    nobody = whole.filter(pl.col("needed"), pl.col("tellable") >= system.at_least).is_empty()
    if whole.is_empty() or whole["event_day"].is_not_null().any() or not nobody:
        return
    what = (
        f"{definition.name} cannot be derived: what is recorded after day 0 shows fewer than "
        f"{system.at_least} of its {len(system.criteria)} criteria for every one of {whole.height} patients"
    )
    instead = (
        "record bilirubin and weight in measurements (a weight on or before day 0 too), and hepatomegaly, "
        "ascites, weight gain and refractory thrombocytopenia in events; or ask for VOD, as the centre "
        "recorded it"
    )
    raise RefusalError(what, instead=instead, source=definition.source)


def _other_ages(definition: Definition, course: Course, records: Records) -> Iterator[Finding]:
    """Say when children are counted by criteria for adults, or adults by those for children."""
    children = nw.col("age") < ADULT_FROM
    other = ~children if "paediatric" in definition.name else children
    if "EBMT" not in definition.name:
        return
    count = collect(lazy(records, "patients").filter(other).select("patient_id").unique()).height
    if count:
        who = "18 years or older" if "paediatric" in definition.name else "younger than 18 years"
        yield Finding(
            "endpoints.criteria_of_another_age",
            "warning",
            f"{count} of {course.frame.height} patients are {who}, an age for which the criteria of "
            f"{definition.name} were not made",
            Where("patients", item=definition.name),
            hint="restrict the cohort by age, or count each age by its own criteria",
            source=definition.source,
        )


def _findings(
    definition: Definition, system: System, course: Course, records: Records, whole: pl.DataFrame
) -> Iterator[Finding]:
    said = stated(TARGETS["VOD"], records, course).frame
    both = said.join(whole.drop("undated_row"), on="patient_id", how="left").filter(pl.col("first_day") == 0)
    derived = pl.col("event_day").is_not_null()
    recorded = pl.coalesce("yes_row", "undated_row").is_not_null()
    anywhere = bool(both.select(recorded.any()).item())
    checks = [
        Check(
            "endpoints.vod_disagrees",
            "warning",
            recorded & ~derived,
            "events",
            "recorded_row",
            f"VOD/SOS is recorded, but what is recorded of its signs does not meet the criteria of "
            f"{definition.name}; both are kept",
            "complete the signs and results, or name the criteria by which it was diagnosed",
            definition.source,
        ),
        Check(
            "endpoints.vod_disagrees",
            "warning",
            derived & ~recorded & (pl.col("no_row").is_not_null() | pl.lit(anywhere)),
            "events",
            "no_row",
            f"{system.label} by its signs on day {{event_day}}, but VOD/SOS is not recorded; both are kept",
            "check whether another cause explains the signs, and record VOD/SOS or its absence",
            definition.source,
        ),
    ]
    both = both.with_columns(pl.coalesce("yes_row", "undated_row").alias("recorded_row"))
    yield from run(checks, both, course.places, definition.name)
    yield from _other_ages(definition, course, records)
