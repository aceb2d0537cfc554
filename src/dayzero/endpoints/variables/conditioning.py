"""Intensity of conditioning, derived from doses: myeloablative, reduced intensity or non-myeloablative.

Myeloablative: TBI of at least 5 Gy in one or 8 Gy in several fractions (Bacigalupo 2009, in the EBMT Handbook
2024, chapter 13), or an agent above its limit. Reduced: every one below (Giralt et al., Biol Blood Marrow
Transplant 2009, abstract). Non-myeloablative as TBI of at most 2 Gy with at most fludarabine, and 0.8 mg of
intravenous for 1 mg of oral busulfan, are general usage. A name without doses decides nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from dayzero.endpoints.course_findings import Check, run
from dayzero.endpoints.deciding import NOTHING, choose
from dayzero.endpoints.definition import Variable
from dayzero.endpoints.variables.conditioning_doses import (
    IV_OF_ORAL,
    LIMITED,
    doses,
    regimens,
    stated,
    stated_tbi,
)
from dayzero.endpoints.variables.family import Family
from dayzero.endpoints.variables.patient import CUSTOM

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dayzero.endpoints.options import Options
    from dayzero.records.findings import Finding
    from dayzero.records.model import Records
    from dayzero.records.places import Places

MAC, RIC, NMA = "MAC", "RIC", "NMA"
_ABOVE, _AT, _BELOW, _UNTOLD, _ABSENT = "above", "at", "below", "untold", "absent"
_SINGLE_GY, _FRACTIONATED_GY, _NMA_GY = 5.0, 8.0, 2.0
_NAMES_TBI = r"tbi|total body irr"
_WITHOUT_TBI = r"(?:no|non|without|w/o)[ -]?(?:tbi|total body irr)"
#: What a non-myeloablative regimen may name: TBI, fludarabine and serotherapy.
_MILD_WORDS = (
    r"tbi|total body irradiation|fludarabine|flu\b|flu[-/+ "
    "]|c?gy|single|dose|fraction(?:ated|s)?|mg/m2|mg/kg|mg/m²"
    r"|r?atl?g|thymoglobulin|anti-?thymocyte globulin|alemtuzumab|campath|rituximab|\band\b|\bwith\b|\bof\b"
)
#: The centre's own assignment, where the study declares a column of this name.
ASSIGNED = "conditioning_intensity"
_SOURCE = (
    "TBI of at least 5 Gy in one or 8 Gy in several fractions (Bacigalupo 2009), or busulfan above 9 mg/kg "
    "oral or 7.2 mg/kg intravenous, melphalan above 140 mg/m2 or thiotepa above 10 mg/kg is MAC, all below "
    "is RIC (Giralt 2009, abstract); TBI of at most 2 Gy with at most fludarabine is NMA (general usage, not "
    "checked); not known without doses, and exactly at the limit of an agent"
)
_NOTES = (
    Variable(
        "conditioning_intensity_derived", "Intensity of conditioning, by doses", "category", source=_SOURCE
    ),
    Variable(
        "conditioning_intensity_why",
        "Intensity of conditioning, what decided",
        "category",
        source="the dose that decided, or why doses do not tell",
        detail=True,
    ),
    Variable(
        "conditioning_base",
        "Conditioning, TBI or chemotherapy",
        "category",
        source="TBI where a dose above 0 or TBI in the regimen is recorded, chemotherapy where it is not; "
        "not known when nothing is recorded of it",
        detail=True,
    ),
)


def conditioning_family(records: Records, options: Options) -> Family:
    """Return the intensity of conditioning with what decided it, and whether it was TBI or chemotherapy."""
    facts = regimens(records).join(doses(records), on="patient_id", how="left")
    facts = facts.with_columns(_doses_of(agent) for agent in LIMITED)
    facts = facts.with_columns(pl.coalesce("tbi_gy", stated_tbi()).alias("gy"), _tbi_named().alias("named"))
    facts = facts.with_columns(_tbi().alias("tbi_state"), *(_state(agent) for agent in LIMITED))
    cases = _cases(options)
    frame = facts.select(
        "patient_id",
        choose([(case, pl.lit(answer, pl.String)) for case, answer, _ in cases], NOTHING).alias(
            "conditioning_intensity_derived"
        ),
        choose([(case, why) for case, _, why in cases], NOTHING).alias("conditioning_intensity_why"),
        _base().alias("conditioning_base"),
    )
    return Family(nw.from_native(frame.lazy()), _NOTES)


def _doses_of(agent: str) -> pl.Expr:
    """Return the dose from treatments, else the one that the regimen states."""
    return pl.coalesce(agent, stated(agent)).alias(agent)


def _tbi_named() -> pl.Expr:
    text = pl.col("regimen")
    return text.str.contains(_NAMES_TBI) & ~text.str.contains(_WITHOUT_TBI)


def _tbi() -> pl.Expr:
    """Return where the dose of TBI stands; between 5 and 8 Gy its fractions decide."""
    gy, text = pl.col("gy"), pl.col("regimen").fill_null("")
    single = text.str.contains(r"single[- ](?:dose|fraction)|1 fraction\b|one fraction\b")
    several = ~single & (
        text.str.contains(r"fraction|\bftbi\b") | (pl.col("irradiated_days") > 1).fill_null(value=False)
    )
    named = pl.col("named").fill_null(value=False)
    return choose(
        [
            (gy >= _FRACTIONATED_GY, pl.lit(_ABOVE)),
            ((gy >= _SINGLE_GY) & single, pl.lit(_ABOVE)),
            ((gy >= _SINGLE_GY) & several, pl.lit(_BELOW)),
            (gy >= _SINGLE_GY, pl.lit(_UNTOLD)),
            (gy > 0, pl.lit(_BELOW)),
            (named, pl.lit(_UNTOLD)),
            ((gy == 0) | pl.col("regimen").is_not_null(), pl.lit(_ABSENT)),
        ],
        pl.lit(_UNTOLD),
    )


def _state(agent: str) -> pl.Expr:
    """Return where the total dose of an agent stands to its limit."""
    limited, dose = LIMITED[agent], pl.col(agent)
    limit, certain = pl.lit(limited.limit), pl.lit(value=True)
    if agent == "busulfan":
        text = pl.col("regimen").fill_null("")
        oral = (pl.col("busulfan_oral") == 1).fill_null(value=False) | text.str.contains(r"\boral\b|\bpo\b")
        iv = (pl.col("busulfan_iv") == 1).fill_null(value=False) | text.str.contains(
            r"\biv\b|i\.v\.|intraven"
        )
        limit = pl.when(iv & ~oral).then(limited.limit * IV_OF_ORAL).otherwise(limited.limit)
        certain = (iv != oral) | (dose < limited.limit * IV_OF_ORAL)
    open_, missing = (pl.col(f"{agent}_{word}").fill_null(0) == 1 for word in ("open", "missing"))
    named = pl.col("regimen").fill_null("").str.contains(limited.named)
    exact = (dose - limit).abs() < 1e-9
    return choose(
        [
            ((dose > limit) & ~exact, pl.lit(_ABOVE)),
            (missing | (dose.is_not_null() & (open_ | ~certain)), pl.lit(_UNTOLD)),
            (exact, pl.lit(_AT)),
            (dose.is_not_null(), pl.lit(_BELOW)),
            (named, pl.lit(_UNTOLD)),
        ],
        pl.lit(_ABSENT),
    ).alias(f"{agent}_state")


def _cases(options: Options) -> Sequence[tuple[pl.Expr, str | None, pl.Expr]]:
    """Return condition, intensity and what decided it; the first that holds decides."""
    states = {agent: pl.col(f"{agent}_state") for agent in LIMITED}
    tbi, gy = pl.col("tbi_state"), _number("gy")
    nothing = pl.all_horizontal(*(state == _ABSENT for state in states.values()))
    dose = {a: pl.concat_str(pl.lit(f"{a} "), _number(a), pl.lit(f" {LIMITED[a].unit}")) for a in LIMITED}
    at_limit = None if options.dose_at_limit == "not known" else options.dose_at_limit
    more = pl.col("regimen").fill_null("").str.replace_all(_MILD_WORDS, " ").str.contains("[a-z]")
    chemo = (pl.col("alkylators") == 1).fill_null(value=False) | more
    no_limit = pl.col("regimen").fill_null("").str.contains("treo") | (pl.col("treosulfan") == 1).fill_null(
        value=False
    )
    return [
        (tbi == _ABOVE, MAC, pl.concat_str(pl.lit("TBI "), gy, pl.lit(" Gy"))),
        *((state == _ABOVE, MAC, dose[agent]) for agent, state in states.items()),
        (
            (tbi == _UNTOLD) & pl.col("gy").is_not_null(),
            None,
            pl.concat_str(pl.lit("TBI "), gy, pl.lit(" Gy, in one or in several fractions is not recorded")),
        ),
        ((tbi == _UNTOLD) & pl.col("named"), None, pl.lit("TBI is named without its dose")),
        *(
            (state == _UNTOLD, None, pl.lit(f"{agent} without a total dose that can be read (or its route)"))
            for agent, state in states.items()
        ),
        *(
            (
                state == _AT,
                at_limit,
                pl.concat_str(dose[agent], pl.lit(", exactly the limit, on which definitions differ")),
            )
            for agent, state in states.items()
        ),
        (no_limit, None, pl.lit("treosulfan, for which the sources give no limit")),
        (
            pl.col("other").is_not_null(),
            None,
            pl.concat_str(pl.col("other"), pl.lit(", for which no limit is known")),
        ),
        (
            nothing & (tbi == _BELOW) & (pl.col("gy") <= _NMA_GY) & ~chemo,
            NMA,
            pl.concat_str(pl.lit("TBI "), gy, pl.lit(" Gy without an alkylating agent")),
        ),
        ((tbi == _UNTOLD) & ~nothing, None, pl.lit("whether TBI was given is not recorded")),
        *((state == _BELOW, RIC, dose[agent]) for agent, state in states.items()),
        (tbi == _BELOW, RIC, pl.concat_str(pl.lit("TBI "), gy, pl.lit(" Gy"))),
        (pl.col("regimen").is_not_null(), None, pl.lit("the regimen is named without doses")),
        (pl.lit(value=True), None, pl.lit("no conditioning is recorded")),
    ]


def _number(column: str) -> pl.Expr:
    return pl.col(column).round(2).cast(pl.String).str.strip_suffix(".0")


def _base() -> pl.Expr:
    gy, named = pl.col("gy"), pl.col("named")
    return choose(
        [
            (gy > 0, pl.lit("TBI")),
            ((gy == 0) & ~named.fill_null(value=False), pl.lit("chemotherapy")),
            (gy.is_null() & named, pl.lit("TBI")),
            (gy.is_null() & ~named, pl.lit("chemotherapy")),
        ],
        NOTHING,
    )


def intensity_findings(frame: pl.DataFrame, places: Places) -> Iterator[Finding]:
    """Yield where the intensity that the centre assigned, in a declared column, is not the derived one."""
    assigned = f"{CUSTOM}{ASSIGNED}"
    if assigned not in frame.columns:
        return
    own = pl.col(assigned).cast(pl.String).str.to_uppercase()
    beside = frame.with_columns(own.alias("_assigned"))
    yield from run([_ASSIGNED_DISAGREES], beside, places)


_ASSIGNED_DISAGREES = Check(
    "endpoints.conditioning_intensity_disagrees",
    "warning",
    pl.col("_assigned").is_in([MAC, RIC, NMA])
    & (pl.col("_assigned") != pl.col("conditioning_intensity_derived")),
    "transplants",
    "_transplant_row",
    "the centre calls the conditioning {_assigned}, its doses make it {conditioning_intensity_derived} "
    "({conditioning_intensity_why}); both are kept",
    "check the doses, or the assignment",
)
