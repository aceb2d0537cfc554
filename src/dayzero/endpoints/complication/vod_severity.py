"""Severity of VOD/SOS: the categories of the paediatric and the adult tables.

Paediatric: Corbacioglu et al., Bone Marrow Transplant 2018;53:138, as reproduced in PMC6020812, table 3.
Adult: Mohty et al., 2016 (as reproduced in Blood Advances, ashpublications view-large/4463002) and 2023
(as in the EBMT Handbook 2024, table 49.3). The tables print whole numbers; the intervals here are half-open.
"""

from __future__ import annotations

from typing import Literal

Category = Literal["mild", "moderate", "severe", "very severe"]
Ascites = Literal["minimal", "moderate", "paracentesis"]
Coagulation = Literal["normal", "impaired", "replaced"]
Support = Literal["low oxygen", "oxygen", "ventilation"]
Version = Literal["EBMT2016", "EBMT2023"]

CATEGORIES: tuple[Category, ...] = ("mild", "moderate", "severe", "very severe")
_ASCITES = {"minimal": 1, "moderate": 2, "paracentesis": 3}
_COAGULATION = {"normal": 1, "impaired": 3, "replaced": 4}
_SUPPORT = {"low oxygen": 1, "oxygen": 2, "ventilation": 3}
_SEVERE, _VERY_SEVERE = 3, 4
#: How many starred findings in the severe range make it very severe.
_STARRED = 2


def paediatric_severity(
    *,
    transaminases: float | None = None,
    refractory_days: int | None = None,
    bilirubin: float | None = None,
    ascites: Ascites | None = None,
    doubling: bool = False,
    coagulation: Coagulation | None = None,
    gfr: float | None = None,
    support: Support | None = None,
    cognitive_impairment: bool = False,
    organ_failure: bool = False,
) -> Category | None:
    """Return the category of the worst finding; two starred findings in the severe range make it very severe.

    Starred are transaminases, refractory thrombocytopenia, bilirubin and ascites. That "severe range" is how
    the footnote is to be read is a judgement: it says that two of these criteria qualify for the upgrade, and
    the severe and very severe columns print the same limits for them.

    Parameters
    ----------
    transaminases : float or None
        The higher of ALT and AST, as a multiple of its upper limit.
    refractory_days : int or None
        Days of refractory thrombocytopenia.
    bilirubin : float or None
        mg/dL; none where it was raised before transplant.
    ascites : {"minimal", "moderate", "paracentesis"} or None
    doubling : bool
        Bilirubin doubled within 48 hours.
    coagulation : {"normal", "impaired", "replaced"} or None
        Replaced: coagulation factors had to be given.
    gfr : float or None
        mL/min (per 1.73 m2).
    support : {"low oxygen", "oxygen", "ventilation"} or None
        Less than 2 L/min; 2 L/min or more; any ventilatory support, CPAP included.
    cognitive_impairment : bool
        New.
    organ_failure : bool
        Dysfunction or failure of two or more organs.

    Returns
    -------
    str or None
        None when nothing is known.

    Raises
    ------
    ValueError
        When a word is not one of those listed.
    """
    starred = (
        _above(transaminases, (2, 5)),
        _from(refractory_days, (3, 7)),
        None if bilirubin is None else (3 if bilirubin >= 2 else 1),
        _read(_ASCITES, ascites),
    )
    others = (
        _SEVERE if doubling else None,
        _read(_COAGULATION, coagulation),
        _gfr(gfr),
        _read(_SUPPORT, support),
        _VERY_SEVERE if cognitive_impairment or organ_failure else None,
    )
    known = [grade for grade in (*starred, *others) if grade is not None]
    if not known:
        return None
    upgraded = sum(grade == _SEVERE for grade in starred) >= _STARRED
    return CATEGORIES[(_VERY_SEVERE if upgraded else max(known)) - 1]


def adult_severity(
    version: Version,
    *,
    days_to_diagnosis: int | None = None,
    bilirubin: float | None = None,
    doubling: bool = False,
    transaminases: float | None = None,
    weight: float | None = None,
    creatinine: float | None = None,
    organ_failure: bool = False,
) -> Category | None:
    """Return the worst category in which two or more criteria are met; organ failure is always very severe.

    Risk factors, of which two move mild and moderate one category up, are not applied. The copy of the table
    of 2016 prints the limit of weight in the mild column the wrong way round; it is read as below 5%.

    Parameters
    ----------
    version : {"EBMT2016", "EBMT2023"}
        The tables differ in weight and creatinine.
    days_to_diagnosis : int or None
        Days from the first sign to the diagnosis. "Any time" of the very severe column counts for nothing.
    bilirubin : float or None
        mg/dL.
    doubling : bool
        Within 48 hours.
    transaminases : float or None
        The higher of ALT and AST, as a multiple of its upper limit.
    weight : float or None
        Percent over baseline.
    creatinine : float or None
        As a multiple of baseline at transplant.
    organ_failure : bool
        Two or more organs with a SOFA score of 2 or more, or risen by 2.

    Returns
    -------
    str or None
        None when no category holds two criteria.

    Raises
    ------
    ValueError
        When the version is not one of the two.
    """
    if version not in ("EBMT2016", "EBMT2023"):
        message = f"the version of the adult table is EBMT2016 or EBMT2023, not {version}"
        raise ValueError(message)
    if organ_failure:
        return "very severe"
    met = [
        () if days_to_diagnosis is None else (1 + (days_to_diagnosis <= 7) + (days_to_diagnosis <= 4),),
        () if bilirubin is None or bilirubin < 2 else (_from(bilirubin, (3, 5, 8)),),
        (_SEVERE,) if doubling else (),
        (_above(transaminases, (2, 5, 8)),),
        _weight(version, weight),
        _creatinine(version, creatinine),
    ]
    for category in (4, 3, 2, 1):
        if sum(category in categories for categories in met) >= 2:
            return CATEGORIES[category - 1]
    return None


def _weight(version: Version, weight: float | None) -> tuple[int, ...]:
    if weight is None:
        return ()
    if weight >= 10:
        return (4,)
    if version == "EBMT2023":
        return (3,) if weight >= 5 else ()
    return (2, 3) if weight >= 5 else (1,)


def _creatinine(version: Version, ratio: float | None) -> tuple[int, ...]:
    if ratio is None:
        return ()
    if ratio >= 1.5:
        return (4,) if ratio >= 2 else (3,)
    mild = ratio < 1.2 if version == "EBMT2016" else ratio <= 1
    return (1,) if mild else (2,)


def _above(value: float | None, limits: tuple[float, ...]) -> int | None:
    return None if value is None else 1 + sum(value > limit for limit in limits)


def _from(value: float | None, limits: tuple[float, ...]) -> int | None:
    return None if value is None else 1 + sum(value >= limit for limit in limits)


def _gfr(value: float | None) -> int | None:
    if value is None or value >= 90:
        return None
    return 1 + sum(value < limit for limit in (60, 30, 15))


def _read(grades: dict[str, int], word: str | None) -> int | None:
    if word is None:
        return None
    if word not in grades:
        message = f"'{word}' is not one of: {', '.join(grades)}"
        raise ValueError(message)
    return grades[word]
