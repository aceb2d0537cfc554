"""A registry on disk, derived a group of patients at a time, answers as the whole does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from dayzero import endpoints
from dayzero.errors import RefusalError
from endpoints.facts import alive, happened, on_duckdb, records

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dayzero.endpoints.definition import DerivedEndpoint
    from dayzero.records.model import Records

PATIENTS = [f"p{number:02}" for number in range(1, 21)]
EVENTS = [
    *(happened(patient, 100 + 10 * index, "relapse") for index, patient in enumerate(PATIENTS[::4])),
    *(happened(patient, 300 + index, "death") for index, patient in enumerate(PATIENTS[::5])),
]


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Records:
    made = on_duckdb(records(PATIENTS, events=EVENTS, follow_up=alive(900, *PATIENTS)))
    made.source.rows.update(dict.fromkeys(("patients", "transplants", "follow_up"), 20))
    monkeypatch.setattr("dayzero.records.checks.groups.ROWS_AT_ONCE", 15)
    return made


def test_groups_give_what_the_whole_gives(registry: Records) -> None:
    names = ("OS", "DFS", "CIR", "NRM")
    parts = list(endpoints.derive_in_groups(registry, names))
    groups = len(parts) // len(names)
    assert groups > 2
    for name in names:
        own = [part for part in parts if part.definition.name == name]
        assert len(own) == groups
        together = pl.concat([part.frame for part in own])
        assert_frame_equal(together, endpoints.derive(name, registry).frame)
        assert {f.id for part in own for f in part.findings} >= {"endpoints.derived_in_groups"}


def test_tables_in_memory_are_one_group() -> None:
    made = records(PATIENTS, events=EVENTS, follow_up=alive(900, *PATIENTS))
    (derived,) = endpoints.derive_in_groups(made, ["LFS"])
    assert_frame_equal(derived.frame, endpoints.derive("DFS", made).frame)
    assert not [f for f in derived.findings if f.id == "endpoints.derived_in_groups"]


def take(found: Iterator[DerivedEndpoint], given: list[str]) -> None:
    """Note the name of each endpoint as it comes."""
    for part in found:
        given.append(part.definition.name)  # noqa: PERF401 - what came before a refusal counts


def test_what_a_group_refuses_is_refused_after_the_last(registry: Records) -> None:
    found = endpoints.derive_in_groups(registry, ["OS", "platelet_engraftment_50"])
    given: list[str] = []
    with pytest.raises(RefusalError, match=r"platelet_engraftment_50 in (\d+) of \1 "):
        take(found, given)
    assert set(given) == {"OS"}
