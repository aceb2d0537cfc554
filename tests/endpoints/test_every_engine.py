"""One definition, every engine: all endpoints and variables of one rich cohort, compared exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from polars.testing import assert_frame_equal

from dayzero import endpoints
from dayzero.errors import RefusalError
from endpoints.facts import on_duckdb
from endpoints.rich import rich_cohort
from endpoints.spark import no_spark, on_spark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dayzero.endpoints import DerivedEndpoint
    from dayzero.records.model import Records


@pytest.fixture(scope="module")
def polars() -> Records:
    return rich_cohort()


@pytest.fixture(scope="module", params=["duckdb", "spark"])
def other(request: pytest.FixtureRequest, polars: Records) -> Iterator[Records]:
    if request.param == "duckdb":
        yield on_duckdb(polars)
        return
    why = no_spark()
    if why:
        pytest.skip(why)
    with on_spark(polars) as made:
        yield made


def _told(derive: Callable[[], DerivedEndpoint]) -> DerivedEndpoint | str:
    try:
        return derive()
    except RefusalError as error:
        return str(error)


@pytest.mark.parametrize("name", list(endpoints.CATALOGUE))
def test_endpoint(name: str, polars: Records, other: Records) -> None:
    here, there = (_told(lambda made=made: endpoints.derive(name, made)) for made in (polars, other))
    if isinstance(here, str) or isinstance(there, str):
        assert here == there
        return
    assert_frame_equal(there.frame, here.frame, check_exact=True)
    assert_frame_equal(there.not_eligible, here.not_eligible, check_exact=True)
    assert there.findings == here.findings
    assert here.frame.height + here.not_eligible.height > 0


def test_what_is_refused_is_refused_in_the_same_words() -> None:
    gaps = rich_cohort(gaps=True)
    on_disk = on_duckdb(gaps)
    refused = 0
    for name in endpoints.CATALOGUE:
        here, there = (_told(lambda n=name, m=made: endpoints.derive(n, m)) for made in (gaps, on_disk))
        refused += isinstance(here, str)
        assert isinstance(here, str) == isinstance(there, str)
        assert not isinstance(here, str) or here == there
    assert refused > 10


def test_variables(polars: Records, other: Records) -> None:
    here, there = endpoints.derive_variables(polars), endpoints.derive_variables(other)
    assert_frame_equal(there.frame, here.frame, check_exact=True)
    assert there.findings == here.findings


def test_the_cohort_asks_something_of_every_endpoint(polars: Records) -> None:
    """A refused endpoint compares nothing but its sentence."""
    refused = [
        name
        for name in endpoints.CATALOGUE
        if isinstance(_told(lambda n=name: endpoints.derive(n, polars)), str)
    ]
    assert refused == []
