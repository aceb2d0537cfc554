"""Cytokine release syndrome and neurotoxicity of immune effector cells graded from their signs.

ASTCT consensus: Lee et al., Biol Blood Marrow Transplant 2019;25:625, doi 10.1016/j.bbmt.2018.12.758. The
system was made for cellular therapy; trials of blinatumomab graded by CTCAE or Lee 2014, and no grade of
theirs is turned into one of these: only signs are.
"""

from __future__ import annotations

from typing import Literal

Hypotension = Literal["none", "no vasopressor", "one vasopressor", "multiple vasopressors"]
Hypoxia = Literal["none", "low flow", "high flow", "positive pressure"]
Consciousness = Literal["awake", "to voice", "to touch", "unarousable"]
Seizure = Literal["none", "resolved", "prolonged"]
Oedema = Literal["none", "focal", "diffuse"]

_HYPOTENSION = {"none": 1, "no vasopressor": 2, "one vasopressor": 3, "multiple vasopressors": 4}
_HYPOXIA = {"none": 1, "low flow": 2, "high flow": 3, "positive pressure": 4}
_CONSCIOUSNESS = {"awake": 0, "to voice": 2, "to touch": 3, "unarousable": 4}
_SEIZURE = {"none": 0, "resolved": 3, "prolonged": 4}
_OEDEMA = {"none": 0, "focal": 3, "diffuse": 4}
_HIGHEST_ICE, _HIGHEST_CAPD = 10, 32


def crs_grade(
    *, fever: bool, hypotension: Hypotension = "none", hypoxia: Hypoxia = "none", died: bool = False
) -> int:
    """Return the grade of cytokine release syndrome: the worse of hypotension and hypoxia.

    Parameters
    ----------
    fever : bool
        38.0 degrees Celsius or more, not otherwise explained; also true when there was fever before
        antipyretics, tocilizumab or steroids took it away.
    hypotension : {"none", "no vasopressor", "one vasopressor", "multiple vasopressors"}
        Treatment it needed; vasopressin beside one vasopressor does not make them multiple.
    hypoxia : {"none", "low flow", "high flow", "positive pressure"}
        Oxygen it needed: nasal cannula to 6 L/min or blow-by; above 6 L/min, facemask, non-rebreather or
        Venturi; CPAP, BiPAP or intubation.
    died : bool
        Of cytokine release syndrome.

    Returns
    -------
    int
        0 (no fever: no cytokine release syndrome) to 5.

    Raises
    ------
    ValueError
        When a word is not one of those listed.
    """
    worst = max(_read(_HYPOTENSION, hypotension, "hypotension"), _read(_HYPOXIA, hypoxia, "hypoxia"))
    if died:
        return 5
    return worst if fever else 0


def icans_grade(
    *,
    ice: int | None = None,
    capd: int | None = None,
    consciousness: Consciousness = "awake",
    seizure: Seizure = "none",
    deep_motor_weakness: bool = False,
    oedema: Oedema = "none",
) -> int:
    """Return the grade of neurotoxicity (ICANS): the worst of its domains.

    Intracranial haemorrhage, tremor and sedation are not part of it.

    Parameters
    ----------
    ice : int or None
        ICE score, 0 to 10: 7 to 9 is grade 1, 3 to 6 grade 2, 0 to 2 grade 3; 0 and unarousable is grade 4.
    capd : int or None
        In place of ICE below 12 years or with developmental delay: below 9 is grade 1 (to voice: 2), 9 or
        more grade 3. A score of 0 is no sign, and grades nothing.
    consciousness : {"awake", "to voice", "to touch", "unarousable"}
        What awakens the patient. Who cannot do the test because unarousable is grade 4.
    seizure : {"none", "resolved", "prolonged"}
        Resolved: rapidly, or non-convulsive and resolved with intervention; prolonged: above 5 minutes, or
        repetitive without return to baseline.
    deep_motor_weakness : bool
        Such as hemiparesis or paraparesis.
    oedema : {"none", "focal", "diffuse"}
        On imaging; posturing, palsy of the sixth nerve, papilloedema or Cushing's triad count as diffuse.

    Returns
    -------
    int
        0 to 4; death of it, grade 5, is not a sign.

    Raises
    ------
    ValueError
        When neither or both of ICE and CAPD are given (both may be left out of who is unarousable), a
        score is out of range, or a word is not one of those listed.
    """
    level = _read(_CONSCIOUSNESS, consciousness, "consciousness")
    if (ice is None) == (capd is None) and not (ice is None and consciousness == "unarousable"):
        message = "give the ICE score, or below 12 years the CAPD score"
        raise ValueError(message)
    return max(
        _ice(ice),
        _capd(capd),
        level,
        _read(_SEIZURE, seizure, "seizure"),
        4 if deep_motor_weakness else 0,
        _read(_OEDEMA, oedema, "oedema"),
    )


def _ice(score: int | None) -> int:
    if score is None:
        return 0
    _in_range(score, "ICE", _HIGHEST_ICE)
    return sum(score <= limit for limit in (9, 6, 2))


def _capd(score: int | None) -> int:
    if score is None:
        return 0
    _in_range(score, "CAPD", _HIGHEST_CAPD)
    return 0 if score == 0 else 1 if score < 9 else 3


def _in_range(score: int, name: str, highest: int) -> None:
    if score not in range(highest + 1):
        message = f"the {name} score is a whole number from 0 to {highest}"
        raise ValueError(message)


def _read(grades: dict[str, int], word: str, name: str) -> int:
    if word not in grades:
        message = f"{name} is one of: {', '.join(grades)}"
        raise ValueError(message)
    return grades[word]
