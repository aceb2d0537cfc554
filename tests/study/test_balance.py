"""What compares the columns of the characteristics table: asked for, refused, withheld, by hand."""

from __future__ import annotations

import math

import pytest

from dayzero.errors import BadInputError
from dayzero.study.balance import compare_characteristics
from study.hand_made import facts, grouping, study_of

#: Twelve patients: group a has ages 1 to 6, group b 7 to 12; sex differs by one patient.
PATIENTS = facts(
    age=[float(age) for age in range(1, 13)],
    sex=["male"] * 3 + ["female"] * 3 + ["male"] * 4 + ["female", "unknown"],
    ino=[True] * 6 + [False] * 6,
)
GROUPS = {"g": grouping("aaaaaabbbbbb")}
NAMES = ("age", "sex", "ino")


def study_with(asked: str) -> object:
    return study_of(
        "[characteristics]", f'variables = ["age"]\nby = "g"\n{asked}', '[groups.g]\nvariable = "sex"'
    )


def test_nothing_is_compared_unless_asked() -> None:
    assert compare_characteristics(study_with(""), PATIENTS, GROUPS, NAMES) == ((), ())


def test_standardised_differences_by_hand() -> None:
    found, findings = compare_characteristics(study_with("difference = true"), PATIENTS, GROUPS, NAMES)
    by_name = {row.variable: row for row in found}
    # Means 3.5 and 9.5; the variance of 1 to 6 is 3.5.
    assert by_name["age"].standardised_difference == pytest.approx(6 / math.sqrt(3.5), rel=1e-12)
    # Male 3 of 6 against 4 of 5 known: 0.3 / sqrt((1/4 + 4/25) / 2).
    assert by_name["sex"].standardised_difference == pytest.approx(0.3 / math.sqrt(0.205), rel=1e-12)
    assert by_name["sex"].total == 11
    # All against none has no spread to measure by.
    assert by_name["ino"].standardised_difference is None
    assert all(row.p_value is None and not row.method for row in found)
    assert findings == ()


def test_tests_by_hand_and_said_to_be_unadjusted() -> None:
    found, findings = compare_characteristics(study_with("tests = true"), PATIENTS, GROUPS, NAMES)
    by_name = {row.variable: row for row in found}
    # Of C(12,6) = 924 ways to choose six ranks two are as extreme; the same for all against none.
    assert by_name["age"].p_value == pytest.approx(2 / 924, rel=1e-12)
    assert by_name["age"].method == "Wilcoxon rank sum test"
    assert by_name["ino"].p_value == pytest.approx(2 / 924, rel=1e-12)
    assert by_name["ino"].method == "Fisher's exact test"
    assert [finding.id for finding in findings] == ["guard.unadjusted_tests"]


def test_no_p_value_for_nine_patients() -> None:
    few = facts(age=[float(age) for age in range(1, 10)])
    found, findings = compare_characteristics(
        study_with("tests = true"), few, {"g": grouping("aaaabbbbb")}, ("age",)
    )
    assert found[0].p_value is None
    assert found[0].note == "p-value withheld: only 9 patients"
    assert [finding.id for finding in findings] == ["guard.p_withheld"]


def test_a_comparison_without_groups_is_refused() -> None:
    with pytest.raises(BadInputError, match="no grouping is named") as caught:
        study_of("[characteristics]", "difference = true")
    assert "line" in str(caught.value)
