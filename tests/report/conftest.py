"""Made-up results, and reports of them written once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dayzero import report
from report.five import five as make_five
from report.made import cohort_of_78

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from dayzero.study.results import Results


@pytest.fixture(scope="session")
def cohort() -> Results:
    return cohort_of_78()


@pytest.fixture(scope="session")
def five() -> Results:
    return make_five()


@pytest.fixture(scope="session")
def cohort_folder(cohort: Results, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cohort")
    report.write(cohort, folder)
    return folder


@pytest.fixture(scope="session")
def five_folder(five: Results, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("five")
    report.write(five, folder)
    return folder


@pytest.fixture(scope="session")
def any_digit() -> Callable[[str], bool]:
    return lambda text: any(character.isdigit() for character in text)
