"""Find what cannot be true in records on a day scale: impossible orders, contradictions, gaps.

Each check is data: an id, a severity, a sentence, and a small function that finds rows. Problems of single
cells were already found by reading (:mod:`dayzero.records.catalogue`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.records.checks import (
    complications,
    contacts,
    deaths,
    disease,
    engraftment,
    fields,
    grafts,
    gvhd,
    identity,
    laboratory,
    mrd,
    orders,
    remission,
    second_grafts,
    therapy,
)
from dayzero.records.checks.groups import about_groups, groups_of, in_memory
from dayzero.records.checks.rule import Rule, facts_of
from dayzero.records.findings import Finding, worst_first

if TYPE_CHECKING:
    from datetime import date

    from dayzero.records.model import Records

#: Every check, in the order of the documentation.
RULES: tuple[Rule, ...] = (
    *identity.RULES,
    *orders.RULES,
    *remission.RULES,
    *disease.RULES,
    *mrd.RULES,
    *therapy.RULES,
    *grafts.RULES,
    *second_grafts.RULES,
    *engraftment.RULES,
    *gvhd.RULES,
    *complications.RULES,
    *laboratory.RULES,
    *deaths.RULES,
    *contacts.RULES,
    *fields.RULES,
)


def check(records: Records, cutoff: date | None = None) -> tuple[Finding, ...]:
    """Return what is impossible, contradictory or missing in records, worst first.

    Parameters
    ----------
    records : Records
        Their tables may be frames of any engine that narwhals understands.
    cutoff : datetime.date, optional
        The data cut-off: with it, last contacts long before it and facts after it are found too.

    Returns
    -------
    tuple of Finding
        Without those of reading, which are in ``records.findings``. An error found here does not remove a
        row: the deriving rule decides what to do with it, and says so.
    """
    groups = groups_of(records)
    found = about_groups(groups)
    for part in in_memory(records, groups):
        facts = facts_of(part, cutoff)
        found += [finding for rule in RULES for finding in rule.findings(facts)]
    return worst_first(found)


__all__ = ["RULES", "Rule", "check"]
