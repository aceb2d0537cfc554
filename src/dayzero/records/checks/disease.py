"""The disease against itself: remissions, relapses, blasts, lineage and the states of follow-up."""

from __future__ import annotations

from typing import Final

import polars as pl

from dayzero.records.checks.remission import NUMBERS
from dayzero.records.checks.rule import Facts, Rule, beside
from dayzero.records.kahn import ATEMPORAL, COMPLETENESS, COMPUTATIONAL, RELATIONAL, TEMPORAL, UNIQUENESS

#: Percent of blasts in the marrow from which there is no remission.
BLASTS: Final = 5
#: Days before transplant in which a marrow tells the remission at transplant.
RECENT: Final = 30
#: Two relapses closer than this are rarely two.
APART: Final = 14
_CRITERIA: Final = "complete remission: less than 5% blasts in the marrow (CIBMTR; ELN, Gökbuget, Blood 2024)"


def _blasts(facts: Facts) -> pl.DataFrame:
    """Return the blasts of the marrow: patient, day, percent; blood is another matter."""
    found = facts.measured("blasts").filter(pl.col("value").is_not_null())
    specimen = pl.col("specimen").fill_null("marrow").str.to_lowercase()
    marrow = found.filter(~specimen.str.contains("blood|csf|liquor|cerebrospinal"))
    return marrow.select("patient_id", pl.col("day").alias("seen"), pl.col("value").alias("blasts"))


def _near(frame: pl.DataFrame, blasts: pl.DataFrame, days: int) -> pl.DataFrame:
    found = beside(frame, blasts).filter((pl.col("day") - pl.col("seen")).abs() <= days)
    return found.unique("row", keep="first", maintain_order=True)


def _remission_with_blasts(facts: Facts) -> pl.DataFrame:
    many = _blasts(facts).filter(pl.col("blasts") >= BLASTS)
    return _near(facts.happened("complete remission"), many, 0)


def _molecular_with_blasts(facts: Facts) -> pl.DataFrame:
    many = _blasts(facts).filter(pl.col("blasts") >= BLASTS)
    return _near(facts.happened("molecular relapse"), many, 3)


def _relapse_without_blasts(facts: Facts) -> pl.DataFrame:
    site = pl.col("site").str.to_lowercase()
    marrow = facts.happened("relapse").filter(
        site.str.contains("marrow|medullary") & ~site.str.contains("extra")
    )
    blasts = _blasts(facts)
    seen = _near(marrow, blasts, 0).select("row")
    many = _near(marrow, blasts.filter(pl.col("blasts") >= BLASTS), 0).select("row")
    few = _near(marrow, blasts.filter(pl.col("blasts") < BLASTS), 0)
    return few.join(seen, on="row", how="semi").join(many, on="row", how="anti", maintain_order="left")


def _last_marrow(facts: Facts) -> pl.DataFrame:
    """Return each first transplant with the last marrow of the month before it."""
    recent = _blasts(facts).filter(pl.col("seen").is_between(-RECENT, 0)).sort("seen", maintain_order=True)
    return beside(facts.grafts, recent.unique("patient_id", keep="last", maintain_order=True))


def _transplanted_with_blasts(facts: Facts) -> pl.DataFrame:
    return _last_marrow(facts).filter(pl.col("remission").is_in([*NUMBERS]), pl.col("blasts") >= BLASTS)


def _transplanted_without_blasts(facts: Facts) -> pl.DataFrame:
    return _last_marrow(facts).filter(pl.col("remission") == "not in remission", pl.col("blasts") < BLASTS)


def _relapse_before_remission(facts: Facts) -> pl.DataFrame:
    first = (
        facts.happened("complete remission")
        .group_by("patient_id", maintain_order=True)
        .agg(pl.col("day").min().alias("remitted"))
    )
    relapses = facts.happened("relapse").sort("day", maintain_order=True)
    found = beside(relapses.unique("patient_id", keep="first", maintain_order=True), first)
    return found.filter(pl.col("day") < pl.col("remitted"), pl.col("remitted") <= 0)


def _relapse_repeated(facts: Facts) -> pl.DataFrame:
    found = facts.happened("relapse").sort("patient_id", "day", "row")
    apart = pl.col("day") - pl.col("day").shift(1).over("patient_id")
    near = found.with_columns(apart=apart, before=pl.col("day").shift(1).over("patient_id"))
    return near.filter(pl.col("apart") > 0, pl.col("apart") < APART)


def _more_remissions(facts: Facts) -> pl.DataFrame:
    reached = facts.happened("complete remission").filter(pl.col("day") <= 0)
    counted = reached.group_by("patient_id", maintain_order=True).agg(
        pl.col("day").n_unique().alias("remissions")
    )
    number = pl.col("remission").replace_strict(NUMBERS, default=None, return_dtype=pl.Int64)
    found = beside(facts.grafts.filter(pl.col("remission") != "CR4+"), counted)
    return found.with_columns(number=number).filter(pl.col("remissions") > pl.col("number"))


def _remission_unrecorded(facts: Facts) -> pl.DataFrame:
    reached = facts.happened("complete remission").filter(pl.col("day") <= 0)
    if reached.is_empty():
        return facts.grafts.clear().with_columns(relapsed=pl.lit(0))
    last = reached.group_by("patient_id", maintain_order=True).agg(pl.col("day").max().alias("reached"))
    before = facts.happened("relapse").filter(pl.col("day") < 0)
    relapsed = before.group_by("patient_id", maintain_order=True).agg(pl.col("day").max().alias("relapsed"))
    found = beside(facts.grafts.filter(pl.col("remission").is_in([*NUMBERS])), relapsed)
    known = found.join(last, on="patient_id", how="left", maintain_order="left")
    return known.filter(pl.col("reached").is_null() | (pl.col("reached") <= pl.col("relapsed")))


_LINEAGE: Final = pl.col("diagnosis").str.to_lowercase()
_B_CELL: Final = r"\bb[- ]?(?:cell|all|lineage|precursor)|\bbcp|b-cell"
_T_CELL: Final = r"\bt[- ]?(?:cell|all|lineage)\b"


def _other_lineage(facts: Facts) -> pl.DataFrame:
    says_b = _LINEAGE.str.contains(_B_CELL) & ~_LINEAGE.str.contains(_T_CELL)
    says_t = _LINEAGE.str.contains(_T_CELL) & ~_LINEAGE.str.contains(_B_CELL)
    lineage = pl.col("immunophenotype")
    return facts.patients.filter((says_b & (lineage == "T-ALL")) | (says_t & (lineage == "B-ALL")))


def _impossible_site(facts: Facts) -> pl.DataFrame:
    """Find testicular disease of a female, ovarian disease of a male."""
    sex = facts.patients.select("patient_id", "sex")
    named = pl.concat_str(pl.col("site", "detail").fill_null(""), separator=" ").str.to_lowercase()
    found = beside(facts.events.with_columns(named=named), sex)
    never = pl.col("named").str.contains(r"\b(?:no|without|not)\b")
    testis = (pl.col("sex") == "female") & pl.col("named").str.contains(r"\btest(?:is|es|icular|icle)")
    ovary = (pl.col("sex") == "male") & pl.col("named").str.contains(r"\bovar(?:y|ies|ian)")
    organ = pl.when(testis).then(pl.lit("the testis")).otherwise(pl.lit("the ovary"))
    return found.filter((testis | ovary) & ~never).with_columns(organ=organ)


def _first_line_after_transplant(facts: Facts) -> pl.DataFrame:
    return facts.patients.filter(pl.col("first_line_end_day") > 0)


def _first_line_after_relapse(facts: Facts) -> pl.DataFrame:
    first = (
        facts.happened("relapse")
        .group_by("patient_id", maintain_order=True)
        .agg(pl.col("day").min().alias("relapsed"))
    )
    found = beside(facts.patients.filter(pl.col("first_line_end_day") <= 0), first)
    return found.filter(pl.col("first_line_end_day") > pl.col("relapsed") + RECENT)


def _relapse_unrecorded(facts: Facts) -> pl.DataFrame:
    """Find contacts after transplant in relapse of patients without a relapse up to that day."""
    active = facts.grafts.filter(pl.col("remission") == "not in remission").select("patient_id")
    relapsed = facts.follow_up.filter(pl.col("disease_status") == "relapse", pl.col("day") > 0)
    contacts = relapsed.sort("day", "row")
    asked = contacts.join(active, on="patient_id", how="anti", maintain_order="left")
    relapses = facts.events.filter(
        pl.col("event") == "relapse", pl.col("day").is_null() | (pl.col("day") >= 0)
    )
    found = asked.join(relapses.select("patient_id"), on="patient_id", how="anti", maintain_order="left")
    told = facts.given.filter(pl.col("outcome") == "relapse").select("patient_id")
    return found.join(told, on="patient_id", how="anti", maintain_order="left").unique(
        "patient_id", keep="first", maintain_order=True
    )


def _remission_on_relapse(facts: Facts) -> pl.DataFrame:
    relapses = facts.happened("relapse").select("patient_id", pl.col("day").alias("relapsed"))
    contacts = facts.follow_up.filter(pl.col("disease_status") == "complete remission")
    return beside(contacts, relapses).filter(pl.col("day") == pl.col("relapsed"))


RULES: Final[tuple[Rule, ...]] = (
    Rule(
        "records.blasts_in_remission",
        "warning",
        "events",
        "date",
        "complete remission on day {day}, but {blasts:g}% blasts in the marrow that day",
        _remission_with_blasts,
        "correct the date of the remission, or the blasts",
        needs=("blasts",),
        kahn=COMPUTATIONAL,
        source=_CRITERIA,
    ),
    Rule(
        "records.blasts_in_molecular_relapse",
        "warning",
        "events",
        "event",
        "molecular relapse on day {day}, but {blasts:g}% blasts in the marrow on day {seen}",
        _molecular_with_blasts,
        "with 5% blasts or more the relapse is haematological: record it as relapse",
        needs=("molecular relapse",),
        kahn=COMPUTATIONAL,
        source=_CRITERIA,
    ),
    Rule(
        "records.marrow_relapse_without_blasts",
        "warning",
        "events",
        "site",
        "relapse in the marrow on day {day}, but {blasts:g}% blasts in the marrow that day",
        _relapse_without_blasts,
        "correct the site, the blasts or the date; MRD that comes back is a molecular relapse",
        needs=("blasts",),
        kahn=COMPUTATIONAL,
        source="haematological relapse: usually 5% blasts or more (CIBMTR, EBMT)",
    ),
    Rule(
        "records.remission_with_blasts_at_transplant",
        "warning",
        "transplants",
        "remission",
        "{remission} at transplant, but {blasts:g}% blasts in the last marrow, on day {seen}",
        _transplanted_with_blasts,
        "correct the remission, or the blasts",
        needs=("blasts",),
        kahn=COMPUTATIONAL,
        source=_CRITERIA,
    ),
    Rule(
        "records.active_disease_without_blasts",
        "warning",
        "transplants",
        "remission",
        "not in remission at transplant, but {blasts:g}% blasts in the last marrow, on day {seen}",
        _transplanted_without_blasts,
        "correct the remission, or the blasts; valid for disease outside the marrow",
        needs=("blasts",),
        kahn=COMPUTATIONAL,
        source=_CRITERIA,
    ),
    Rule(
        "records.relapse_before_remission",
        "warning",
        "events",
        "date",
        "the first relapse is on day {day}, before the first remission recorded, on day {remitted}",
        _relapse_before_remission,
        "correct one of the two dates, or add the remission that was lost",
        needs=("relapse",),
        kahn=TEMPORAL,
        source="relapse presupposes a complete remission (Buchmann, Blood 2022;139:1785)",
    ),
    Rule(
        "records.relapse_repeated",
        "warning",
        "events",
        "date",
        "relapse on day {day}, {apart} days after the relapse on day {before}",
        _relapse_repeated,
        "keep one, unless there was a remission in between: relapses are counted",
        needs=("relapse",),
        kahn=UNIQUENESS,
        source="judgement",
    ),
    Rule(
        "records.more_remissions_than_number",
        "warning",
        "transplants",
        "remission",
        "{remission} at transplant, but {remissions} remissions recorded before it",
        _more_remissions,
        "correct the remission, or the remissions in events; a remission that goes on is recorded once",
        needs=("complete remission",),
        kahn=COMPUTATIONAL,
        source="remission number = relapses before it + 1 (CIBMTR, response criteria of acute "
        "lymphoblastic leukaemia)",
    ),
    Rule(
        "records.remission_unrecorded",
        "note",
        "transplants",
        "remission",
        "{remission} at transplant, but no remission recorded after the relapse on day {relapsed}",
        _remission_unrecorded,
        "add the day on which the remission was reached",
        needs=("complete remission",),
        kahn=COMPLETENESS,
    ),
    Rule(
        "records.other_lineage",
        "warning",
        "patients",
        "immunophenotype",
        "the immunophenotype is {immunophenotype}, but the diagnosis names the other lineage",
        _other_lineage,
        "correct one of the two",
        kahn=ATEMPORAL,
    ),
    Rule(
        "records.impossible_site",
        "error",
        "events",
        "site",
        "{event} in {organ} of a {sex} patient",
        _impossible_site,
        "correct the site, or the sex",
        kahn=ATEMPORAL,
    ),
    Rule(
        "records.first_line_after_transplant",
        "warning",
        "patients",
        "first_line_end",
        "first-line therapy ends on day {first_line_end_day}, after the transplant",
        _first_line_after_transplant,
        "correct the date: for a transplant in first remission it is the last day of therapy before",
        "day 0 or earlier",
        kahn=TEMPORAL,
    ),
    Rule(
        "records.first_line_after_relapse",
        "warning",
        "patients",
        "first_line_end",
        "first-line therapy ends on day {first_line_end_day}, long after the first relapse on day {relapsed}",
        _first_line_after_relapse,
        "correct one of the two: a relapse under therapy ends the first line",
        "at most 30 days after the first relapse",
        needs=("relapse",),
        kahn=TEMPORAL,
        source="relapse timing by BFM counts from the end of first-line therapy (World J Hematol 2014;3:49)",
    ),
    Rule(
        "records.relapse_unrecorded",
        "warning",
        "follow_up",
        "disease_status",
        "in relapse on day {day}, but no relapse after transplant is recorded",
        _relapse_unrecorded,
        "add the relapse to events with its day and site",
        kahn=RELATIONAL,
    ),
    Rule(
        "records.remission_on_relapse",
        "warning",
        "follow_up",
        "disease_status",
        "in complete remission on day {day}, the day of a relapse",
        _remission_on_relapse,
        "correct the state, or the date of the relapse",
        needs=("relapse",),
        kahn=RELATIONAL,
    ),
)
