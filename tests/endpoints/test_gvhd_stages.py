"""Organ stages and overall grades of acute GVHD, cell by cell (MAGIC; EBMT Handbook 2024, table 43.4)."""

from __future__ import annotations

from itertools import product

import pytest

from dayzero.endpoints.gvhd.gvhd_stages import (
    glucksberg_grade,
    liver_stage,
    lower_gi_stage,
    magic_grade,
    skin_stage,
    upper_gi_stage,
)


@pytest.mark.parametrize(
    ("percent", "stage"), [(0, 0), (0.5, 1), (24.9, 1), (25, 2), (50, 2), (50.1, 3), (100, 3)]
)
def test_skin(percent, stage):
    assert skin_stage(percent) == stage


def test_bullae_count_above_half_of_the_body():
    assert skin_stage(51, bullae=True) == 4
    assert skin_stage(50, bullae=True) == 2


@pytest.mark.parametrize(
    ("bilirubin", "stage"),
    [
        (0, 0),
        (1.99, 0),
        (2, 1),
        (3, 1),
        (3.05, 2),  # the gap of the printed table
        (3.1, 2),
        (6, 2),
        (6.01, 3),
        (15, 3),
        (15.01, 4),
    ],
)
def test_liver(bilirubin, stage):
    assert liver_stage(bilirubin) == stage


@pytest.mark.parametrize(
    ("bilirubin", "stage"), [(34.1, 0), (34.2, 1), (51.3, 1), (51.4, 2), (102.6, 2), (256.5, 3), (256.6, 4)]
)
def test_liver_in_umol(bilirubin, stage):
    assert liver_stage(bilirubin, "umol/L") == stage


def test_upper_gut():
    assert (upper_gi_stage(persistent=False), upper_gi_stage(persistent=True)) == (0, 1)


@pytest.mark.parametrize(
    ("volume", "stage"), [(0, 0), (499, 0), (500, 1), (999.9, 1), (1000, 2), (1500, 2), (1501, 3)]
)
def test_stool_of_adults(volume, stage):
    assert lower_gi_stage(50.1, volume=volume) == stage


@pytest.mark.parametrize(
    ("per_kg", "stage"), [(0, 0), (9.9, 0), (10, 1), (19.9, 1), (19.95, 1), (20, 2), (30, 2), (30.1, 3)]
)
def test_stool_of_children(per_kg, stage):
    assert lower_gi_stage(20, volume=20 * per_kg) == stage


@pytest.mark.parametrize(
    ("weight", "stages"),
    [
        (70, {0: 0, 2: 0, 3: 1, 4: 1, 5: 2, 7: 2, 8: 3}),
        (50, {3: 0, 4: 1, 6: 1, 7: 2, 10: 2, 11: 3}),  # adult limits above 50 kg only
    ],
)
def test_episodes(weight, stages):
    assert {n: lower_gi_stage(weight, episodes=n) for n in stages} == stages


def test_severe_pain_ileus_or_blood_whatever_the_volume():
    assert lower_gi_stage(70, volume=100, severe=True) == 4
    assert lower_gi_stage(70, severe=True) == 4


def test_measured_volume_stands_before_episodes():
    assert lower_gi_stage(70, volume=1600, episodes=2) == 3


@pytest.mark.parametrize(
    ("stages", "grade"),
    [
        ((0, 0, 0, 0), 0),
        ((1, 0, 0, 0), 1),
        ((2, 0, 0, 0), 1),
        ((3, 0, 0, 0), 2),
        ((0, 1, 0, 0), 2),
        ((0, 0, 1, 0), 2),
        ((0, 0, 0, 1), 2),
        ((0, 2, 0, 0), 3),
        ((0, 3, 0, 0), 3),
        ((0, 0, 0, 2), 3),
        ((0, 0, 0, 3), 3),
        ((3, 0, 1, 3), 3),
        ((4, 0, 0, 0), 4),
        ((0, 4, 0, 0), 4),
        ((0, 0, 0, 4), 4),
    ],
)
def test_magic(stages, grade):
    assert magic_grade(*stages) == grade


@pytest.mark.parametrize(
    ("stages", "grade"),
    [
        ((0, 0, 0), 0),
        ((2, 0, 0), 1),
        ((3, 0, 0), 2),
        ((0, 1, 0), 2),
        ((0, 0, 1), 2),
        ((0, 3, 0), 3),
        ((0, 0, 2), 3),
        ((0, 0, 4), 3),  # the main difference from MAGIC
        ((4, 0, 0), 4),
        ((0, 4, 0), 4),
    ],
)
def test_glucksberg(stages, grade):
    assert glucksberg_grade(*stages) == grade


def test_a_worse_stage_never_lowers_the_grade():
    for skin, liver, upper, lower in product(range(4), range(4), range(1), range(4)):
        grade = magic_grade(skin, liver, upper, lower)
        assert grade <= magic_grade(skin + 1, liver, upper, lower)
        assert grade <= magic_grade(skin, liver + 1, upper, lower)
        assert grade <= magic_grade(skin, liver, 1, lower)
        assert grade <= magic_grade(skin, liver, upper, lower + 1)


@pytest.mark.parametrize(
    "call",
    [
        lambda: skin_stage(101),
        lambda: skin_stage(float("nan")),
        lambda: liver_stage(-1),
        lambda: liver_stage(2, "g/L"),
        lambda: lower_gi_stage(70),
        lambda: lower_gi_stage(70, volume=-1),
        lambda: magic_grade(5, 0, 0, 0),
        lambda: magic_grade(0, 0, 2, 0),
        lambda: glucksberg_grade(0, 0, 5),
    ],
)
def test_what_cannot_be_staged(call):
    with pytest.raises(ValueError, match=r"needs|must be|read in|whole number"):
        call()
