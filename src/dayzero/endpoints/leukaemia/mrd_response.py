"""MRD response to blinatumomab, within the first two cycles, among patients who reached transplant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from dayzero.endpoints.assemble import assemble
from dayzero.endpoints.course import course_of
from dayzero.endpoints.deciding import NOT_TRANSPLANTED, NOTHING, Reason, choose, excluded, number, sentence
from dayzero.endpoints.leukaemia.blinatumomab import BEFORE_DAYS, cycles, mrd_around
from dayzero.endpoints.leukaemia.measures import MRD_NEGATIVE, MRD_POSITIVE, MRD_UNCLEAR
from dayzero.endpoints.leukaemia.mrd import NOT_QUANTIFIABLE, RANKED, UNDETECTABLE
from dayzero.errors import RefusalError
from dayzero.records.findings import Finding, Where

if TYPE_CHECKING:
    from dayzero.endpoints.definition import Definition, DerivedEndpoint
    from dayzero.endpoints.options import Options
    from dayzero.records.model import Records

#: Response is judged within the first two cycles.
CYCLES = (1, 2)
_SEEN = RANKED.index(NOT_QUANTIFIABLE)  # from here on a signal was seen
_NOTHING_SEEN = RANKED.index(UNDETECTABLE)


def responses(records: Records, options: Options) -> pl.DataFrame:
    """Return the MRD response of each patient who was given blinatumomab before transplant.

    Response: MRD positive before the first cycle, and negative (below the cut-off of the options) after the
    first or second. Complete response: undetectable. None: every cycle of the first two that was given has a
    result, and none is such. Otherwise it is not known.

    Returns
    -------
    polars.DataFrame
        ``patient_id``, ``before``, ``after_1``, ``after_2`` (0 unclear, 1 negative, 2 positive, or null),
        ``given`` (cycles), ``response``, ``response_cycle``, ``complete``, ``before_day``.
    """
    around = mrd_around(records, options)
    found = cycles(records).group_by("patient_id").agg(pl.len().cast(pl.Int64).alias("given"))
    names = {0: "before", 1: "after_1", 2: "after_2"}
    for place, name in names.items():
        own = around.filter(pl.col("number") == place).select(
            "patient_id",
            pl.col("mrd_class").alias(name),
            pl.col("mrd_rank").alias(f"{name}_rank"),
            pl.col("mrd_day").alias(f"{name}_day"),
        )
        found = found.join(own, on="patient_id", how="left")
    positive = pl.col("before") == MRD_POSITIVE
    negative = [(pl.col(f"after_{n}") == MRD_NEGATIVE).fill_null(value=False) for n in CYCLES]
    refuted = [_not_given(n) | (pl.col(f"after_{n}") == MRD_POSITIVE) for n in CYCLES]
    clear = [(pl.col(f"after_{n}_rank") == _NOTHING_SEEN).fill_null(value=False) for n in CYCLES]
    seen = [_not_given(n) | (pl.col(f"after_{n}_rank") >= _SEEN) for n in CYCLES]
    return found.with_columns(
        pl.when(positive).then(_answer(negative, refuted)).alias("response"),
        pl.when(positive & negative[0]).then(1).when(positive & negative[1]).then(2).cast(pl.Int64)
        .alias("response_cycle"),
        pl.when(positive).then(_answer(clear, seen)).alias("complete"),
    ).sort("patient_id")  # fmt: skip


def _not_given(cycle: int) -> pl.Expr:
    return pl.col("given") < cycle


def _answer(yes: list[pl.Expr], no: list[pl.Expr]) -> pl.Expr:
    """Return true when any holds, false when each is refuted, null otherwise."""
    refuted = pl.all_horizontal(no).fill_null(value=False)
    return pl.when(pl.any_horizontal(yes)).then(statement=True).when(refuted).then(statement=False)


def derive_response(definition: Definition, records: Records, options: Options) -> DerivedEndpoint:
    """Derive MRD response to blinatumomab; a missing or unclear result is missing, never a failure.

    Raises
    ------
    RefusalError
        When nobody transplanted has a positive result before blinatumomab.
    """
    course = course_of(records)
    found = responses(records, options)
    if not (found["before"] == MRD_POSITIVE).any() and course.frame.height:
        what = (
            f"{definition.name} cannot be derived: no positive MRD is recorded in the {BEFORE_DAYS} days "
            "before blinatumomab for anyone"
        )
        raise RefusalError(what, instead="record MRD before blinatumomab and after each cycle")
    before = pl.col("before")
    responded = pl.col("response")
    cycle = sentence("MRD negative after cycle ", number("response_cycle"), " of blinatumomab")
    decided = course.frame.join(found, on="patient_id", how="left").select(
        "patient_id",
        pl.lit(None, pl.Int64).alias("time"),
        responded.cast(pl.Int64).alias("cause"),
        sentence(
            "MRD positive on day ",
            number("before_day"),
            "; ",
            choose([(responded, cycle)], pl.lit("not negative after the first two cycles")),
        ).alias("why"),
        pl.lit("").alias("flags"),
        NOTHING.alias("blocked"),
        *excluded(
            [
                *NOT_TRANSPLANTED,
                Reason(pl.col("given").is_null(), "no blinatumomab before transplant"),
                Reason(before.is_null(), f"no MRD result in the {BEFORE_DAYS} days before blinatumomab"),
                Reason(before == MRD_NEGATIVE, "MRD negative before blinatumomab: no response to measure"),
                Reason(before == MRD_UNCLEAR, "the result before blinatumomab is not clear"),
                Reason(responded.is_null(), "MRD after the first two cycles is not recorded or not clear"),
            ]
        ),
    )
    note = Finding(
        "endpoints.response_of_transplanted",
        "warning",
        "MRD response to blinatumomab is told of patients who reached transplant: who did not respond, or "
        "died, before it is not among them, so that this is no response rate of the drug",
        Where(item=definition.name),
        hint="a response rate needs every patient from the first dose",
        source="dayzero: left truncation, EBMT Handbook 2024, chapter 6",
    )
    return assemble(definition, decided, ("MRD response",), [note])
