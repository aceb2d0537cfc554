"""Age at day 0 replaces the date of birth."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from dayzero.records.ages import age_between
from records.making import ids, read_folder

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        (date(2010, 5, 17), date(2020, 5, 17), 10.0),
        (date(2010, 5, 18), date(2020, 5, 17), 9.0),
        (date(2012, 2, 29), date(2020, 2, 28), 7.0),
        (date(2012, 2, 29), date(2020, 2, 29), 8.0),
        (date(2018, 5, 17), date(2020, 5, 17), 2.0),
        (date(2018, 5, 18), date(2020, 5, 17), 1.9),
        (date(2019, 11, 17), date(2020, 5, 17), 0.4),
        (date(2020, 5, 17), date(2020, 5, 17), 0.0),
    ],
)
def test_completed_years_and_tenths_below_two(birth: date, day: date, age: float) -> None:
    assert age_between(birth, day) == age


@pytest.mark.parametrize(
    ("birth", "given", "age", "rule"),
    [
        ("2010-05-17", "", 9.0, None),
        ("2010-05-17", "9", 9.0, None),
        ("2010-05-17", "12", 9.0, "age_disagrees"),
        ("", "9.5", 9.5, None),
        ("", "", None, "missing_value"),
        ("", "120", None, "implausible_number"),
        ("", "95", 90.0, "age_capped"),
        ("1925-01-01", "", 90.0, "age_capped"),
        ("1901-01-01", "", None, "implausible_date"),
        ("2021-01-01", "", None, "birth_after_day0"),
        ("2010", "", None, "incomplete_date"),
        ("17/05/2010", "", None, "ambiguous_date"),
        ("17/05/2010", "9", 9.0, "ambiguous_date"),
        ("-3400", "", 9.0, None),
    ],
)
def test_age(tmp_path: Path, birth: str, given: str, age: float | None, rule: str | None) -> None:
    tables = {
        "patients": f"patient_id,sex,birth_date,age,diagnosis\nP1,male,{birth},{given},ALL\n",
        "transplants": "patient_id,date,type\nP1,2020-01-10,allogeneic\n",
    }
    found = read_folder(tmp_path, tables)
    assert found.tables["patients"]["age"].to_list() == [age]
    assert ids(found.findings) == ({rule} if rule else set())
    assert "birth_date" not in found.tables["patients"].columns
