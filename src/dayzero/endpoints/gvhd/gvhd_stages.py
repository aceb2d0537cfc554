"""Acute GVHD: organ stages from what was measured, and the overall grade from organ stages.

MAGIC: Harris et al., Biol Blood Marrow Transplant 2016;22:4, as table 43.4 of the EBMT Handbook 2024, doi
10.1007/978-3-031-44080-9_43. Where the printed table leaves a gap (3 and 3.1, 999 and 1000) the intervals
here are half-open. A stage is of GVHD alone: what another cause explains is for the clinician to leave out.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from fractions import Fraction
from typing import Literal

#: mg/dL of bilirubin in one umol/L: 1 / 17.1.
UMOL_PER_MG = Fraction("17.1")
#: Adult limits of stool apply above this weight.
ADULT_ABOVE_KG = 50.0


def skin_stage(body_surface: float, *, bullae: bool = False) -> int:
    """Return the stage of the skin.

    Parameters
    ----------
    body_surface : float
        Percent of the body surface with active erythema.
    bullae : bool
        Generalised erythroderma with bullae and desquamation of more than 5% of the body surface.

    Returns
    -------
    int
        0 none, 1 below 25%, 2 from 25 to 50%, 3 above 50%, 4 above 50% with bullae.

    Raises
    ------
    ValueError
        When the percentage is not from 0 to 100.
    """
    _within("body surface", body_surface, 100)
    if body_surface > 50:
        return 4 if bullae else 3
    return 0 if body_surface == 0 else 1 if body_surface < 25 else 2


def liver_stage(bilirubin: float, unit: Literal["mg/dL", "umol/L"] = "mg/dL") -> int:
    """Return the stage of the liver from bilirubin: below 2, [2, 3], (3, 6], (6, 15], above 15 mg/dL.

    Raises
    ------
    ValueError
        When bilirubin is negative or the unit is another.
    """
    if unit not in ("mg/dL", "umol/L"):
        message = f"bilirubin is read in mg/dL or umol/L, not in {unit}"
        raise ValueError(message)
    _within("bilirubin", bilirubin)
    value = Fraction(repr(float(bilirubin))) / (UMOL_PER_MG if unit == "umol/L" else 1)
    return 0 if value < 2 else 1 + bisect_left((3, 6, 15), value)


def upper_gi_stage(*, persistent: bool) -> int:
    """Return the stage of the upper gut: 1 for persistent anorexia, nausea or vomiting, else 0."""
    return int(persistent)


def lower_gi_stage(
    weight: float,
    *,
    volume: float | None = None,
    episodes: int | None = None,
    severe: bool = False,
) -> int:
    """Return the stage of the lower gut.

    Parameters
    ----------
    weight : float
        kg; above 50 the adult limits apply.
    volume : float or None
        Stool, mL a day. Stands before ``episodes`` when both are given, because it was measured.
    episodes : int or None
        Episodes of diarrhoea a day.
    severe : bool
        Severe abdominal pain with or without ileus, or grossly bloody stool: stage 4 whatever the volume.

    Returns
    -------
    int
        Adults: below 500 mL or 3 episodes 0, below 1000 mL or to 4 episodes 1, to 1500 mL or 7 episodes 2,
        above 3. Children: below 10 mL/kg or 4 episodes 0, below 20 mL/kg or to 6 episodes 1, to 30 mL/kg or
        10 episodes 2, above 3.

    Raises
    ------
    ValueError
        When neither volume nor episodes are given, or a number is negative.
    """
    if severe:
        return 4
    adult = weight > ADULT_ABOVE_KG
    if volume is not None:
        _within("volume", volume)
        _within("weight", weight)
        amount = volume if adult else volume / weight
        low, middle, high = (500, 1000, 1500) if adult else (10, 20, 30)
        return bisect_right((low, middle), amount) + (amount > high)
    if episodes is None:
        message = "the stage of the lower gut needs the volume of stool or the number of episodes"
        raise ValueError(message)
    _within("episodes", episodes)
    return bisect_left((2, 4, 7) if adult else (3, 6, 10), episodes)


def magic_grade(skin: int, liver: int, upper_gi: int, lower_gi: int) -> int:
    """Return the overall MAGIC grade, 0 to 4, from the stages of the organs.

    IV: skin, liver or lower gut stage 4. III: liver or lower gut 2 or 3. II: skin 3, liver 1, upper gut 1 or
    lower gut 1. I: skin 1 or 2 alone.

    Raises
    ------
    ValueError
        When a stage is not one of 0 to 4 (upper gut: 0 or 1).
    """
    _stages(skin, liver, lower_gi)
    _stages(upper_gi, highest=1)
    if 4 in (skin, liver, lower_gi):
        return 4
    if max(liver, lower_gi) >= 2:
        return 3
    if skin == 3 or 1 in (liver, upper_gi, lower_gi):
        return 2
    return int(skin > 0)


def glucksberg_grade(skin: int, liver: int, gut: int) -> int:
    """Return the modified Glucksberg grade, 0 to 4, from the stages of the organs.

    IV: skin 4 or liver 4. III: liver 2 or 3, or gut 2 to 4. II: skin 3, liver 1 or gut 1. I: skin 1 or 2
    alone. Gut 4 is III here and IV in MAGIC. After Przepiorka et al., Bone Marrow Transplant 1995;15:825,
    from general knowledge: not checked against that paper.

    Raises
    ------
    ValueError
        When a stage is not one of 0 to 4.
    """
    _stages(skin, liver, gut)
    if 4 in (skin, liver):
        return 4
    if max(liver, gut) >= 2:
        return 3
    if skin == 3 or 1 in (liver, gut):
        return 2
    return int(skin > 0)


def _stages(*stages: int, highest: int = 4) -> None:
    if any(stage not in range(highest + 1) for stage in stages):
        message = f"a stage is a whole number from 0 to {highest}"
        raise ValueError(message)


def _within(what: str, value: float, highest: float = float("inf")) -> None:
    if not 0 <= value <= highest:
        message = f"{what} is {value:g}; it must be from 0 to {highest:g}"
        raise ValueError(message)
