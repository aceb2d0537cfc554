"""When chronic GVHD met the criterion of a composite endpoint: severity as recorded, or systemic treatment.

NIH 2014 (mild, moderate, severe) and Seattle (limited, extensive) stay apart: neither becomes the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import narwhals as nw
import polars as pl

from dayzero.endpoints.frames import DAY, DENIED, HAPPENED, NOT_KNOWN, Pick, choose, collect, lazy, reduce
from dayzero.endpoints.memo import remembered

if TYPE_CHECKING:
    from dayzero.records.model import Records

#: Criteria by name, with what they ask for.
CRITERIA = {
    "systemic": "chronic GVHD that needed systemic immunosuppression",
    "severe": "severe chronic GVHD (NIH), or extensive where no NIH severity is recorded",
    "moderate": "moderate or severe chronic GVHD (NIH)",
}
_FOR_CHRONIC = r"c-?gvhd|chronic (?:gvhd|graft)"
_NOT_SYSTEMIC = r"topical|\blocal|budesonide|beclomet|inhal|mouth|\beye|ophthal|drops|cream|prophyla"
_UNTREATED = r"\b(?:no|not|non|without)\b[^,;.]*(?:systemic|treat)|untreated|topical|\blocal (?:treat|therap)"
_NEGATED = r"\b(?:no|not|non|without)\b"


class Reading(NamedTuple):
    """What a chronic GVHD row says of a criterion: it is met, it is not; of a no, that it denies it."""

    met: nw.Expr
    below: nw.Expr
    denies: nw.Expr


def chronic_gvhd(records: Records) -> pl.DataFrame:
    """Reduce chronic GVHD to one row per patient.

    Parameters
    ----------
    records : Records

    Returns
    -------
    polars.DataFrame
        ``patient_id``, ``onset_day`` (first chronic GVHD), ``cgvhd_unknown_row``, ``cgvhd_any_row`` (any
        statement), ``therapy_day``, ``therapy_row`` (systemic treatment for it), and for each criterion
        ``<name>_yes_day``, ``_yes_row``, ``_undated_row``, ``_unclear_day``, ``_unclear_row`` (happened, but
        the row does not say whether it met the criterion), ``_unclear_undated_row``, ``_below_row``,
        ``_no_row`` and ``_partial_row`` (a no about worse chronic GVHD only).
    """
    return remembered(records, "chronic GVHD", _chronic)


def _chronic(records: Records) -> pl.DataFrame:
    events = lazy(records, "events").filter(nw.col("event") == "cGVHD")
    readings = {"systemic": _systemic(), "severe": _severe(), "moderate": _moderate()}
    # each row is read once; the picks then ask what was read
    events = events.with_columns(
        answer.alias(f"{name}_{question}")
        for name, reading in readings.items()
        for question, answer in reading._asdict().items()
    )
    picks = [
        Pick("onset", HAPPENED & (DAY >= 0)),
        Pick("cgvhd_unknown", NOT_KNOWN, "any"),
        Pick("cgvhd_any", ~nw.col("row").is_null(), "any"),
        *(pick for name in readings for pick in _picks(name)),
    ]
    found = collect(reduce(events, picks))
    treated = collect(_therapy(records))
    ids = pl.concat([found.select("patient_id"), treated.select("patient_id")]).unique()
    return (
        ids.join(found, on="patient_id", how="left")
        .join(treated, on="patient_id", how="left")
        .with_columns(pl.col("^.*_(?:day|row)$").cast(pl.Int64))
        .sort("patient_id")
    )


def _picks(name: str) -> list[Pick]:
    reading = Reading(*(nw.col(f"{name}_{question}") for question in Reading._fields))
    unclear = HAPPENED & ~reading.met & ~reading.below
    return [
        Pick(f"{name}_yes", HAPPENED & reading.met & (DAY >= 0)),
        Pick(f"{name}_undated", HAPPENED & reading.met & DAY.is_null(), "any"),
        Pick(f"{name}_unclear", unclear & (DAY >= 0)),
        Pick(f"{name}_unclear_undated", unclear & DAY.is_null(), "any"),
        Pick(f"{name}_below", HAPPENED & reading.below, "any"),
        Pick(f"{name}_no", DENIED & reading.denies, "any"),
        Pick(f"{name}_partial", DENIED & ~reading.denies, "any"),
    ]


def _therapy(records: Records) -> nw.LazyFrame[Any]:
    said = nw.col("indication").fill_null("").str.to_lowercase()
    agent = nw.col("agent").str.to_lowercase()
    systemic = ~said.str.contains(_NOT_SYSTEMIC) & ~agent.str.contains(_NOT_SYSTEMIC)
    rows = lazy(records, "treatments").filter(said.str.contains(_FOR_CHRONIC), systemic)
    return reduce(rows.with_columns(nw.col("start_day").alias("day")), [Pick("therapy", DAY >= 0)])


def _severity() -> nw.Expr:
    """Return the grade in lower case; one in the negative ("not severe") says nothing."""
    return nw.when(~_words("grade").str.contains(_NEGATED)).then(_words("grade")).otherwise(nw.lit(""))


def _words(column: str) -> nw.Expr:
    return nw.col(column).fill_null("").str.to_lowercase()


def _systemic() -> Reading:
    detail = _words("detail")
    untreated = detail.str.contains(_UNTREATED)
    met = detail.str.contains("systemic") & ~untreated
    return Reading(met, untreated, (_words("grade") == "") | met)


def _nih() -> tuple[nw.Expr, nw.Expr]:
    """Return the lowest and the highest NIH severity that a grade names, 0 when it names none."""
    grade = _severity()
    names = [
        (grade.str.contains(word), nw.lit(n)) for n, word in enumerate(("mild", "moderate", "severe"), 1)
    ]
    return choose(names, nw.lit(0)), choose(names[::-1], nw.lit(0))


def _severe() -> Reading:
    low, high = _nih()
    extensive, limited = (_severity().str.contains(word) for word in ("extensive", "limited"))
    met = (low == 3) | ((high == 0) & extensive & ~limited)
    below = high.is_between(1, 2) | ((high == 0) & limited & ~extensive)
    return Reading(met, below, (_words("grade") == "") | met)


def _moderate() -> Reading:
    low, high = _nih()
    return Reading(low >= 2, high == 1, (_words("grade") == "") | (low == 2))
