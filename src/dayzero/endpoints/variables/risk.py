"""Very high risk before transplant, by the features that Algeri et al. list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from dayzero.endpoints.definition import Variable
from dayzero.endpoints.frames import DAY, HAPPENED, lazy
from dayzero.endpoints.leukaemia.measures import MRD_NEGATIVE, MRD_POSITIVE, mrd_class
from dayzero.endpoints.variables.disease import VERY_EARLY_MONTHS
from dayzero.endpoints.variables.family import Family

if TYPE_CHECKING:
    from dayzero.records.model import Records

#: Days from diagnosis. Induction is judged on day +33; a remission recorded within a week after it counts as
#: reached by then. Neither window is in the publication.
_INDUCTION_SAMPLE = (25, 50)
_REMISSION_BY = 40

#: MRD after induction from which the response was poor, whatever cut-off a study chooses at transplant.
_POOR_FROM = 1e-4

#: Hypodiploidy, TCF3::HLF, KMT2A::AFF1, and their older names.
_GENES = (
    r"hypodiploid|near[- ]haploid",
    r"(?:tcf3|e2a) ?[:/-]+ ?hlf|t\(17;19\)",
    r"(?:kmt2a|mll) ?[:/-]+ ?(?:aff1|af4)|t\(4;11\)",
)
_IKZF1_PLUS = r"ikzf1[ -]?(?:plus|\+)"
#: A finding that is said to be absent, up to the next comma or semicolon.
_DENIED = r"\b(?:no|not|without|negative for|absence of) [^,;]*"

_NOT_TOLD = ("not done", "failed", "not available")

_NOTES = (
    Variable(
        "very_high_risk",
        "Very high risk",
        "yes/no",
        source="Algeri et al., Haematologica 2025;110(3):596-607, features as in its ASH 2024 abstract: "
        "hypodiploidy, TCF3::HLF, KMT2A::AFF1, IKZF1plus with MRD of at least 1e-4 after induction (days 25 "
        "to 50 from diagnosis), first remission later than day +33 from diagnosis (a week's delay allowed), "
        "or, in CR2, a first relapse less than 18 months from diagnosis; not known when none is present and "
        "one of them cannot be told",
    ),
)


def risk_families(records: Records) -> tuple[Family, ...]:
    """Return the first remission, and MRD after induction; :func:`with_very_high_risk` reads them."""
    remission = (
        lazy(records, "events")
        .filter(nw.col("event") == "complete remission", HAPPENED, DAY <= 0)
        .group_by("patient_id")
        .agg(DAY.min().alias("_first_remission_day"))
    )
    diagnosis = lazy(records, "patients").group_by("patient_id").agg(nw.col("diagnosis_day").min())
    since = DAY - nw.col("diagnosis_day")
    induction = (
        lazy(records, "measurements")
        .filter(nw.col("analyte") == "MRD")
        .join(diagnosis, on="patient_id", how="inner")
        .filter(since.is_between(*_INDUCTION_SAMPLE))
        .with_columns(mrd_class(_POOR_FROM).alias("_induction_mrd"))
        .group_by("patient_id")
        .agg(nw.col("_induction_mrd").max())
    )
    return Family(remission, ()), Family(induction, _NOTES)


def with_very_high_risk(joined: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Add ``very_high_risk``; it needs the timing of the first relapse."""
    text = nw.col("cytogenetics").str.to_lowercase()
    told = nw.when(~text.is_in(_NOT_TOLD)).then(text.str.replace_all(_DENIED, ""))
    genes = told.str.contains("|".join(_GENES))
    return joined.with_columns(
        (genes | _poor_ikzf1_plus(told) | _late_remission() | _very_early_relapse()).alias("very_high_risk")
    )


def _poor_ikzf1_plus(told: nw.Expr) -> nw.Expr:
    grade = nw.col("_induction_mrd")
    poor = nw.when(grade.is_in([MRD_NEGATIVE, MRD_POSITIVE])).then(grade == MRD_POSITIVE)
    return told.str.contains(_IKZF1_PLUS) & poor


def _late_remission() -> nw.Expr:
    """Return whether the first remission came late; not known when the first one follows a relapse."""
    first, relapse = nw.col("_first_remission_day"), nw.col("_first_relapse_day")
    taken = first - nw.col("_diagnosis_day")
    is_first = (taken > 0) & (relapse.is_null() | (first < relapse))
    return nw.when(is_first).then(taken > _REMISSION_BY)


def _very_early_relapse() -> nw.Expr:
    return (nw.col("remission_number") == 2) & (nw.col("months_to_first_relapse") < VERY_EARLY_MONTHS)
