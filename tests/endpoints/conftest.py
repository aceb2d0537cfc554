"""Every rule is asked of every engine."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from endpoints.facts import ENGINES

if TYPE_CHECKING:
    from collections.abc import Callable

    from dayzero.records.model import Records


@pytest.fixture(params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[[Records], Records]:
    if request.param == "duckdb" and find_spec("pandas") is None:
        # DuckDB looks for pandas at every constant; remembering that it is absent halves the time of a test.
        monkeypatch.setitem(sys.modules, "pandas", None)
    return ENGINES[request.param]
