"""Primary graft failure, decided from neutrophil recovery.

Sureda et al., Bone Marrow Transplant 2024;59:832, doi 10.1038/s41409-024-02251-0, table 1: no ANC of 0.5 x
10^9/L by day 30 (bone marrow, peripheral blood) or day 42 (cord blood), with pancytopenia. How low the other
lines must be is not published: platelets that recovered by the day show that there is no pancytopenia.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from dayzero.endpoints.assemble import assemble
from dayzero.endpoints.catalogue import lookup
from dayzero.endpoints.course import course_of
from dayzero.endpoints.course_findings import Check, run
from dayzero.endpoints.deciding import NOTHING, Reason, choose, excluded, joined, number, sentence
from dayzero.endpoints.frames import Pick, Text, collect, lazy, reduce
from dayzero.endpoints.graft.engraftment import NEVER_BELOW, derive_engraftment
from dayzero.endpoints.graft.lineages import recovered
from dayzero.endpoints.incidence import EVENT, NEVER
from dayzero.endpoints.statements import TARGETS, stated
from dayzero.errors import RefusalError

if TYPE_CHECKING:
    from dayzero.endpoints.deciding import Cite
    from dayzero.endpoints.definition import Definition, DerivedEndpoint
    from dayzero.endpoints.options import Options
    from dayzero.records.model import Records

LABEL = "primary graft failure"
CAUSES = (LABEL, "death", "relapse", "second transplant or rescue infusion")
NOT_FAILED, FAILED, DEATH, RELAPSE, AGAIN = range(5)
_NOT_CHECKED = "pancytopenia_not_checked"
#: Day by which neutrophils must have recovered, by source of the cells.
DAYS = {"bone marrow": 30, "peripheral blood": 30, "bone marrow and peripheral blood": 30, "cord blood": 42}


def derive_primary_failure(definition: Definition, records: Records, options: Options) -> DerivedEndpoint:
    """Derive primary graft failure; death, relapse or another infusion before the day compete.

    Who recovered by the day is observed to it. The recorded graft failure stays what it is in
    ``graft_failure``; where the two disagree, a finding says so.

    Raises
    ------
    RefusalError
        When neutrophil recovery cannot be derived.
    """
    try:
        recovery = derive_engraftment(lookup("neutrophil_engraftment"), records, options)
    except RefusalError as error:
        what = f"{definition.name} cannot be derived without neutrophil recovery: {error.what}"
        raise RefusalError(what, instead="graft_failure, the proportion as recorded") from None
    course = course_of(records)
    said = stated(TARGETS["graft_failure"], records, course).frame
    grafts = collect(
        reduce(
            lazy(records, "transplants"),
            [Pick("graft", (nw.col("type") == "allogeneic") & (nw.col("day") == 0))],
            [Text("graft", "graft", of="graft")],
        )
    ).select("patient_id", "graft")
    denied = stated(TARGETS["neutrophil_engraftment"], records, course).frame.select(
        "patient_id", pl.col("no_row").alias("denied_recovery_row")
    )
    facts = (
        said.join(_platelets(records, options), on="patient_id", how="left")
        .join(denied, on="patient_id", how="left")
        .join(recovery.frame.rename({"cause": "recovery_cause"}), on="patient_id", how="left")
        .join(recovery.not_eligible, on="patient_id", how="left")
        .join(grafts, on="patient_id", how="left")
        .with_columns(
            pl.col("graft").replace_strict(DAYS, default=None, return_dtype=pl.Int64).alias("limit")
        )
    )
    decided = _decide(facts, course.cite)
    found = [
        *(f for f in recovery.findings if f.severity != "note"),
        *course.about_disease,
        *run(_CHECKS, decided.filter(pl.col("excluded").is_null()), course.places, definition.name),
    ]
    return assemble(definition, decided, CAUSES, found)


def _platelets(records: Records, options: Options) -> pl.DataFrame:
    """Return whether and when platelets recovered; nobody when it cannot be told for anyone."""
    try:
        return recovered("platelet_engraftment", "platelet", records, options)
    except RefusalError:
        days = dict.fromkeys(("platelet_day", "platelet_seen"), pl.Int64)
        return pl.DataFrame(schema={"patient_id": pl.String, "platelet_recovered": pl.Boolean, **days})


def _decide(facts: pl.DataFrame, cite: Cite) -> pl.DataFrame:
    limit, seen = pl.col("limit"), pl.col("time").cast(pl.Int64)
    never_below = pl.col("reason").str.starts_with(NEVER_BELOW).fill_null(value=False)
    has_recovered = (pl.col("recovery_cause") == EVENT) & (seen <= limit)
    has_recovered = has_recovered.fill_null(value=False) | never_below
    no_pancytopenia = (pl.col("platelet_day") <= limit).fill_null(value=False)
    before = {
        name: pl.when(pl.col(f"{name}_day") < limit).then(f"{name}_day").otherwise(NEVER)
        for name in ("death", "relapse", "rescue")
    }
    first = pl.min_horizontal(*before.values())
    cause = choose(
        [
            ((before["relapse"] == first) & (first < NEVER), pl.lit(RELAPSE)),
            ((before["rescue"] == first) & (first < NEVER), pl.lit(AGAIN)),
            ((before["death"] == first) & (first < NEVER), pl.lit(DEATH)),
            (~has_recovered & (seen >= limit) & ~no_pancytopenia, pl.lit(FAILED)),
        ],
        pl.lit(NOT_FAILED),
    )
    isolated = ~has_recovered & (seen >= limit) & no_pancytopenia & (first == NEVER)
    not_confirmed = pl.col("flags").str.contains("run_not_complete") & (seen >= limit)
    stated_or_seen = pl.col("flags").str.contains("derived") | (pl.col("recovery_cause") == EVENT)
    silent = ~stated_or_seen & pl.col("denied_recovery_row").is_null()
    reasons = [
        Reason(
            limit.is_null(),
            "the source of the cells is not recorded, so that the day of primary graft failure (30, or 42 "
            "after cord blood) is not known",
        ),
        Reason(silent & (pl.col("cause") == FAILED), "whether neutrophils recovered is not recorded"),
        Reason(not_confirmed & (pl.col("cause") == FAILED), "counts end before recovery is confirmed"),
    ]
    carried = pl.col("reason").is_not_null() & ~never_below
    return (
        facts.with_columns(
            cause.alias("cause"),
            first.alias("first"),
            has_recovered.alias("recovered"),
            isolated.alias("isolated"),
        )
        .with_columns(
            choose(
                [
                    (pl.col("first") < NEVER, pl.col("first")),
                    (pl.col("recovered"), limit),
                ],
                pl.min_horizontal(seen, limit),
            ).alias("time"),
            _why(cite).alias("why"),
            _flags().alias("flags"),
            NOTHING.alias("blocked"),
            pl.col("fact").alias("recovery_fact"),
            *excluded(reasons),
        )
        .with_columns(
            pl.when(carried).then("reason").otherwise("excluded").alias("excluded"),
            pl.when(carried).then("recovery_fact").otherwise("fact").alias("fact"),
        )
    )


def _flags() -> pl.Expr:
    """Say what recovery was decided from, and of a failure whether the other lines are known to be low."""
    untold = (pl.col("cause") == FAILED) & _platelets_untold()
    flags = pl.coalesce("flags", pl.lit("derived"))
    with_note = pl.concat_str(
        pl.when(flags != "").then(flags), pl.lit(_NOT_CHECKED), separator=";", ignore_nulls=True
    )
    return pl.when(untold).then(with_note).otherwise(flags)


def _platelets_untold() -> pl.Expr:
    """Return whether it is not known that platelets had not recovered by the day."""
    seen_to_the_day = pl.coalesce("platelet_day", "platelet_seen") >= pl.col("limit")
    return pl.col("platelet_recovered").is_null() | ~seen_to_the_day


def _why(cite: Cite) -> pl.Expr:
    """Say what came first, and what is known of neutrophils."""
    what = choose(
        [
            (
                pl.col("cause") == FAILED,
                sentence(f"{LABEL}: no neutrophil recovery by day ", number("limit")),
            ),
            (
                pl.col("cause") == RELAPSE,
                sentence("relapse on day ", number("relapse_day"), cite("events", "relapse_row")),
            ),
            (pl.col("cause") == DEATH, sentence("death on day ", number("death_day"), cite.death())),
            (
                pl.col("cause") == AGAIN,
                sentence(f"{CAUSES[-1]} on day ", number("rescue_day"), cite("transplants", "rescue_row")),
            ),
        ],
        sentence(f"no {LABEL} by day ", number("limit")),
    )
    platelets = pl.when(pl.col("cause") == FAILED).then(
        choose(
            [
                (_platelets_untold(), pl.lit(", pancytopenia not checked")),
                (
                    pl.col("platelet_day").is_null(),
                    sentence(", nor of platelets to day ", number("platelet_seen")),
                ),
            ],
            sentence(", nor of platelets before day ", number("platelet_day")),
        )
    )
    alone = pl.when("isolated").then(
        sentence(
            ": platelets recovered on day ", number("platelet_day"), ", so that there is no pancytopenia"
        )
    )
    return joined(
        what, platelets, alone, "; ", pl.coalesce("why", pl.lit("neutrophils never fell below 0.5 x 10^9/L"))
    )


_CHECKS = (
    Check(
        "endpoints.graft_failure_disagrees",
        "warning",
        (pl.col("cause") == NOT_FAILED) & pl.col("recovered") & (pl.col("yes_day") <= pl.col("limit")),
        "events",
        "yes_row",
        "graft failure is recorded on day {yes_day}, but neutrophils recovered by day {limit}; it is not "
        "primary graft failure",
        "check the day, or the neutrophil recovery",
    ),
    Check(
        "endpoints.graft_failure_disagrees",
        "warning",
        (pl.col("cause") == FAILED) & pl.coalesce("yes_row", "undated_row").is_null(),
        "patients",
        "patient_row",
        "no neutrophil recovery by day {limit}, but no graft failure is recorded; counted as primary graft "
        "failure",
        "check the counts, or record the graft failure",
    ),
    Check(
        "endpoints.neutropenia_without_pancytopenia",
        "warning",
        pl.col("isolated"),
        "patients",
        "patient_row",
        "no neutrophil recovery by day {limit}, but platelets recovered by day {platelet_day}: not "
        "pancytopenia, and not counted as primary graft failure",
        "check the counts of neutrophils, and what else may explain them",
        "Sureda et al., Bone Marrow Transplant 2024;59:832, table 1",
    ),
)
