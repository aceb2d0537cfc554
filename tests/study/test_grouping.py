"""Groups: each patient in one level at most, every level with a patient, the rest counted."""

from __future__ import annotations

import pytest

from dayzero.errors import BadInputError
from dayzero.study.grouping import Grouping, make_grouping
from study.hand_made import facts, study_of

PATIENTS = facts(
    number=[1, 2, 3, 1, None, 2],
    disease=["AML", "ALL", "ALL", "unknown", None, "AML"],
    ino=[False, True, False, True, True, None],
    late_gvhd=[True, False, True, False, True, False],
)


def group(text: str) -> Grouping:
    return make_grouping(study_of("[groups.g]", text), "g", PATIENTS)


def test_levels_by_rules() -> None:
    made = group("""levels = { "CR1" = "number = 1", "CR2/3" = "number >= 2" }""")
    assert made.info.levels == ("CR1", "CR2/3")
    assert made.info.counts == (2, 3)
    assert made.info.unclassified == 1
    assert dict(made.assigned.iter_rows()) == {
        "p01": "CR1",
        "p02": "CR2/3",
        "p03": "CR2/3",
        "p04": "CR1",
        "p06": "CR2/3",
    }
    assert [finding.id for finding in made.findings] == ["guard.unclassified"]


def test_among_restricts_and_unknown_is_counted() -> None:
    made = group(
        """among = "number >= 2"\namong_label = "CR2/3"\nlevels = { "No" = "not ino", "Yes" = "ino" }"""
    )
    assert made.info.counts == (1, 1)
    assert (made.info.among, made.info.among_label) == ("number >= 2", "CR2/3")
    assert made.info.unclassified == 1  # p06: inotuzumab not known
    assert sorted(finding.what[:17] for finding in made.findings) == [
        "1 of 3 patients i",
        "For 1 patient it ",
    ]


def test_levels_of_a_variable_are_its_known_values() -> None:
    made = group('variable = "disease"')
    assert (made.info.levels, made.info.counts, made.info.unclassified) == (("ALL", "AML"), (2, 2), 2)


def test_levels_of_a_variable_in_the_order_asked() -> None:
    assert group('variable = "disease"\norder = ["AML", "ALL"]').info.levels == ("AML", "ALL")


def test_levels_of_a_yes_no_variable_and_of_a_number() -> None:
    assert group('variable = "ino"').info.levels == ("no", "yes")
    assert group('variable = "number"').info.levels == ("1", "2", "3")


def test_colours_follow_the_levels() -> None:
    made = group('variable = "disease"\n[groups.g.colours]\nAML = "red"')
    assert made.info.colours == ("", "red")


@pytest.mark.parametrize(
    "text", ['variable = "late_gvhd"', 'levels = { "a" = "late_gvhd", "b" = "not late_gvhd" }']
)
def test_a_group_of_the_future_is_remembered(text: str) -> None:
    assert group(text).known_late == ("late_gvhd",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("""levels = { "a" = "number = 1", "b" = "number = 9" }""", "'b' of 'g' has no patient"),
        ("""levels = { "a" = "number <= 2", "b" = "number >= 2" }""", "overlap: 2 patients"),
        ('variable = "disease"\norder = ["ALL", "CML"]', "allowed: ALL, AML"),
        ('variable = "diseases"', "did you mean 'disease'?"),
        ('variable = "disease"\namong = "number > 5"', "no patient of the cohort meets"),
        ("""levels = { "a" = "numbr = 1" }""", "did you mean 'number'?"),
    ],
)
def test_refused(text: str, words: str) -> None:
    with pytest.raises(BadInputError) as caught:
        group(text)
    assert words in str(caught.value)
    assert "study.toml, line" in str(caught.value)


def test_a_number_with_many_values_is_no_grouping() -> None:
    many = facts(age=list(range(40)))
    with pytest.raises(BadInputError, match="make levels by rules"):
        make_grouping(study_of("[groups.g]", 'variable = "age"'), "g", many)
