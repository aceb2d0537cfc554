"""What one MRD result says: its status, whatever the cut-off.

A report states the level, the sensitivity reached, and whether a signal below the quantifiable range was seen
(Gökbuget et al., Blood 2024, ELN ALL). ``<0.01%`` states a level below 1e-4, which is what MRD negative below
1e-4 means, but not that nothing was seen: it is undetectable only when the limit is one the assay can see.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from dayzero.endpoints.frames import choose, lazy
from dayzero.endpoints.memo import remembered

if TYPE_CHECKING:
    from dayzero.records.model import Records

UNDETECTABLE = "undetectable"
BELOW_LIMIT = "below a limit, detection not stated"
NOT_QUANTIFIABLE = "positive, not quantifiable"
QUANTIFIABLE = "positive, quantifiable"
POSITIVE = "positive, level not stated"
INCONCLUSIVE = "inconclusive, assay not sensitive enough"
NOT_DONE, UNKNOWN = "not done", "unknown"

#: Statuses from least to worst: of several results on one day the worst counts. ``inconclusive`` is below
#: ``undetectable``, because a better assay on the same day settles it.
RANKED = (INCONCLUSIVE, UNDETECTABLE, BELOW_LIMIT, NOT_QUANTIFIABLE, POSITIVE, QUANTIFIABLE)
#: What an assay must be able to see for nothing seen to mean undetectable (PMC8824253: molecular remission is
#: negative with a sensitivity of 0.01% or better).
SENSITIVE = 1e-4

_value = nw.col("value")
_operator = nw.col("operator").fill_null("=")
_word = nw.col("text").fill_null("").str.to_lowercase().str.strip_chars()


def result_word() -> nw.Expr:
    """Return the word of a result that is one, such as ``not done``, else an empty text."""
    return _word


def ranked_results(records: Records) -> nw.LazyFrame[Any]:
    """Return the rows of MRD with ``mrd_rank``, the place of their status in :data:`RANKED`."""

    def make(made: Records) -> nw.LazyFrame[Any]:
        rows = lazy(made, "measurements").filter(nw.col("analyte") == "MRD")
        return rows.with_columns(mrd_rank().alias("mrd_rank"))

    return remembered(records, "ranked MRD", make)


def mrd_rank() -> nw.Expr:
    """Return the place of a result's status in :data:`RANKED`, null when it is no result (not done, unknown).

    A unit other than a fraction of cells makes a level unreadable: no result.
    """
    sensitivity = nw.col("sensitivity")
    blind = sensitivity.fill_null(0.0) > SENSITIVE
    fraction = nw.col("unit").fill_null("fraction") == "fraction"
    nothing_seen = (_word == "negative") | (fraction & _operator.is_in(["=", "≤"]) & (_value == 0))
    limit = _operator.is_in(["<", "≤"])
    below_what_is_seen = limit & (_value <= sensitivity)
    rank = {status: nw.lit(place) for place, status in enumerate(RANKED)}
    return choose(
        [
            (_word == "positive", rank[POSITIVE]),
            (_word == "positive not quantifiable", rank[NOT_QUANTIFIABLE]),
            (nothing_seen & blind, rank[INCONCLUSIVE]),
            (nothing_seen, rank[UNDETECTABLE]),
            (_value.is_null() | ~fraction, nw.lit(None, nw.Int64)),
            (below_what_is_seen.fill_null(value=False) & blind, rank[INCONCLUSIVE]),
            (below_what_is_seen.fill_null(value=False), rank[UNDETECTABLE]),
            (limit, rank[BELOW_LIMIT]),
        ],
        rank[QUANTIFIABLE],
    )


def status_word(rank: nw.Expr) -> nw.Expr:
    """Return the words of a rank."""
    return choose(
        [(rank == place, nw.lit(status)) for place, status in enumerate(RANKED)], nw.lit(None, nw.String)
    )
