"""MRD as variables: before transplant by status and by cut-off, around blinatumomab, and after transplant."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from dayzero.endpoints.catalogue.words import fraction
from dayzero.endpoints.definition import Variable
from dayzero.endpoints.frames import DAY, ROW, choose
from dayzero.endpoints.leukaemia.blinatumomab import BEFORE_DAYS
from dayzero.endpoints.leukaemia.measures import MRD_NEGATIVE, MRD_POSITIVE, last_class, mrd_class
from dayzero.endpoints.leukaemia.mrd import (
    BELOW_LIMIT,
    INCONCLUSIVE,
    NOT_DONE,
    RANKED,
    UNDETECTABLE,
    UNKNOWN,
    ranked_results,
    result_word,
    status_word,
)
from dayzero.endpoints.leukaemia.mrd_response import responses
from dayzero.endpoints.variables.family import Family

if TYPE_CHECKING:
    from dayzero.endpoints.options import Options
    from dayzero.records.model import Records

_ELN = "Gökbuget et al., Blood 2024 (ELN ALL): level, sensitivity, and whether a signal was seen"
_LABEL = "the cut-off of the US label of blinatumomab for MRD"
_PROGNOSTIC = "the prognostic cut-off"


def _notes_before(options: Options) -> tuple[Variable, ...]:
    window = f"last result within {options.mrd_window_days} days before day 0"
    told = "not known when the result or the sensitivity of the assay cannot tell"
    return (
        Variable(
            "mrd_status_before_transplant",
            "MRD status before transplant",
            "category",
            source=f"{window}; '<0.01%' is a level below a limit, undetectable only when the assay can see "
            f"that limit; {_ELN}",
        ),
        Variable(
            "mrd_below_1e4_before_transplant",
            "MRD below 1e-4 before transplant",
            "yes/no",
            source=f"{window}; {_PROGNOSTIC}; a level stated as '<' a limit up to it is below; {told}",
        ),
        Variable(
            "mrd_below_1e3_before_transplant",
            "MRD below 1e-3 before transplant",
            "yes/no",
            source=f"{window}; {_LABEL}, 0.1%; {told}",
        ),
        Variable(
            "mrd_undetectable_before_transplant",
            "MRD undetectable before transplant",
            "yes/no",
            source=f"{window}; nothing seen by an assay that can see 1e-4 (believed where its sensitivity is "
            "not stated); not known for a level below a limit whose detection is not stated",
        ),
        Variable(
            "mrd_method_before_transplant", "Method of MRD before transplant", "category", source=window
        ),
    )


_AFTER_NOTES = (
    Variable(
        "mrd_last_after_transplant",
        "Last MRD status after transplant",
        "category",
        "after day 0",
        source=f"the last result after day 0; {_ELN}",
    ),
)


def mrd_families(records: Records, options: Options) -> tuple[Family, ...]:
    """Return the status of MRD before transplant, whether it is below each cut-off, and the last after it."""
    rows = ranked_results(records)
    before = rows.filter(DAY.is_between(-options.mrd_window_days, 0)).with_columns(
        nw.when(result_word() == word).then(ROW).alias(word) for word in (NOT_DONE, UNKNOWN)
    )
    rank, low, lower = nw.col("status_class"), nw.col("label_class"), nw.col("cut_class")
    unclear = [RANKED.index(status) for status in (BELOW_LIMIT, INCONCLUSIVE)]
    parts = [
        last_class(before, "status", nw.col("mrd_rank"), beside=("method", NOT_DONE, UNKNOWN)),
        last_class(before, "cut", mrd_class(1e-4)),
        last_class(before, "label", mrd_class(1e-3)),
    ]
    joined: nw.LazyFrame[Any] = reduce(lambda a, b: a.join(b, on="patient_id", how="left"), parts)
    frame = joined.select(
        "patient_id",
        choose(
            [
                (~rank.is_null(), status_word(rank)),
                (~nw.col(NOT_DONE).is_null(), nw.lit(NOT_DONE)),
                (~nw.col(UNKNOWN).is_null(), nw.lit(UNKNOWN)),
            ],
            nw.lit(None, nw.String),
        ).alias("mrd_status_before_transplant"),
        _yes(lower).alias("mrd_below_1e4_before_transplant"),
        _yes(low).alias("mrd_below_1e3_before_transplant"),
        nw.when(~rank.is_in(unclear))
        .then(rank == RANKED.index(UNDETECTABLE))
        .alias("mrd_undetectable_before_transplant"),
        nw.col("method").alias("mrd_method_before_transplant"),
    )
    later = last_class(rows.filter(DAY > 0), "after", nw.col("mrd_rank")).select(
        "patient_id", status_word(nw.col("after_class")).alias("mrd_last_after_transplant")
    )
    return Family(frame, _notes_before(options)), Family(later, _AFTER_NOTES)


def _yes(grade: nw.Expr) -> nw.Expr:
    return nw.when(grade.is_in([MRD_NEGATIVE, MRD_POSITIVE])).then(grade == MRD_NEGATIVE)


def response_notes(options: Options) -> tuple[Variable, ...]:
    """Return what the variables around blinatumomab mean under these options."""
    cut = fraction(options.mrd_negative_below)
    after = (
        f"last result after its first day, up to the next treatment of the leukaemia or day 0; below {cut}"
    )
    judged = f"MRD positive before blinatumomab, and below {cut} after the first or second cycle"
    return (
        Variable(
            "mrd_before_blinatumomab",
            "MRD before blinatumomab",
            "category",
            source=f"last result in the {BEFORE_DAYS} days to the first day of the first cycle",
        ),
        Variable("mrd_after_blinatumomab_1", "MRD after cycle 1 of blinatumomab", "category", source=after),
        Variable("mrd_after_blinatumomab_2", "MRD after cycle 2 of blinatumomab", "category", source=after),
        Variable("blinatumomab_mrd_response", "MRD response to blinatumomab", "yes/no", source=judged),
        Variable(
            "blinatumomab_mrd_response_cycle",
            "Cycle of MRD response",
            "number",
            source=f"the first; {judged}",
        ),
        Variable(
            "blinatumomab_mrd_complete",
            "Complete MRD response to blinatumomab",
            "yes/no",
            source="MRD positive before blinatumomab, and undetectable after the first or second cycle",
        ),
    )


def response_values(records: Records, options: Options) -> pl.DataFrame:
    """Return MRD around blinatumomab, a row for each patient who was given it before transplant."""
    words = {0: "unknown", MRD_NEGATIVE: "negative", MRD_POSITIVE: "positive"}
    return responses(records, options).select(
        "patient_id",
        *(
            pl.col(column).replace_strict(words, return_dtype=pl.String).alias(name)
            for column, name in (
                ("before", "mrd_before_blinatumomab"),
                ("after_1", "mrd_after_blinatumomab_1"),
                ("after_2", "mrd_after_blinatumomab_2"),
            )
        ),
        pl.col("response").alias("blinatumomab_mrd_response"),
        pl.col("response_cycle").alias("blinatumomab_mrd_response_cycle"),
        pl.col("complete").alias("blinatumomab_mrd_complete"),
    )
