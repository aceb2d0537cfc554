"""Global severity of chronic GVHD from the scores of the organs.

NIH consensus 2014: Jagasia et al., Biol Blood Marrow Transplant 2015;21:389 (PMC4329079). The limited and
extensive of Seattle are another system and are never turned into this one.
"""

from __future__ import annotations

from typing import Literal

Severity = Literal["none", "mild", "moderate", "severe"]


def lung_score(fev1: float) -> int:
    """Return the score of the lungs from FEV1, which stands before the score of symptoms.

    Parameters
    ----------
    fev1 : float
        Percent of predicted.

    Returns
    -------
    int
        0 from 80, 1 from 60, 2 from 40, else 3 (the printed 60-79 and 40-59 are read as half-open).

    Raises
    ------
    ValueError
        When FEV1 is negative or not a number.
    """
    if not fev1 >= 0:
        message = f"FEV1 is {fev1:g} percent of predicted; it must be 0 or more"
        raise ValueError(message)
    return sum(fev1 < limit for limit in (80, 60, 40))


def nih_severity(
    *,
    lungs: int,
    skin: int = 0,
    mouth: int = 0,
    eyes: int = 0,
    gut: int = 0,
    liver: int = 0,
    joints: int = 0,
    genital: int = 0,
) -> Severity:
    """Return the global severity from organ scores of 0 to 3.

    Mild: 1 or 2 organs of score 1, lungs 0. Moderate: 3 or more organs of score 1, or an organ other than the
    lungs of score 2, or lungs 1. Severe: any organ of score 3, or lungs 2. An organ impaired wholly by
    another cause scores 0. The lungs must be given: without lung function, severity is not known.

    Raises
    ------
    ValueError
        When a score is not one of 0 to 3.
    """
    others = (skin, mouth, eyes, gut, liver, joints, genital)
    if any(score not in (0, 1, 2, 3) for score in (*others, lungs)):
        message = "an organ score is a whole number from 0 to 3"
        raise ValueError(message)
    worst, involved = max(others), sum(score > 0 for score in others)
    if worst == 3 or lungs >= 2:
        return "severe"
    if worst == 2 or lungs == 1 or involved >= 3:
        return "moderate"
    return "mild" if involved else "none"
