"""CRS and ICANS by the ASTCT consensus, cell by cell."""

from __future__ import annotations

import pytest

from dayzero.endpoints.complication.astct import crs_grade, icans_grade


@pytest.mark.parametrize(
    ("signs", "grade"),
    [
        ({}, 1),
        ({"hypotension": "no vasopressor"}, 2),
        ({"hypotension": "one vasopressor"}, 3),
        ({"hypotension": "multiple vasopressors"}, 4),
        ({"hypoxia": "low flow"}, 2),
        ({"hypoxia": "high flow"}, 3),
        ({"hypoxia": "positive pressure"}, 4),
        ({"hypotension": "one vasopressor", "hypoxia": "low flow"}, 3),  # the worse of the two
        ({"hypotension": "no vasopressor", "hypoxia": "positive pressure"}, 4),
        ({"died": True}, 5),
    ],
)
def test_crs(signs, grade):
    assert crs_grade(fever=True, **signs) == grade


def test_without_fever_it_is_no_crs():
    assert crs_grade(fever=False, hypotension="one vasopressor") == 0


def test_icans_by_ice():
    grades = {10: 0, 9: 1, 7: 1, 6: 2, 3: 2, 2: 3, 0: 3}
    assert {score: icans_grade(ice=score) for score in grades} == grades


@pytest.mark.parametrize(
    ("signs", "grade"),
    [
        ({"ice": 0, "consciousness": "unarousable"}, 4),
        ({"consciousness": "unarousable"}, 4),  # the test cannot be done
        ({"ice": 10, "consciousness": "to voice"}, 2),
        ({"ice": 8, "consciousness": "to touch"}, 3),
        ({"ice": 3, "seizure": "resolved"}, 3),  # the example of the consensus
        ({"ice": 10, "seizure": "prolonged"}, 4),
        ({"ice": 9, "deep_motor_weakness": True}, 4),
        ({"ice": 9, "oedema": "focal"}, 3),
        ({"ice": 9, "oedema": "diffuse"}, 4),
        ({"capd": 0}, 0),
        ({"capd": 8}, 1),
        ({"capd": 8, "consciousness": "to voice"}, 2),
        ({"capd": 9}, 3),
        ({"capd": 8, "consciousness": "unarousable"}, 4),
    ],
)
def test_icans_is_the_worst_domain(signs, grade):
    assert icans_grade(**signs) == grade


@pytest.mark.parametrize(
    "call",
    [
        lambda: icans_grade(),
        lambda: icans_grade(consciousness="to voice"),
        lambda: icans_grade(ice=9, capd=3),
        lambda: icans_grade(ice=11),
        lambda: icans_grade(capd=33),
        lambda: icans_grade(ice=9, oedema="some"),
        lambda: crs_grade(fever=True, hypoxia="nasal"),
    ],
)
def test_what_cannot_be_graded(call):
    with pytest.raises(ValueError, match=r"give the ICE|whole number|is one of"):
        call()
