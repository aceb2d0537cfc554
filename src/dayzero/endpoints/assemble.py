"""Turn decided rows into a :class:`DerivedEndpoint`: who is counted, who is not and why, or a refusal."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from dayzero.endpoints.definition import DerivedEndpoint
from dayzero.errors import RefusalError
from dayzero.records.findings import worst_first

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dayzero.endpoints.definition import Definition
    from dayzero.records.findings import Finding

COLUMNS = ("patient_id", "time", "cause", "why", "flags")
_NAMED = 5


@dataclass(frozen=True)
class Instead:
    """What to say when patients whose outcome is known without its day make an endpoint biased."""

    what: str
    ask: str
    source: str = "EBMT Handbook 2024, chapter 6, doi 10.1007/978-3-031-44080-9_6"


def assemble(
    definition: Definition,
    decided: pl.DataFrame,
    causes: tuple[str, ...],
    findings: Iterable[Finding] = (),
    instead: Instead | None = None,
) -> DerivedEndpoint:
    """Split decided rows into counted and not eligible, and refuse when leaving patients out would mislead.

    Parameters
    ----------
    definition : Definition
    decided : polars.DataFrame
        ``patient_id``, ``time``, ``cause``, ``why``, ``flags``, ``excluded`` and ``fact`` (the reason and the
        patient's own fact, or null) and ``blocked`` (the row that states an outcome without its day, or
        null), sorted by ``patient_id``.
    causes : tuple of str
    findings : iterable of Finding
    instead : Instead or None
        Required when any row can be blocked.

    Raises
    ------
    RefusalError
        When an eligible patient is blocked.
    """
    eligible = decided.filter(pl.col("excluded").is_null())
    if instead is not None and eligible["blocked"].is_not_null().any():
        _refuse(definition, eligible, instead)
    return DerivedEndpoint(
        definition=definition,
        frame=eligible.select(COLUMNS).with_columns(pl.col("cause").cast(pl.Int64)),
        causes=causes,
        not_eligible=decided.filter(pl.col("excluded").is_not_null()).select(
            "patient_id", pl.col("excluded").alias("reason"), "fact"
        ),
        findings=worst_first(list(findings)),
    )


@contextmanager
def named_for(definition: Definition) -> Iterator[None]:
    """Say of a component that is refused which endpoint it was for."""
    try:
        yield
    except RefusalError as error:
        if error.what.startswith(definition.name):
            raise
        what = f"{definition.name} cannot be derived: {error.what}"
        raise RefusalError(what, instead=error.instead, source=error.source) from None


def refuse_one_sided(definition: Definition, label: str, had_it: int, unknown: int) -> None:
    """Refuse when a source says who had an event and never who did not: the unknown are the others.

    Leaving the unknown out would count only those who had it.

    Parameters
    ----------
    definition : Definition
    label : str
        The event.
    had_it, unknown : int
        How many patients had it, and of how many it is not known; nobody is recorded without it.

    Raises
    ------
    RefusalError
        When both are there.
    """
    if not had_it or not unknown:
        return
    what = (
        f"{definition.name} cannot be derived: {label} is recorded for {had_it} patients, as unknown for "
        f"{unknown}, and for nobody as not having happened; leaving the unknown out would count only those "
        "who "
        "had it"
    )
    instead = (
        "say in the study file what means that it did not happen: a code for 'no', or, when that is an empty "
        'date, never = [""]'
    )
    raise RefusalError(what, instead=instead)


def _refuse(definition: Definition, eligible: pl.DataFrame, instead: Instead) -> None:
    blocked = eligible.filter(pl.col("blocked").is_not_null())
    named = [f"{row['patient_id']}{row['blocked']}" for row in blocked.head(_NAMED).iter_rows(named=True)]
    more = f" and {blocked.height - _NAMED} more" if blocked.height > _NAMED else ""
    count = f"{blocked.height} of {eligible.height} patients"
    what = (
        f"{definition.name} cannot be derived: {instead.what} for {count} ({', '.join(named)}{more}); "
        "leaving them out, or guessing the day, would give a biased estimate"
    )
    raise RefusalError(what, instead=instead.ask, source=instead.source)
