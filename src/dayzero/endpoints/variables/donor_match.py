"""Donor and recipient: HLA grade, paediatric donor group, sex of both, and the EBMT score.

EBMT Handbook 2024, chapter 9 (HLA) and chapter 11, table 11.2 (EBMT score); points of a component that is not
known are never taken as 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from dayzero.endpoints.deciding import NOTHING, choose
from dayzero.endpoints.definition import Variable
from dayzero.endpoints.frames import DAY, collect, lazy
from dayzero.endpoints.variables.disease import DAYS_IN_MONTH
from dayzero.endpoints.variables.family import Family

if TYPE_CHECKING:
    from dayzero.records.model import Records

_HLA = "EBMT Handbook 2024, chapter 9"
_EBMT = "EBMT Handbook 2024, chapter 11, table 11.2"
_POINTS = {
    "ebmt_age_points": ("age", "below 20 years 0, 20 to 40 1, above 40 2, in completed years"),
    "ebmt_stage_points": ("stage", "acute leukaemia: CR1 0, CR2 1, other 2; not known for other diseases"),
    "ebmt_interval_points": (
        "interval",
        "diagnosis to transplant of at least 12 months 1, not counted in CR1",
    ),
    "ebmt_donor_points": (
        "donor",
        "HLA-identical sibling 0, unrelated 1; other relatives and cord blood count as unrelated (a choice)",
    ),
    "ebmt_sex_points": ("sex", "female donor for a male recipient 1"),
}
_NOTES = (
    Variable(
        "hla_grade",
        "HLA match, alleles matched",
        "category",
        source=f"x/6, x/8, x/10 or x/12 in hla_match ({_HLA})",
        detail=True,
    ),
    Variable(
        "hla_mismatches",
        "HLA mismatches",
        "number",
        source=f"of the alleles that hla_match counts ({_HLA})",
        detail=True,
    ),
    Variable(
        "donor_group_paediatric",
        "Donor group (paediatric)",
        "category",
        source=f"MSD matched sibling, MD matched at 9/10 or 10/10, MMD below, haplo, cord ({_HLA}); not "
        "known where 8 or 12 alleles leave both open",
        detail=True,
    ),
    Variable(
        "female_to_male", "Female donor for a male recipient", "yes/no", source="sex of donor and recipient"
    ),
    Variable("ebmt_score", "EBMT score", "number", source=f"sum of its five components, 0 to 7 ({_EBMT})"),
    *(
        Variable(name, f"EBMT score, points for {label}", "number", source=f"{rule} ({_EBMT})", detail=True)
        for name, (label, rule) in _POINTS.items()
    ),
    Variable(
        "ebmt_score_why",
        "EBMT score, why not known",
        "category",
        source="the components that are not known",
        detail=True,
    ),
)
_ACUTE = r"acute|lymphoblastic|\ball\b|\baml\b|\bapl\b|mpal|[bt]-all|bcp-all"
_LOCI = (6, 8, 10, 12)


def match_family(records: Records) -> Family:
    """Return HLA grade, donor group, sex match and EBMT score of the transplant on day 0."""
    transplants = lazy(records, "transplants").filter((nw.col("type") == "allogeneic") & (DAY == 0))
    first = transplants.filter(nw.col("row") == nw.col("row").min().over("patient_id"))
    people = lazy(records, "patients")
    who = people.filter(nw.col("row") == nw.col("row").min().over("patient_id"))
    facts = collect(first.select("patient_id", "donor", "donor_sex", "hla_match", "remission")).join(
        collect(who.select("patient_id", "sex", "age", "diagnosis", "immunophenotype", "diagnosis_day")),
        on="patient_id",
        how="left",
    )
    facts = facts.with_columns(*_alleles(), _female_to_male().alias("female_to_male"))
    facts = facts.with_columns(*_grade(), _paediatric().alias("donor_group_paediatric"), *_points())
    total = pl.sum_horizontal(*_POINTS, ignore_nulls=False)
    missing = pl.concat_str(
        (pl.when(pl.col(name).is_null()).then(pl.lit(label)) for name, (label, _) in _POINTS.items()),
        separator=", ",
        ignore_nulls=True,
    )
    why = pl.when(total.is_null()).then(pl.concat_str(pl.lit("not known: "), missing))
    frame = facts.select(
        "patient_id",
        *("hla_grade", "hla_mismatches", "donor_group_paediatric", "female_to_male"),
        total.alias("ebmt_score"),
        *_POINTS,
        why.alias("ebmt_score_why"),
    )
    return Family(nw.from_native(frame.lazy()), _NOTES)


def _alleles() -> list[pl.Expr]:
    """Return how many alleles match, and of how many; null when the text does not say."""
    text = pl.col("hla_match").str.extract_groups(
        r"(?:^|[^0-9/])([0-9]{1,2}) ?(?:/|of) ?([0-9]{1,2})(?:$|[^0-9/])"
    )
    matched = text.struct.field("1").cast(pl.Int64)
    loci = text.struct.field("2").cast(pl.Int64)
    fits = loci.is_in(_LOCI) & (matched <= loci)
    return [pl.when(fits).then(matched).alias("matched"), pl.when(fits).then(loci).alias("loci")]


def _grade() -> list[pl.Expr]:
    grade = pl.concat_str(pl.col("matched").cast(pl.String), pl.lit("/"), pl.col("loci").cast(pl.String))
    return [grade.alias("hla_grade"), (pl.col("loci") - pl.col("matched")).alias("hla_mismatches")]


def _paediatric() -> pl.Expr:
    """Return the paediatric donor group; 8 and 12 alleles bound how many of 10 match."""
    matched, loci, donor = pl.col("matched"), pl.col("loci"), pl.col("donor")
    least = choose(
        [(loci == 10, matched), (loci == 8, matched), (loci == 12, matched - 2)], pl.lit(None, pl.Int64)
    )
    most = choose(
        [
            (loci == 10, matched),
            (loci == 8, matched + 2),
            (loci == 12, pl.min_horizontal(matched, pl.lit(10))),
        ],
        pl.lit(None, pl.Int64),
    )
    return choose(
        [
            (donor == "matched sibling", pl.lit("MSD")),
            (donor == "haploidentical", pl.lit("haplo")),
            (donor == "cord blood", pl.lit("cord")),
            (donor.is_in(["syngeneic", "autologous"]) | donor.is_null() | (donor == "unknown"), NOTHING),
            (least >= 9, pl.lit("MD")),
            (most < 9, pl.lit("MMD")),
        ],
        NOTHING,
    )


def _female_to_male() -> pl.Expr:
    """Return whether a woman gave to a man; one of the two that fits no such pair is enough for a no."""
    donor, recipient = pl.col("donor_sex"), pl.col("sex")
    return choose(
        [
            ((donor == "female") & (recipient == "male"), pl.lit(value=True)),
            ((donor == "male") | (recipient == "female"), pl.lit(value=False)),
        ],
        pl.lit(None, pl.Boolean),
    )


def _points() -> list[pl.Expr]:
    age = pl.col("age").floor()
    nothing = pl.lit(None, pl.Int64)
    remission, donor = pl.col("remission"), pl.col("donor")
    text = pl.col("diagnosis").fill_null("").str.to_lowercase()
    leukaemia = pl.col("immunophenotype").is_in(["B-ALL", "T-ALL", "MPAL"]).fill_null(value=False)
    acute = leukaemia | (text.str.contains(_ACUTE) & ~text.str.contains("chronic"))
    months = -pl.col("diagnosis_day") / DAYS_IN_MONTH
    others = ["other matched related", "mismatched related", "haploidentical", "cord blood"]
    unrelated = ["matched unrelated", "mismatched unrelated", *others]
    return [
        choose([(age < 20, pl.lit(0)), (age <= 40, pl.lit(1)), (age > 40, pl.lit(2))], nothing).alias(
            "ebmt_age_points"
        ),
        choose(
            [
                (~acute, nothing),
                (remission == "CR1", pl.lit(0)),
                (remission == "CR2", pl.lit(1)),
                (remission.is_in(["CR3", "CR4+", "not in remission"]), pl.lit(2)),
            ],
            nothing,
        ).alias("ebmt_stage_points"),
        choose(
            [
                (remission == "CR1", pl.lit(0)),
                (months >= 12, pl.lit(1)),
                ((months >= 0) & (months < 12), pl.lit(0)),
            ],
            nothing,
        ).alias("ebmt_interval_points"),
        choose([(donor == "matched sibling", pl.lit(0)), (donor.is_in(unrelated), pl.lit(1))], nothing).alias(
            "ebmt_donor_points"
        ),
        pl.col("female_to_male").cast(pl.Int64).alias("ebmt_sex_points"),
    ]
