"""Recovery of neutrophils and platelets: from counts and transfusions, or the day that the centre gives.

A recorded day is never overwritten: both days are kept in ``why``, and their difference is a finding.
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
from dayzero.endpoints.graft.counts import FALL_BY, Limit, has_counts, has_transfusions, recoveries
from dayzero.endpoints.graft.engraftment_findings import about_counts, transfusions_not_recorded
from dayzero.endpoints.incidence import (
    AGAIN,
    CENSORED,
    DEATH,
    ENGRAFTMENT,
    EVENT,
    NEVER,
    day_not_known,
    decide,
    derive_incidence,
    extended,
)
from dayzero.endpoints.statements import STATED, TARGETS, Target, stated, statement_findings
from dayzero.errors import RefusalError

if TYPE_CHECKING:
    from dayzero.endpoints.deciding import Cite
    from dayzero.endpoints.definition import Definition, DerivedEndpoint
    from dayzero.endpoints.options import Options
    from dayzero.endpoints.statements import Statements
    from dayzero.records.model import Records

LIMITS = {
    "neutrophil_engraftment": Limit("ANC", 0.5, unsupported=False),
    "platelet_engraftment": Limit("platelets", 20.0, unsupported=True),
    "platelet_engraftment_50": Limit("platelets", 50.0, unsupported=True),
}
#: How the reason begins for who never fell below the limit.
NEVER_BELOW = "never below"
#: A platelet count of 50 is not what a centre's day of platelet engraftment says: only counts give it.
_FIFTY = Target("platelet_engraftment_50", "platelet engraftment", "platelet engraftment (50)")


def derive_engraftment(definition: Definition, records: Records, options: Options) -> DerivedEndpoint:
    """Derive the day of recovery, with death and a second transplant or rescue infusion competing.

    Without counts, or for platelets without transfusions, the centre's own day is all there is. A patient
    without a recovery is observed to the last count; death and a second transplant compete when they come
    within ``count_gap_days`` of it.

    Raises
    ------
    RefusalError
        When there is nothing to derive it from, or it is known to have happened but not when.
    """
    limit = LIMITS[definition.name]
    unsupported = limit.unsupported and not has_transfusions(records)
    if not has_counts(records, limit.analyte) or unsupported:
        return _as_given(definition, records, options, limit)
    course, cite = course_of(records), course_of(records).cite
    said = stated(TARGETS.get(definition.name, _FIFTY), records, course)
    whole = _counted(said, records, limit, options)
    by_counts = decide_by_counts(whole, said.target.label, limit, options, cite).filter("use_counts")
    by_centre = _by_centre(whole, said, cite).filter(~pl.col("use_counts"))
    label = said.target.label
    found = [
        *course.about_survival,
        *statement_findings(by_centre, said, course.places, "warning"),
        *run([extended(label)], by_centre, course.places, definition.name),
        *about_counts(whole, definition.name, label, limit, options, course.places),
    ]
    decided = pl.concat([by_counts, by_centre], how="diagonal_relaxed").sort("patient_id")
    causes = (label, "death", ENGRAFTMENT.again_label)
    return assemble(definition, decided, causes, found, day_not_known(said))


def _as_given(definition: Definition, records: Records, options: Options, limit: Limit) -> DerivedEndpoint:
    counts = has_counts(records, limit.analyte)
    why = (
        "no platelet transfusion is recorded for anyone, so that a platelet count cannot be called "
        "unsupported"
    )
    instead = "record each one in treatments as 'platelet transfusion'"
    if definition.name not in TARGETS:
        reason = why if counts else f"no {limit.analyte} count after day 0 is recorded for anyone"
        what = f"{definition.name} cannot be derived: {reason}"
        raise RefusalError(what, instead=f"record counts in measurements, and {instead}")
    if not counts:
        return derive_incidence(definition, records, options)
    try:
        given = derive_incidence(definition, records, options)
    except RefusalError as error:
        what = f"{error.what}; counts are recorded, but {why}"
        raise RefusalError(what, instead=instead) from None
    return transfusions_not_recorded(given, why, instead, course_of(records).places)


def _counted(said: Statements, records: Records, limit: Limit, options: Options) -> pl.DataFrame:
    """Join what the centre says and what the counts show, and say which is used."""
    found = recoveries(records, limit, options)
    frame = said.frame.join(found, on="patient_id", how="left")
    # What comes after a rescue infusion is the recovery of that graft.
    kept = pl.col("rescue_day").is_null() | (pl.col("third_count_day") <= pl.col("rescue_day"))
    names = ("recovery_day", "recovery_row", "second_count_day", "third_count_day")
    frame = frame.with_columns(pl.when(kept).then(pl.col(name)).alias(name) for name in names)
    counted, given = pl.col("count_day").is_not_null(), pl.col("yes_day").is_not_null()
    recovered = pl.col("recovery_day").is_not_null()
    open_question = ~given & pl.col("no_row").is_null() & (recovered | pl.col("undated_row").is_null())
    derivable = counted & _problem(limit).is_null()
    not_seen = (
        derivable & ~recovered & (pl.col("count_day") >= pl.col("yes_day")) & (pl.col("last_reaches") == 0)
    )
    use = counted & open_question
    if options.engraftment_day == "derived":
        use = use | (derivable & (recovered | not_seen | (pl.col("no_row").is_not_null() & ~given)))
    return frame.with_columns(
        use.fill_null(value=False).alias("use_counts"),
        (given & not_seen).fill_null(value=False).alias("not_in_counts"),
        _problem(limit).alias("problem"),
    )


def _problem(limit: Limit) -> pl.Expr:
    """Return why counts cannot tell, in the same words for everybody; null when they can."""
    no_fall = pl.col("fall_day").is_null()
    never = (
        f"{NEVER_BELOW} {limit.words}: counts to day {FALL_BY} or later are all at or above it, so that "
        "there is no recovery to time"
    )
    return choose(
        [
            (
                pl.col("third_count_day") > pl.col("death_day"),
                pl.lit("counts are recorded after death: one of the two days is wrong"),
            ),
            (
                pl.col("undated_transfusion_row").is_not_null(),
                pl.lit("a platelet transfusion has no day, so that no count can be called unsupported"),
            ),
            (
                pl.col("hidden_row").is_not_null(),
                pl.lit(
                    f"counts are too sparse after transplant to see a fall below {limit.words}, so that "
                    "recovery may have come before"
                ),
            ),
            (no_fall & (pl.col("count_day") >= FALL_BY), pl.lit(never)),
        ],
        NOTHING,
    )


def _by_centre(whole: pl.DataFrame, said: Statements, cite: Cite) -> pl.DataFrame:
    decided = decide(ENGRAFTMENT, said, cite)
    beside = whole.select(
        "patient_id",
        "use_counts",
        "count_day",
        sentence("; counts give day ", number("recovery_day"), cite("measurements", "recovery_row")).alias(
            "beside"
        ),
    )
    silent = pl.col("count_day").is_null() & pl.all_horizontal(pl.col(*STATED).is_null())
    reason = "neither a count after day 0 nor a day of recovery is recorded"
    return decided.join(beside, on="patient_id", how="left").with_columns(
        pl.when(pl.col("excluded").is_null() & silent)
        .then(pl.lit(reason))
        .otherwise("excluded")
        .alias("excluded"),
        pl.concat_str("why", "beside", ignore_nulls=True).alias("why"),
    )


def decide_by_counts(
    whole: pl.DataFrame, label: str, limit: Limit, options: Options, cite: Cite
) -> pl.DataFrame:
    """Decide by the counts alone, for every patient who has some."""
    recovery, death, again = pl.col("recovery_day"), pl.col("death_day"), pl.col("rescue_day")
    seen_until = pl.col("count_day") + options.count_gap_days
    cause = choose(
        [
            (recovery.is_not_null(), pl.lit(EVENT)),
            ((again <= death.fill_null(NEVER)) & (again <= seen_until), pl.lit(AGAIN)),
            (death <= seen_until, pl.lit(DEATH)),
        ],
        pl.lit(CENSORED),
    )
    decided = pl.col("cause")
    time = choose(
        [(decided == EVENT, recovery), (decided == DEATH, death), (decided == AGAIN, again)],
        pl.col("count_day"),
    )
    gap = pl.max_horizontal(
        recovery - pl.col("previous_day"),
        pl.col("second_count_day") - recovery,
        pl.col("third_count_day") - pl.col("second_count_day"),
    )
    wide = (decided == EVENT) & (gap > options.count_gap_days)
    open_run = (decided == CENSORED) & (pl.col("last_reaches") == 1)
    flags = choose(
        [
            (wide, pl.lit("derived;interval_censored")),
            (open_run, pl.lit("derived;run_not_complete")),
        ],
        pl.lit("derived"),
    )
    where = pl.coalesce(cite("measurements", "hidden_row"), cite("measurements", "count_row"))
    reasons = [*NOT_TRANSPLANTED, Reason(pl.col("problem").is_not_null(), "", where)]
    return (
        whole.with_columns(cause.alias("cause"))
        .with_columns(
            time.alias("time"),
            _why(label, limit, cite).alias("why"),
            flags.alias("flags"),
            NOTHING.alias("blocked"),
            *excluded(reasons),
        )
        .with_columns(
            pl.when(pl.col("excluded") == "").then("problem").otherwise("excluded").alias("excluded")
        )
    )


def _why(label: str, limit: Limit, cite: Cite) -> pl.Expr:
    unsupported = " without a transfusion in the 7 days before" if limit.unsupported else ""
    happened = joined(
        sentence(
            f"{label} on day ",
            number("recovery_day"),
            cite("measurements", "recovery_row"),
            "; derived from counts: days ",
            number("recovery_day"),
            ", ",
            number("second_count_day"),
            " and ",
            number("third_count_day"),
            f" are the first 3 consecutive of at least {limit.words}{unsupported}, after a fall by day ",
            number("fall_day"),
        ),
        sentence("; the centre gives day ", number("yes_day"), cite("events", "yes_row")),
        sentence("; the centre says that it did not happen", cite("events", "no_row")),
    )
    died = sentence("death on day ", number("death_day"), cite.death(), f" without {label}, by counts")
    infused = sentence(
        f"{ENGRAFTMENT.again_label} on day ",
        number("rescue_day"),
        cite("transplants", "rescue_row"),
        f" without {label}, by counts",
    )
    cause = pl.col("cause")
    return choose(
        [(cause == EVENT, happened), (cause == DEATH, died), (cause == AGAIN, infused)],
        sentence(f"no {label} in the counts to day ", number("count_day"), cite("measurements", "count_row")),
    )
