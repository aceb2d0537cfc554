"""The first relapse before transplant by site, by time (COG) and by risk group (BFM)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from dayzero.endpoints.definition import Variable
from dayzero.endpoints.frames import choose, words
from dayzero.endpoints.leukaemia.relapse_site import COMBINED, EXTRAMEDULLARY, ISOLATED_MARROW, site_class

if TYPE_CHECKING:
    from collections.abc import Sequence

_TABLE = "World J Hematol 2014;3(3):49-70, table 2, doi 10.5315/wjh.v3.i3.49"
_RISK = "ASH Publications, table view-large/9850257 (BFM)"
RELAPSE_RISK_NOTES = (
    Variable(
        "relapse_site_class",
        "Class of site of first relapse",
        "category",
        source=f"{_TABLE}: from the site, and the blasts in the marrow of that day where they are recorded; "
        "a relapse outside the marrow is isolated as the centre says when no blasts are recorded",
    ),
    Variable(
        "relapse_timing_cog",
        "Timing of first relapse (COG)",
        "category",
        source=f"{_TABLE} (COG): with marrow, very early before 18 months from diagnosis, intermediate "
        "before 36, late from then on; outside the marrow alone, early before 18 months, late from then on; "
        "needs the site, not the end of first-line therapy",
    ),
    Variable(
        "relapse_risk_bfm",
        "Risk group of first relapse (BFM)",
        "category",
        source=f"{_RISK}: S1 late isolated extramedullary; S2 very early or early isolated extramedullary, "
        "late isolated marrow and early or late combined of B-ALL; S3/S4 very early or early isolated "
        "marrow, very early combined, and every marrow relapse of T-ALL; not known without timing (BFM), "
        "site and lineage",
    ),
)
_EARLY_MONTHS, _LATE_MONTHS = 18, 36


def with_relapse_risk(joined: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Add site class, COG timing and BFM risk group; they need the day of diagnosis and the BFM timing."""
    months = nw.col("months_to_first_relapse")
    site = nw.col("relapse_site_class")
    marrow, outside = site.is_in([ISOLATED_MARROW, COMBINED]), site.is_in(EXTRAMEDULLARY)
    said = words(nw.col("relapse_site"), "; ", nw.col("_last_site"))
    first_known = ~nw.col("relapse_site").is_null()
    classed = joined.with_columns(
        nw.when(first_known).then(site_class(said, nw.col("_relapse_blasts"))).alias("relapse_site_class")
    )
    return classed.with_columns(
        nw.when(months >= 0)
        .then(
            _first(
                [
                    (marrow & (months < _EARLY_MONTHS), "very early"),
                    (marrow & (months < _LATE_MONTHS), "intermediate"),
                    (outside & (months < _EARLY_MONTHS), "early"),
                    (marrow | outside, "late"),
                ]
            )
        )
        .alias("relapse_timing_cog"),
        _bfm(site, outside).alias("relapse_risk_bfm"),
    )


def _bfm(site: nw.Expr, outside: nw.Expr) -> nw.Expr:
    timing, lineage = nw.col("relapse_timing"), nw.col("immunophenotype")
    marrow, combined = site == ISOLATED_MARROW, site == COMBINED
    b_lineage, t_lineage = lineage == "B-ALL", lineage == "T-ALL"
    late, not_late = timing == "late", timing.is_in(["very early", "early"])
    return _first(
        [
            (outside & late, "S1"),
            (outside & not_late, "S2"),
            ((marrow | combined) & t_lineage, "S3/S4"),
            (combined & (timing == "very early"), "S3/S4"),
            (marrow & late & b_lineage, "S2"),
            (marrow & not_late & b_lineage, "S3/S4"),
            (combined & timing.is_in(["early", "late"]) & b_lineage, "S2"),
        ]
    )


def _first(cases: Sequence[tuple[nw.Expr, str]]) -> nw.Expr:
    """Return the word of the first case that holds; what is not known does not hold."""
    known = [(condition.fill_null(value=False), nw.lit(word)) for condition, word in cases]
    return choose(known, nw.lit(None, nw.String))
