"""Secondary graft failure, derived from counts, transfusions and growth factor after recovery.

Sureda et al., Bone Marrow Transplant 2024;59:832, doi 10.1038/s41409-024-02251-0, table 1: after recovery of
neutrophils and platelets, a decline of neutrophils, platelets or haemoglobin for which blood products or
growth factor are needed. How low, how long and how near the support must be is not published: see
``lineages``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from dayzero.endpoints.assemble import assemble
from dayzero.endpoints.course import course_of
from dayzero.endpoints.course_findings import run
from dayzero.endpoints.deciding import (
    NOT_TRANSPLANTED,
    NOTHING,
    Reason,
    choose,
    excluded,
    joined,
    number,
    sentence,
)
from dayzero.endpoints.graft.chimerism import FULL, chimerism_near
from dayzero.endpoints.graft.graft_loss_findings import CHECKS
from dayzero.endpoints.graft.lineages import (
    LINES,
    has_support,
    last_counts,
    low_runs,
    never_supported,
    recovered,
)
from dayzero.endpoints.incidence import NEVER
from dayzero.endpoints.statements import TARGETS, stated
from dayzero.errors import RefusalError

if TYPE_CHECKING:
    from dayzero.endpoints.deciding import Cite
    from dayzero.endpoints.definition import Definition, DerivedEndpoint
    from dayzero.endpoints.options import Options
    from dayzero.records.model import Records

LABEL = "secondary graft failure"
CAUSES = (LABEL, "death", "relapse", "second transplant or rescue infusion")
NONE, LOST, DEATH, RELAPSE, AGAIN = range(5)


def derive_secondary_failure(definition: Definition, records: Records, options: Options) -> DerivedEndpoint:
    """Derive secondary graft failure; death, relapse or another infusion before it compete.

    Everybody transplanted is at risk from day 0, also who has not recovered yet. Observation ends with the
    last count of neutrophils or platelets, whichever ends first.

    Raises
    ------
    RefusalError
        When no transfusion or growth factor is recorded for anyone, or a recovery cannot be derived.
    """
    if not has_support(records):
        what = (
            f"{definition.name} cannot be derived: no transfusion of red cells or platelets and no G-CSF is "
            "recorded for anyone, so that their need cannot be told"
        )
        raise RefusalError(
            what, instead="record them in treatments, or ask for graft_failure, the proportion as recorded"
        )
    try:
        neutrophils = recovered("neutrophil_engraftment", "neutrophil", records, options)
        platelets = recovered("platelet_engraftment", "platelet", records, options)
    except RefusalError as error:
        what = f"{definition.name} cannot be derived without both recoveries: {error.what}"
        raise RefusalError(what, instead="graft_failure, the proportion as recorded") from None
    course = course_of(records)
    said = stated(TARGETS["graft_failure"], records, course).frame
    facts = said
    for part in (neutrophils, platelets, last_counts(records)):
        facts = facts.join(part, on="patient_id", how="left")
    both = pl.col("neutrophil_recovered") & pl.col("platelet_recovered")
    facts = facts.with_columns(
        pl.when(both).then(pl.max_horizontal("neutrophil_day", "platelet_day")).alias("since")
    )
    facts = facts.join(_losses(facts, records), on="patient_id", how="left")
    lost = facts.filter(pl.col("loss_day").is_not_null()).select("patient_id", pl.col("loss_day").alias("at"))
    facts = facts.join(chimerism_near(lost, records, options), on="patient_id", how="left")
    decided = _decide(facts, options, course.cite)
    counted = decided.filter(pl.col("excluded").is_null())
    found = [
        *course.about_survival,
        *never_supported(counted, records, definition.name),
        *run(CHECKS, counted, course.places, definition.name),
    ]
    return assemble(definition, decided, CAUSES, found)


def _losses(facts: pl.DataFrame, records: Records) -> pl.DataFrame:
    """Return each patient's first supported loss after both recoveries, and the first without support."""
    runs = low_runs(records).join(facts.select("patient_id", "since"), on="patient_id")
    after = runs.filter(pl.col("day") > pl.col("since"))
    supported = after.filter(pl.col("support_day").is_not_null())
    first = supported.group_by("patient_id", maintain_order=True).first().drop("since")
    bare = after.filter(pl.col("support_day").is_null()).group_by("patient_id", maintain_order=True)
    return (
        first.rename({"analyte": "line", "day": "loss_day", "row": "loss_row"})
        .join(
            bare.first().select(
                "patient_id",
                pl.col("analyte").alias("bare_line"),
                pl.col("day").alias("bare_day"),
                pl.col("row").alias("bare_row"),
            ),
            on="patient_id",
            how="full",
            coalesce=True,
        )
        .sort("patient_id")
    )


def _decide(facts: pl.DataFrame, options: Options, cite: Cite) -> pl.DataFrame:
    third, seen = pl.col("third_day"), pl.min_horizontal("ANC_last", "platelets_last")
    until = seen + options.count_gap_days
    # A relapse by the day on which the loss is complete explains it; so does another infusion before that
    # day.
    explained = (pl.col("relapse_day") <= third) | (pl.col("rescue_day") < third)
    loss = pl.when(~explained.fill_null(value=False)).then("loss_day")
    before = {
        name: pl.when(pl.col(f"{name}_day") <= until).then(f"{name}_day").otherwise(NEVER)
        for name in ("death", "relapse", "rescue")
    }
    first = pl.min_horizontal(*before.values())
    cause = choose(
        [
            (loss.is_not_null(), pl.lit(LOST)),
            ((before["relapse"] == first) & (first < NEVER), pl.lit(RELAPSE)),
            ((before["rescue"] == first) & (first < NEVER), pl.lit(AGAIN)),
            (first < NEVER, pl.lit(DEATH)),
        ],
        pl.lit(NONE),
    )
    reasons = [
        *NOT_TRANSPLANTED,
        Reason(third > pl.col("death_day"), "counts are recorded after death: one of the two days is wrong"),
        Reason(pl.col("ANC_last").is_null(), "no neutrophil count after day 0 is recorded"),
        Reason(pl.col("platelets_last").is_null(), "no platelet count after day 0 is recorded"),
        *(
            Reason(pl.col(f"{line}_recovered").is_null(), f"whether {line}s recovered cannot be told")
            for line in ("neutrophil", "platelet")
        ),
    ]
    untold = pl.coalesce("neutrophil_reason", "platelet_reason")
    return (
        facts.with_columns(cause.alias("cause"), first.alias("first"), seen.alias("seen"))
        .with_columns(
            choose(
                [(pl.col("cause") == LOST, pl.col("loss_day")), (pl.col("first") < NEVER, pl.col("first"))],
                pl.col("seen"),
            ).alias("time"),
            _why(cite).alias("why"),
            _flags().alias("flags"),
            NOTHING.alias("blocked"),
            *excluded(reasons),
        )
        .with_columns(
            pl.when(pl.col("excluded").str.contains("cannot be told"))
            .then(pl.coalesce("fact", untold))
            .otherwise("fact")
            .alias("fact")
        )
    )


def _flags() -> pl.Expr:
    lost = pl.col("cause") == LOST
    chimerism = choose(
        [
            (pl.col("chimerism").is_null(), pl.lit("derived;chimerism_not_known")),
            (pl.col("chimerism") == FULL, pl.lit("derived;full_donor_chimerism")),
        ],
        pl.lit("derived;donor_chimerism_not_full"),
    )
    return pl.when(lost).then(chimerism).otherwise(pl.lit("derived"))


def _why(cite: Cite) -> pl.Expr:
    limits = {line.analyte: f"{line.analyte} below {line.below:g} {_unit(line.unit)}" for line in LINES}
    support = {line.analyte: line.support for line in LINES}
    lost = joined(
        sentence(
            f"{LABEL} on day ",
            number("loss_day"),
            cite("measurements", "loss_row"),
            ": after recovery of neutrophils and platelets by day ",
            number("since"),
            ", ",
            pl.col("line").replace_strict(limits, default=None, return_dtype=pl.String),
            " on days ",
            number("loss_day"),
            ", ",
            number("middle_day"),
            " and ",
            number("third_day"),
            ", with ",
            pl.col("line").replace_strict(support, default=None, return_dtype=pl.String),
            cite("treatments", "support_row"),
        ),
        sentence(
            "; donor chimerism ", pl.col("chimerism_told"), " on day ", number("chimerism_day"),
            cite("measurements", "chimerism_row"),
        ),
    )  # fmt: skip
    cause = pl.col("cause")
    return choose(
        [
            (cause == LOST, lost),
            (
                cause == RELAPSE,
                sentence("relapse on day ", number("relapse_day"), cite("events", "relapse_row")),
            ),
            (cause == DEATH, sentence("death on day ", number("death_day"), cite.death())),
            (
                cause == AGAIN,
                sentence(f"{CAUSES[-1]} on day ", number("rescue_day"), cite("transplants", "rescue_row")),
            ),
        ],
        sentence(f"no {LABEL} in the counts to day ", number("seen")),
    )


def _unit(unit: str) -> str:
    return f"x {unit}" if unit.startswith("10^") else unit
