"""Derive the endpoints of a registry that memory does not hold, a group of patients at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dayzero.endpoints.catalogue import CATALOGUE
from dayzero.endpoints.derivation import derive
from dayzero.endpoints.options import STANDARD, Options
from dayzero.errors import RefusalError
from dayzero.records.checks.groups import groups_of, in_memory
from dayzero.records.findings import Finding, Where

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dayzero.endpoints.definition import DerivedEndpoint
    from dayzero.records.model import Records


def derive_in_groups(
    records: Records, names: Sequence[str] = (), options: Options = STANDARD
) -> Iterator[DerivedEndpoint]:
    """Derive endpoints of tables on disk, a few million rows in memory at a time.

    The answer of a patient needs the rows of no other, so that groups of patients give what the whole gives:
    one :class:`DerivedEndpoint` for each endpoint and group, in order of the patients, to be written away or
    joined. Only what is asked of everybody together is asked of each group: whether anybody has transfusions
    recorded, say. Each says so in a finding when there is more than one group.

    Parameters
    ----------
    records : Records
        On disk (``records.read(folder, engine="duckdb")``); tables in memory are one group.
    names : sequence of str
        Names or aliases of the catalogue; none: all of it.
    options : Options
        Cut-offs that a centre may set differently.

    Yields
    ------
    DerivedEndpoint

    Raises
    ------
    BadInputError
        When there is no endpoint of such a name.
    RefusalError
        After the last group, when a group refused an endpoint: what the others gave of it is then not the
        whole, and must not be used as if it were.
    """
    groups = groups_of(records)
    wanted = tuple(names) or tuple(CATALOGUE)
    refused: dict[str, list[RefusalError]] = {}
    for part in in_memory(records, groups):
        for name in wanted:
            try:
                derived = derive(name, part, options)
            except RefusalError as error:
                refused.setdefault(name, []).append(error)
                continue
            yield _said(derived, len(groups))
    if refused:
        raise _refusal(refused, max(1, len(groups)))


def _refusal(refused: dict[str, list[RefusalError]], groups: int) -> RefusalError:
    told = [f"{name} in {len(errors)} of {groups} ({errors[0].what})" for name, errors in refused.items()]
    return RefusalError(
        f"groups of patients refused endpoints: {'; '.join(told)}",
        instead="derive these from the whole with derive(), or leave them out",
    )


def _said(derived: DerivedEndpoint, groups: int) -> DerivedEndpoint:
    if groups < 2:
        return derived
    what = (
        f"{derived.definition.name} was derived in {groups} groups of patients: whether anybody has a fact "
        "recorded at all was asked of each group."
    )
    note = Finding("endpoints.derived_in_groups", "note", what, Where(item=derived.definition.name))
    return replace(derived, findings=(*derived.findings, note))
