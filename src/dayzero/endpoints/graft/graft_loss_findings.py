"""What deriving secondary graft failure can find: a recorded one that differs, unfitting chimerism."""

from __future__ import annotations

import polars as pl

from dayzero.endpoints.course_findings import Check

#: A recorded and a derived day this near are one failure: a choice, not published.
NEAR_DAYS = 14
_SOURCE = "Sureda et al., Bone Marrow Transplant 2024;59:832, table 1"
_lost = pl.col("cause") == 1
_recorded = pl.coalesce("yes_row", "undated_row").is_not_null()
_seen_past = pl.col("seen") >= pl.col("yes_day")

CHECKS = (
    Check(
        "endpoints.graft_failure_disagrees",
        "warning",
        _lost & ~_recorded,
        "measurements",
        "loss_row",
        "the counts show secondary graft failure from day {loss_day}, but no graft failure is recorded",
        "check the counts, or record the graft failure",
    ),
    Check(
        "endpoints.graft_failure_disagrees",
        "warning",
        _lost & ((pl.col("yes_day") - pl.col("loss_day")).abs() > NEAR_DAYS),
        "events",
        "yes_row",
        f"graft failure is recorded on day {{yes_day}}, more than {NEAR_DAYS} days from day {{loss_day}}, "
        "from which the counts show secondary graft failure; the counts are used",
        "check the day against the counts",
    ),
    Check(
        "endpoints.graft_failure_disagrees",
        "warning",
        ~_lost & (pl.col("yes_day") > pl.col("since")) & _seen_past,
        "events",
        "yes_row",
        "graft failure is recorded on day {yes_day}, after recovery by day {since}, but the counts to day "
        "{seen} show no loss that was supported; not counted as secondary graft failure",
        "check the counts, and whether transfusions and growth factor are recorded",
    ),
    Check(
        "endpoints.loss_without_support",
        "warning",
        ~_lost & pl.col("bare_day").is_not_null(),
        "measurements",
        "bare_row",
        "3 consecutive counts of {bare_line} are low from day {bare_day}, after recovery by day {since}, "
        "but no transfusion or growth factor is recorded for them; not counted as secondary graft failure",
        "record what was given, if anything was",
        _SOURCE,
    ),
    Check(
        "endpoints.loss_with_full_chimerism",
        "warning",
        _lost & pl.col("flags").str.contains("full_donor_chimerism"),
        "measurements",
        "chimerism_row",
        "counted as secondary graft failure from day {loss_day}, but donor chimerism on day {chimerism_day} "
        "is full ({chimerism_told}): poor graft function may be the better name",
        "decide which it was; poor_graft_function asks for full donor chimerism",
        _SOURCE,
    ),
    Check(
        "endpoints.loss_without_chimerism",
        "note",
        _lost & pl.col("flags").str.contains("chimerism_not_known"),
        "measurements",
        "loss_row",
        "secondary graft failure from day {loss_day} is not confirmed by chimerism: no result within 30 days",
        "record the chimerism nearest to the loss",
        _SOURCE,
    ),
)
