"""NIH 2014 global severity of chronic GVHD, by hand."""

from __future__ import annotations

import pytest

from dayzero.endpoints.gvhd.chronic_severity import lung_score, nih_severity


@pytest.mark.parametrize(
    ("scores", "severity"),
    [
        ({}, "none"),
        ({"skin": 1}, "mild"),
        ({"skin": 1, "mouth": 1}, "mild"),
        ({"skin": 1, "mouth": 1, "eyes": 1}, "moderate"),
        ({"liver": 2}, "moderate"),
        ({"lungs": 1}, "moderate"),  # the lungs weigh more
        ({"lungs": 1, "mouth": 1}, "moderate"),
        ({"lungs": 2}, "severe"),
        ({"lungs": 3}, "severe"),
        ({"genital": 3}, "severe"),
        ({"joints": 2, "gut": 2, "eyes": 2}, "moderate"),
    ],
)
def test_global_severity(scores, severity):
    assert nih_severity(**{"lungs": 0, **scores}) == severity


@pytest.mark.parametrize(
    ("fev1", "score"),
    [(120, 0), (80, 0), (79.9, 1), (79, 1), (60, 1), (59, 2), (40, 2), (39.5, 3), (39, 3), (0, 3)],
)
def test_lungs(fev1, score):
    assert lung_score(fev1) == score


def test_what_cannot_be_scored():
    with pytest.raises(ValueError, match="from 0 to 3"):
        nih_severity(lungs=4)
    with pytest.raises(TypeError, match="lungs"):
        nih_severity(skin=1)
    for fev1 in (-1, float("nan")):
        with pytest.raises(ValueError, match="FEV1"):
            lung_score(fev1)
