"""Whether neutrophils and platelets recovered, and runs of low counts that needed support, line by line.

A line is lost when 3 consecutive counts on different days are below its limit. For neutrophils and platelets
the limit is that of recovery (Sureda et al., Bone Marrow Transplant 2024;59:832, table 1; three days of ANC
below 0.5 x 10^9/L after engraftment also in PMC4548938, abstract). No limit is published for haemoglobin: 8
g/dL is a choice made here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from dayzero.endpoints.catalogue import lookup
from dayzero.endpoints.frames import DAY, ROW, ROWS, choose, collect, lazy
from dayzero.endpoints.graft.counts import TRANSFUSION, TRANSFUSION_FREE_DAYS
from dayzero.endpoints.graft.engraftment import NEVER_BELOW, derive_engraftment
from dayzero.endpoints.incidence import EVENT
from dayzero.endpoints.memo import remembered
from dayzero.records.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dayzero.endpoints.options import Options
    from dayzero.records.model import Records


@dataclass(frozen=True)
class Line:
    """A line of blood cells: when its count is low, and what is given for it.

    Attributes
    ----------
    analyte : str
    below : float
        The count is low below this.
    unit : str
    support : str
        Agent whose need shows that the line failed.
    lifts : bool
        The support itself lifts the count, so that a count that is not low within 7 days after it says
        nothing.
    """

    analyte: str
    below: float
    unit: str
    support: str
    lifts: bool


LINES = (
    Line("ANC", 0.5, "10^9/L", "G-CSF", lifts=False),
    Line("platelets", 20.0, "10^9/L", TRANSFUSION, lifts=True),
    Line("haemoglobin", 8.0, "g/dL", "red cell transfusion", lifts=True),
)
SUPPORT = tuple(line.support for line in LINES)
#: Support counts for a run when given from its first low count to this many days after its third.
SUPPORT_WITHIN_DAYS = 7
#: Earlier than any day.
_NEVER = -(2**31)
_LOW, _OTHER = 0, 1
_BY = ("patient_id", "analyte")


def recovered(name: str, prefix: str, records: Records, options: Options) -> pl.DataFrame:
    """Return whether and when a line recovered, by its endpoint.

    Returns
    -------
    polars.DataFrame
        ``patient_id``, ``<prefix>_recovered`` (Boolean; null when it cannot be told), ``<prefix>_day`` (0
        when it never fell below), ``<prefix>_seen`` (until when it was observed) and ``<prefix>_reason`` why
        it cannot be told.

    Raises
    ------
    RefusalError
        When the endpoint cannot be derived.
    """
    derived = derive_engraftment(lookup(name), records, options)
    happened = pl.col("cause") == EVENT
    told = derived.frame.select(
        "patient_id",
        happened.alias(f"{prefix}_recovered"),
        pl.when(happened).then(pl.col("time").cast(pl.Int64)).alias(f"{prefix}_day"),
        pl.col("time").cast(pl.Int64).alias(f"{prefix}_seen"),
        pl.lit(None, pl.String).alias(f"{prefix}_reason"),
    )
    never_below = pl.col("reason").str.starts_with(NEVER_BELOW)
    untold = derived.not_eligible.select(
        "patient_id",
        pl.when(never_below).then(pl.lit(value=True)).alias(f"{prefix}_recovered"),
        pl.when(never_below).then(pl.lit(0, pl.Int64)).alias(f"{prefix}_day"),
        pl.lit(None, pl.Int64).alias(f"{prefix}_seen"),
        pl.when(~never_below).then("reason").alias(f"{prefix}_reason"),
    )
    return pl.concat([told, untold])


def has_support(records: Records) -> bool:
    """Return whether a transfusion of red cells or platelets, or a growth factor, is recorded for anyone."""

    def look(made: Records) -> bool:
        given = lazy(made, "treatments").filter(nw.col("agent").is_in(list(SUPPORT)))
        return collect(given.select("patient_id").head(1)).height > 0

    return remembered(records, "support", look)


def never_supported(counted: pl.DataFrame, records: Records, name: str) -> Iterator[Finding]:
    """Yield how many of the counted patients have no transfusion and no growth factor recorded."""
    given = lazy(records, "treatments").filter(nw.col("agent").is_in(list(SUPPORT)))
    supported = collect(given.group_by("patient_id").agg(nw.col("row").min()))
    silent = counted.join(supported, on="patient_id", how="anti").height
    if silent:
        yield Finding(
            "endpoints.never_supported",
            "warning",
            f"{silent} of {counted.height} patients have no transfusion and no growth factor: taken as never "
            "needed, because the source lists those of others",
            replace(records.places.where("treatments", None, None, None), item=name),
            hint="check that red cells, platelets and G-CSF are recorded for everybody",
        )


def last_counts(records: Records) -> pl.DataFrame:
    """Return the last day with a count of neutrophils (``ANC_last``) and platelets (``platelets_last``)."""
    rows = lazy(records, "measurements").filter(DAY >= 0, ~nw.col("value").is_null())
    marked = rows.filter(nw.col("analyte").is_in(["ANC", "platelets"])).with_columns(
        nw.when(nw.col("analyte") == name).then(DAY).alias(f"{name}_last") for name in ("ANC", "platelets")
    )
    found = collect(marked.group_by("patient_id").agg(nw.col("ANC_last", "platelets_last").max()))
    return found.with_columns(pl.col("ANC_last", "platelets_last").cast(pl.Int64))


def low_runs(records: Records) -> pl.DataFrame:
    """Return each run of at least 3 consecutive low counts of a line, on different days after day 0.

    A count that its operator or unit leaves open ends a run, as one that is not low does; of several counts
    on one day the lowest counts.

    Returns
    -------
    polars.DataFrame
        One row per patient, ``analyte`` and run: ``day`` and ``row`` of the first count, ``middle_day``,
        ``third_day``, ``support_day`` and ``support_row`` (the first support of that line for the run, or
        null).
    """
    return remembered(records, "low runs", lambda made: _collected(_supported(_runs(made), made)))


def _collected(frame: nw.LazyFrame[Any]) -> pl.DataFrame:
    found = collect(frame).with_columns(pl.col("^(?:.*_)?(?:day|row)$").cast(pl.Int64))
    return found.sort("patient_id", "day", "analyte")


def _per_line(value: dict[str, nw.Expr], otherwise: nw.Expr) -> nw.Expr:
    return choose([(nw.col("analyte") == name, made) for name, made in value.items()], otherwise)


def _runs(records: Records) -> nw.LazyFrame[Any]:
    state, low = nw.col("state"), nw.col("low")
    days = _days(records).with_columns(
        nw.col("until").fill_null(_NEVER).cum_max().over(*_BY, order_by="day").alias("supported")
    )
    lifted = nw.col("supported") > DAY - TRANSFUSION_FREE_DAYS
    counted = days.filter(~state.is_null(), DAY >= 0).with_columns(
        nw.when(state < ROWS).then(nw.lit(1)).otherwise(nw.lit(0)).alias("low")
    )
    ordered = counted.filter((low == 1) | ~lifted).with_columns(
        low.shift(1).over(*_BY, order_by="day").alias("before"),
        *(low.shift(-n).over(*_BY, order_by="day").alias(f"low_{n}") for n in (1, 2)),
        DAY.shift(-1).over(*_BY, order_by="day").alias("middle_day"),
        DAY.shift(-2).over(*_BY, order_by="day").alias("third_day"),
    )
    starts = (nw.col("before").fill_null(0) == 0) & (low + nw.col("low_1") + nw.col("low_2") == 3)
    return ordered.filter(starts).select(*_BY, "day", state.alias("row"), "middle_day", "third_day")


def _days(records: Records) -> nw.LazyFrame[Any]:
    """Return one row per patient, line and day: the lowest count, and until when support given then lasts."""
    nothing = nw.lit(None, nw.Int64)
    value, operator = nw.col("value"), nw.col("operator").fill_null("=")
    below = _per_line({line.analyte: nw.lit(line.below) for line in LINES}, nw.lit(None, nw.Float64))
    unit = _per_line({line.analyte: nw.lit(line.unit) for line in LINES}, nw.lit(""))
    is_low = (operator.is_in(["=", "≤"]) & (value < below)) | ((operator == "<") & (value <= below))
    is_low = is_low & (nw.col("unit").is_null() | (nw.col("unit") == unit))
    counts = (
        lazy(records, "measurements")
        .filter(nw.col("analyte").is_in([line.analyte for line in LINES]), ~value.is_null())
        .with_columns(
            (nw.when(is_low).then(nw.lit(_LOW)).otherwise(nw.lit(_OTHER)) * ROWS + ROW).alias("state"),
            nothing.alias("until"),
        )
        .select(*_BY, "day", "state", "until")
    )
    lifting = {line.support: line.analyte for line in LINES if line.lifts}
    given = (
        lazy(records, "treatments")
        .filter(nw.col("agent").is_in(list(lifting)), ~nw.col("start_day").is_null())
        .with_columns(
            choose(
                [(nw.col("agent") == agent, nw.lit(analyte)) for agent, analyte in lifting.items()],
                nw.lit(None, nw.String),
            ).alias("analyte"),
            nw.col("start_day").alias("day"),
            nothing.alias("state"),
            nw.max_horizontal("start_day", "stop_day").alias("until"),
        )
        .select(*_BY, "day", "state", "until")
    )
    both = nw.concat([counts, given])
    return both.group_by(*_BY, "day").agg(nw.col("state").min(), nw.col("until").max())


def _supported(runs: nw.LazyFrame[Any], records: Records) -> nw.LazyFrame[Any]:
    """Add the first support of the line from the first low count to 7 days after the third."""
    support = {line.support: line.analyte for line in LINES}
    given = (
        lazy(records, "treatments")
        .filter(nw.col("agent").is_in(list(support)), ~nw.col("start_day").is_null())
        .with_columns(
            choose(
                [(nw.col("agent") == agent, nw.lit(analyte)) for agent, analyte in support.items()],
                nw.lit(None, nw.String),
            ).alias("analyte"),
            nw.max_horizontal("start_day", "stop_day").alias("until"),
            (nw.col("start_day") * ROWS + ROW).alias("support"),
        )
        .select(*_BY, "start_day", "until", "support")
    )
    in_time = (nw.col("until") >= DAY) & (nw.col("start_day") <= nw.col("third_day") + SUPPORT_WITHIN_DAYS)
    first = (
        runs.join(given, on=list(_BY), how="inner")
        .filter(in_time)
        .group_by(*_BY, "day")
        .agg(nw.col("start_day").min().alias("support_day"), nw.col("support").min())
        .with_columns((nw.col("support") - nw.col("support_day") * ROWS).alias("support_row"))
        .drop("support")
    )
    return runs.join(first, on=[*_BY, "day"], how="left")
