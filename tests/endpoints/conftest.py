"""Every rule is asked of every engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from endpoints.facts import ENGINES

if TYPE_CHECKING:
    from collections.abc import Callable

    from dayzero.records.model import Records


@pytest.fixture(params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest) -> Callable[[Records], Records]:
    return ENGINES[request.param]
