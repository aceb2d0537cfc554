"""GVHD-free, relapse-free survival by name: each variant says which GVHD counts.

All are DFS with one more kind of event, so that none is ever later than DFS.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from dayzero.endpoints.assemble import Instead, assemble, named_for, refuse_one_sided
from dayzero.endpoints.catalogue import lookup
from dayzero.endpoints.course import course_of
from dayzero.endpoints.course_findings import Check, run
from dayzero.endpoints.deciding import Reason, choose, excluded, number, sentence
from dayzero.endpoints.gvhd.chronic import CRITERIA, chronic_gvhd
from dayzero.endpoints.gvhd.chronic_incidence import count_of, left_out, ungraded
from dayzero.endpoints.incidence import NEVER, day_not_known
from dayzero.endpoints.outcome.failure import derive_failure
from dayzero.endpoints.statements import statement_findings, statements, untold
from dayzero.errors import RefusalError
from dayzero.records.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dayzero.endpoints.course import Course
    from dayzero.endpoints.deciding import Cite
    from dayzero.endpoints.definition import Definition, DerivedEndpoint
    from dayzero.endpoints.options import Options
    from dayzero.records.model import Records


@dataclass(frozen=True)
class Variant:
    """Which GVHD counts.

    Attributes
    ----------
    acute : bool
        Acute GVHD of grade III or IV.
    chronic : str
        A criterion of chronic GVHD.
    """

    acute: bool
    chronic: str


VARIANTS = {
    "grfs_holtan2015": Variant(acute=True, chronic="systemic"),
    "grfs_ebmt_ruggeri2016": Variant(acute=True, chronic="severe"),
    "mgrfs_nih": Variant(acute=True, chronic="moderate"),
    "crfs": Variant(acute=False, chronic="moderate"),
}
_NOT_DATED = Instead(
    "GVHD that counts is known to have happened, but not when,",
    "record the day on which the grade, severity or systemic treatment that counts was first there",
    source="Holtan et al., Blood 2015;125:1333",
)
_ACUTE = "acute GVHD grade III-IV"


def derive_composite(definition: Definition, records: Records, options: Options) -> DerivedEndpoint:
    """Derive a variant of GVHD-free, relapse-free survival.

    The day of chronic GVHD is the day on which its criterion was first met. When that is the patient's first
    chronic GVHD row, it may be the onset with the highest severity beside it: flagged ``grfs_date_approx``.

    Raises
    ------
    RefusalError
        When DFS is refused, when acute or chronic GVHD is recorded for nobody (silence about everybody is
        not a no), when no chronic GVHD row says whether the criterion was met, or when GVHD that counts
        has no day.
    """
    variant = VARIANTS[definition.name]
    course = course_of(records)
    with named_for(definition):
        without = derive_failure(lookup("DFS"), records, options)
        facts = _facts(definition, without, variant, records, course)
    _refuse_silence(definition, variant, facts)
    # Where systemic treatments for chronic GVHD are listed, who has none was not treated.
    listed = variant.chronic == "systemic" and bool(facts["therapy_row"].is_not_null().any())
    decided = _decide(facts, variant, course, listed=listed)
    label = lookup(definition.name).event
    found = [*without.findings, *_findings(decided, definition, course)]
    found += left_out(definition, variant.chronic, decided["excluded"].drop_nulls(), course)
    return assemble(definition, decided, (label,), found, _NOT_DATED)


def _facts(
    definition: Definition, without: DerivedEndpoint, variant: Variant, records: Records, course: Course
) -> pl.DataFrame:
    """Join first failure, acute and chronic GVHD of every patient."""
    acute = {
        "acute_day": "yes_day",
        "acute_row": "yes_row",
        "acute_undated_row": "undated_row",
        "acute_unclear_row": "unclear_row",
        "acute_unknown_row": "unknown_row",
        "acute_no_row": "no_row",
        "acute_lower_row": "lower_row",
        "acute_partial_row": "partial_row",
    }
    if variant.acute:
        said = statements(lookup("aGVHD_III_IV"), records, course)
        frame = said.frame.with_columns(pl.col(old).alias(new) for new, old in acute.items())
        closed = said.closed
    else:
        frame = course.frame.with_columns(pl.lit(None, pl.Int64).alias(new) for new in acute)
        closed = True
    chronic = chronic_gvhd(records)
    no_row = chronic[f"{variant.chronic}_no_row"].is_not_null()
    if course.flat and not no_row.any():
        yes = pl.coalesce("onset_row", f"{variant.chronic}_undated_row").is_not_null()
        unknown = chronic.filter(~yes, pl.col("cgvhd_unknown_row").is_not_null()).height
        refuse_one_sided(definition, "chronic GVHD", chronic.filter(yes).height, unknown)
    return (
        frame.with_columns(
            pl.lit(closed).alias("acute_closed"),
            pl.lit(not (course.flat and no_row.any())).alias("chronic_closed"),
        )
        .join(chronic, on="patient_id", how="left")
        .join(without.frame.rename({"cause": "failed"}), on="patient_id", how="left")
        .join(without.not_eligible, on="patient_id", how="left")
        .with_columns(pl.col("flags").fill_null(""))
        .sort("patient_id")
    )


def _refuse_silence(definition: Definition, variant: Variant, facts: pl.DataFrame) -> None:
    """Refuse when chronic GVHD is recorded for nobody, or no row speaks about the criterion."""
    criterion = variant.chronic
    transplanted = facts.filter(pl.col("first_day") == 0)
    said = transplanted.filter(pl.coalesce("cgvhd_any_row", "therapy_row").is_not_null())
    if transplanted.height and said.is_empty():
        what = (
            f"{definition.name} cannot be derived: nothing is recorded about chronic GVHD, neither that it "
            f"happened nor that it did not, for any of {transplanted.height} patients"
        )
        instead = (
            "record chronic GVHD in events, with occurred = no for those who did not have it, or ask for DFS"
        )
        raise RefusalError(what, instead=instead)
    told = [pl.col(f"{criterion}_{name}_row") for name in ("yes", "undated", "below")]
    if criterion == "systemic":
        told.append(pl.col("therapy_row"))
    unclear = said.filter(_unclear_row(criterion).is_not_null()).height
    if unclear and said.filter(pl.coalesce(*told).is_not_null()).is_empty():
        what = (
            f"{definition.name} cannot be derived: {count_of(unclear)} had chronic GVHD, and no row says "
            f"whether it was {CRITERIA[criterion]}; leaving them out, or counting them either "
            "way, would be a guess"
        )
        instead = (
            "record in treatments each systemic treatment with the indication 'chronic GVHD', or say so in "
            "detail"
            if criterion == "systemic"
            else "record the severity in grade and its system beside it, or ask for the incidence cGVHD"
        )
        raise RefusalError(what, instead=instead)


def _unclear_row(criterion: str) -> pl.Expr:
    return pl.coalesce(f"{criterion}_unclear_row", f"{criterion}_unclear_undated_row")


def _decide(facts: pl.DataFrame, variant: Variant, course: Course, *, listed: bool) -> pl.DataFrame:
    """Decide what came first; ``listed``: a row that does not tell of treatment means none."""
    name, cite = variant.chronic, course.cite
    event, row = pl.col(f"{name}_yes_day"), cite("events", f"{name}_yes_row")
    therapy = pl.col("therapy_day") if name == "systemic" else pl.lit(None, pl.Int64)
    by_therapy = (therapy < event.fill_null(NEVER)).fill_null(value=False)
    frame = facts.with_columns(
        pl.min_horizontal(event, therapy).alias("chronic_day"),
        pl.when(by_therapy).then(cite("treatments", "therapy_row")).otherwise(row).alias("chronic_told"),
        by_therapy.alias("by_therapy"),
    )
    acute, chronic, end = pl.col("acute_day"), pl.col("chronic_day"), pl.col("time")
    gvhd = pl.min_horizontal(acute, chronic)
    first = (gvhd < end) | ((gvhd == end) & (pl.col("failed") == 0))
    is_acute = acute <= chronic.fill_null(NEVER)
    approximate = (
        first & ~is_acute.fill_null(value=False) & ~pl.col("by_therapy") & (event == pl.col("onset_day"))
    )
    told = choose(
        [(is_acute, sentence(f"{_ACUTE} on day ", number("acute_day"), cite("events", "acute_row")))],
        sentence(f"{CRITERIA[name]}, on day ", number("chronic_day"), pl.col("chronic_told")),
    )
    counted = first.fill_null(value=False)
    return frame.with_columns(
        pl.when(counted).then(gvhd).otherwise(end).alias("time"),
        pl.when(counted).then(1).otherwise("failed").alias("cause"),
        pl.when(counted)
        .then(told)
        .otherwise(sentence(pl.col("why"), "; no GVHD that counts before"))
        .alias("why"),
        _flags(approximate).alias("flags"),
        *_undecided(variant, cite, pl.when(counted).then(gvhd).otherwise(end), listed=listed),
    )


def _flags(approximate: pl.Expr) -> pl.Expr:
    flag = pl.when(approximate).then(pl.lit("grfs_date_approx")).otherwise(pl.lit(""))
    return pl.concat_str(pl.col("flags"), flag, separator=";").str.strip_chars(";")


def _acute_reasons(cite: Cite) -> list[Reason]:
    answered = pl.coalesce("acute_day", "acute_undated_row").is_not_null()
    denied = pl.coalesce("acute_no_row", "acute_lower_row").is_not_null()
    partial = pl.col("acute_partial_row").is_not_null()
    return [
        Reason(
            ~answered & pl.col("acute_unclear_row").is_not_null(),
            f"the recorded grade does not say whether it was {_ACUTE}",
            cite("events", "acute_unclear_row"),
        ),
        Reason(
            ~answered & pl.col("acute_unknown_row").is_not_null(),
            f"whether {_ACUTE} occurred is recorded as unknown",
            cite("events", "acute_unknown_row"),
        ),
        Reason(
            ~answered & ~denied & partial,
            "of acute GVHD, only a higher grade is denied",
            cite("events", "acute_partial_row"),
        ),
        Reason(~answered & ~denied & ~pl.col("acute_closed"), f"whether {_ACUTE} occurred is not recorded"),
    ]


def _chronic_reasons(name: str, cite: Cite, known: pl.Expr, *, listed: bool) -> list[Reason]:
    answered = pl.coalesce("chronic_day", f"{name}_undated_row").is_not_null()
    told = answered | pl.coalesce(f"{name}_no_row", f"{name}_below_row", f"{name}_unclear_row").is_not_null()
    unclear = (pl.col(f"{name}_unclear_day") < known) | pl.col(f"{name}_unclear_undated_row").is_not_null()
    return [
        Reason(
            unclear & pl.lit(not listed),
            ungraded(name),
            pl.coalesce(cite("events", f"{name}_unclear_row"), cite("events", f"{name}_unclear_undated_row")),
        ),
        Reason(
            ~answered & pl.col("cgvhd_unknown_row").is_not_null(),
            "whether chronic GVHD occurred is recorded as unknown",
            cite("events", "cgvhd_unknown_row"),
        ),
        Reason(
            ~told & pl.col(f"{name}_partial_row").is_not_null(),
            "of chronic GVHD, only a worse form is denied",
            cite("events", f"{name}_partial_row"),
        ),
        Reason(~told & ~pl.col("chronic_closed"), "whether chronic GVHD occurred is not recorded"),
    ]


def _undecided(variant: Variant, cite: Cite, known: pl.Expr, *, listed: bool) -> list[pl.Expr]:
    """Return why a patient cannot be counted, and which GVHD has no day."""
    name = variant.chronic
    reasons = [
        Reason(
            pl.max_horizontal("acute_day", "chronic_day") > pl.col("death_day"),
            "GVHD is recorded after death: one of the two days is wrong",
            pl.coalesce(cite("events", "acute_row"), "chronic_told"),
        ),
        *(_acute_reasons(cite) if variant.acute else ()),
        *_chronic_reasons(name, cite, known, listed=listed),
    ]
    why, fact = excluded(reasons)
    carried = pl.col("reason").is_not_null()
    return [
        pl.when(carried).then("reason").otherwise(why).alias("excluded"),
        pl.when(carried).then("fact").otherwise(fact).alias("fact"),
        pl.coalesce(
            pl.when(pl.col("acute_day").is_null()).then(cite("events", "acute_undated_row")),
            pl.when(pl.col("chronic_day").is_null()).then(cite("events", f"{name}_undated_row")),
        ).alias("blocked"),
    ]


def _findings(decided: pl.DataFrame, definition: Definition, course: Course) -> Iterator[Finding]:
    counted = decided.filter(pl.col("excluded").is_null())
    yield from run([_LATE], counted, course.places, definition.name)
    approximate = counted.filter(pl.col("flags").str.contains("grfs_date_approx")).height
    if approximate:
        yield Finding(
            "endpoints.grfs_date_approx",
            "warning",
            f"in {count_of(approximate)} the chronic GVHD that counts is the first chronic GVHD recorded: "
            "its day may be that of onset, before the criterion was met",
            replace(course.places.where("events", None, None, None), item=definition.name),
            hint="record one row at onset and one on the day on which severity or treatment counted",
        )


_LATE = Check(
    "endpoints.gvhd_after_observation",
    "warning",
    (pl.col("cause") == 0) & (pl.min_horizontal("acute_day", "chronic_day") > pl.col("time")),
    "patients",
    "patient_row",
    "GVHD that counts is later than the last contact with known disease status; it is not counted, because "
    "relapse before it would not have been seen",
    "record the disease status on that day",
)


def derive_event_free(definition: Definition, records: Records, options: Options) -> DerivedEndpoint:
    """Derive event-free survival: relapse, second malignancy or death, whichever is first.

    Raises
    ------
    RefusalError
        When DFS is refused, or nothing is recorded about second malignancies.
    """
    course = course_of(records)
    with named_for(definition):
        without = derive_failure(lookup("DFS"), records, options)
    said = statements(definition, records, course)
    cancer, end = pl.col("yes_day"), pl.col("time")
    first = ((cancer < end) | ((cancer == end) & (pl.col("failed") == 0))).fill_null(value=False)
    why, fact = excluded(
        [
            Reason(
                pl.col("remission") == "not in remission",
                "not in remission at transplant: event-free survival would begin with its event",
            ),
            *untold(said, course.cite),
        ]
    )
    carried = pl.col("reason").is_not_null()
    decided = (
        said.frame.join(without.frame.rename({"cause": "failed"}), on="patient_id", how="left")
        .join(without.not_eligible, on="patient_id", how="left")
        .with_columns(
            pl.when(first).then(cancer).otherwise(end).alias("time"),
            pl.when(first).then(1).otherwise("failed").alias("cause"),
            pl.when(first)
            .then(sentence("second malignancy on day ", number("yes_day"), course.cite("events", "yes_row")))
            .otherwise("why")
            .alias("why"),
            pl.when(carried).then("reason").otherwise(why).alias("excluded"),
            pl.when(carried).then("fact").otherwise(fact).alias("fact"),
            pl.when(cancer.is_null()).then(course.cite("events", "undated_row")).alias("blocked"),
        )
    )
    found = [*without.findings, *statement_findings(decided, said, course.places)]
    return assemble(definition, decided, (definition.event,), found, day_not_known(said))
