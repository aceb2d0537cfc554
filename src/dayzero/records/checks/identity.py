"""Whether a patient is recorded once and a table tells of everyone; what endpoints need and do not find."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from dayzero.records.checks.rule import Facts, Rule, beside, together
from dayzero.records.kahn import COMPLETENESS, RELATIONAL, UNIQUENESS

if TYPE_CHECKING:
    from collections.abc import Callable

#: Days that two records must share before they are taken for the same patient.
SHARED: Final = 4


def _course(facts: Facts) -> pl.DataFrame:
    """Return each patient's days as one text: what happened when, apart from day 0 itself."""
    dated = [
        facts.events.select("patient_id", "day", pl.col("event").alias("what")),
        facts.treatments.select(
            "patient_id", pl.col("start_day").alias("day"), pl.col("agent").alias("what")
        ),
        facts.follow_up.select("patient_id", "day", pl.lit("contact").alias("what")),
        facts.patients.select(
            "patient_id", pl.col("diagnosis_day").alias("day"), pl.lit("diagnosis").alias("what")
        ),
    ]
    days = pl.concat(dated).filter(pl.col("day") != 0).unique().sort("patient_id", "day", "what")
    told = pl.format("{} {}", "day", "what")
    return days.group_by("patient_id", maintain_order=True).agg(
        told.str.join("|").alias("course"), pl.len().alias("days"), pl.col("day").n_unique().alias("distinct")
    )


def _same_patient(facts: Facts) -> pl.DataFrame:
    found = beside(facts.patients.sort("patient_id"), _course(facts)).filter(pl.col("distinct") >= SHARED)
    alike = ("sex", "age", "course")
    first = pl.col("patient_id").first().over(alike)
    return found.with_columns(first=first).filter(pl.col("first") != pl.col("patient_id"))


def _ids_alike(facts: Facts) -> pl.DataFrame:
    bare = pl.col("patient_id").str.to_lowercase().str.replace_all(r"[^a-z0-9]", "").str.replace(r"^0+", "")
    padded = bare.str.replace_all(r"([a-z])0+([0-9])", "${1}${2}")
    found = facts.patients.sort("patient_id").with_columns(bare=padded)
    first = pl.col("patient_id").first().over("bare")
    return found.with_columns(first=first).filter(pl.col("first") != pl.col("patient_id"))


def _without_facts(facts: Facts) -> pl.DataFrame:
    """Find patients of whom nothing is recorded but the transplant, where others have more."""
    course = [facts.treatments.select("patient_id"), facts.measurements.select("patient_id")]
    known = pl.concat([*course, facts.events.select("patient_id")])
    if facts.flat or all(frame.is_empty() for frame in course):
        return facts.patients.clear()
    transplanted = facts.patients.join(facts.grafts, on="patient_id", how="semi", maintain_order="left")
    found = transplanted.join(known, on="patient_id", how="anti", maintain_order="left")
    return together(found, transplanted.height)


def _covers_few(table: str) -> Callable[[Facts], pl.DataFrame]:
    """Return a check of a table that has rows of less than half of the transplanted patients."""

    def find(facts: Facts) -> pl.DataFrame:
        frame: pl.DataFrame = getattr(facts, table)
        asked = facts.grafts.select("patient_id", "row")
        without = asked.join(frame, on="patient_id", how="anti", maintain_order="left")
        few = not facts.flat and not frame.is_empty() and 2 * without.height > asked.height >= 10
        return together(without if few else without.clear(), asked.height)

    return find


def _needed(table: str, column: str, when: pl.Expr, missing: str) -> Callable[[Facts], pl.DataFrame]:
    """Return a check of rows of a table that lack what a derivation needs; a flat file's are already told."""

    def find(facts: Facts) -> pl.DataFrame:
        frame: pl.DataFrame = getattr(facts, table).filter(when)
        asked = frame.clear() if facts.flat or not facts.has(table, _header(column)) else frame
        return together(asked.filter(pl.col(column).is_null()), asked.height, missing=missing)

    return find


def _header(column: str) -> str:
    return {"diagnosis_day": "diagnosis_date", "first_line_end_day": "first_line_end"}.get(column, column)


def _relapsed(facts: Facts) -> pl.DataFrame:
    before = facts.happened("relapse").filter(pl.col("day") <= 0).select("patient_id")
    return facts.patients.join(before, on="patient_id", how="semi", maintain_order="left")


def _timing(column: str) -> Callable[[Facts], pl.DataFrame]:
    """Return a check of patients with a relapse before transplant that lack a day which times it."""

    def find(facts: Facts) -> pl.DataFrame:
        relapsed = _relapsed(facts)
        asked = relapsed if facts.has("patients", _header(column)) else relapsed.clear()
        return together(asked.filter(pl.col(column).is_null()), asked.height)

    return find


def _without_mrd(facts: Facts) -> pl.DataFrame:
    """Find transplants in remission without MRD in the 60 days before, where others have it."""
    before = facts.measured("MRD").filter(pl.col("day").is_between(-60, 0)).select("patient_id")
    asked = facts.grafts.filter(pl.col("remission").is_in(["CR1", "CR2", "CR3", "CR4+"]))
    if before.is_empty():
        return asked.clear()
    return together(asked.join(before, on="patient_id", how="anti", maintain_order="left"), asked.height)


_ALLOGENEIC: Final = pl.col("type") == "allogeneic"
#: What derivations need: table, column, of which rows, what is missing, and what it is needed for.
NEEDED: Final = (
    ("transplants", "graft", _ALLOGENEIC, "the source of the cells", "the day on which a graft has failed"),
    ("transplants", "donor", _ALLOGENEIC, "the donor", "the EBMT score and every comparison by donor"),
    ("transplants", "remission", _ALLOGENEIC, "the remission at transplant", "groups by remission"),
    ("transplants", "conditioning", _ALLOGENEIC, "the conditioning", "the intensity of the conditioning"),
    ("transplants", "cmv_recipient", _ALLOGENEIC, "the recipient's CMV serostatus", "the CMV pair"),
    ("transplants", "cmv_donor", _ALLOGENEIC, "the donor's CMV serostatus", "the CMV pair"),
    ("events", "grade", pl.col("event") == "aGVHD", "the grade of acute GVHD", "acute GVHD II-IV and GRFS"),
    ("events", "grade", pl.col("event") == "cGVHD", "the severity of chronic GVHD", "GRFS and CRFS"),
    ("events", "site", pl.col("event") == "relapse", "the site of relapse", "relapse by site"),
)

RULES: Final[tuple[Rule, ...]] = (
    Rule(
        "records.same_patient_twice",
        "warning",
        "patients",
        "patient_id",
        "the same sex, age and days ({days} facts) as patient {first}",
        _same_patient,
        "one patient under two ids is counted twice: merge them, or check that they are two",
        kahn=UNIQUENESS,
    ),
    Rule(
        "records.ids_alike",
        "warning",
        "patients",
        "patient_id",
        "the id differs from '{first}' in letter case, zeros or signs only",
        _ids_alike,
        "one patient under two ids is counted twice: merge them, or check that they are two",
        kahn=UNIQUENESS,
    ),
    Rule(
        "records.patient_without_facts",
        "note",
        "patients",
        "patient_id",
        "no treatment, measurement or event is recorded of {count} of {total} transplanted patients: {rows}",
        _without_facts,
        "add them: nothing recorded is not the same as nothing happened",
        kahn=COMPLETENESS,
    ),
    *(
        Rule(
            "records.table_covers_few",
            "note",
            table,
            "patient_id",
            f"the table {table} has nothing of {{count}} of {{total}} transplanted patients",
            _covers_few(table),
            "complete it, or compare only the patients of whom it tells",
            kahn=RELATIONAL,
        )
        for table in ("treatments", "measurements", "follow_up")
    ),
    *(
        Rule(
            "records.needed_missing",
            "note",
            table,
            column,
            "{missing} is missing in {count} of {total}: {rows}",
            _needed(table, column, when, what),
            f"needed for {purpose}",
            kahn=COMPLETENESS,
        )
        for table, column, when, what, purpose in NEEDED
    ),
    *(
        Rule(
            "records.needed_missing",
            "note",
            "patients",
            column,
            f"{what} is missing in {{count}} of {{total}} patients who relapsed before transplant: {{rows}}",
            _timing(f"{column}_day" if column == "first_line_end" else "diagnosis_day"),
            f"needed for {purpose}",
            kahn=COMPLETENESS,
            source="World J Hematol 2014;3:49",
        )
        for column, what, purpose in (
            ("diagnosis_date", "the date of diagnosis", "the timing of the relapse"),
            ("first_line_end", "the end of first-line therapy", "the timing of the relapse by BFM"),
        )
    ),
    Rule(
        "records.mrd_before_transplant_missing",
        "note",
        "transplants",
        "remission",
        "no MRD in the 60 days before transplant in {count} of {total}: {rows}",
        _without_mrd,
        "needed for groups by MRD before transplant",
        needs=("MRD",),
        kahn=COMPLETENESS,
    ),
)
