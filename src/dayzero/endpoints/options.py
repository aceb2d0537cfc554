"""What a centre may define differently; each result says what was used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dayzero.endpoints.outcome.death_causes import PRIORITY

SecondTransplant = Literal["standard", "ignore", "censor", "compete"]


@dataclass(frozen=True)
class Options:
    """Choices of derivations.

    Attributes
    ----------
    second_transplant : {"standard", "ignore", "censor", "compete"}
        What a second transplant does to an endpoint that it does not follow: nothing (intention to treat), it
        ends observation, or it is a competing event. The standard is ``ignore`` for relapse, death and their
        composites, ``compete`` for GVHD and engraftment (EBMT Handbook 2024, chapter 6: the aim decides). It
        never ends overall survival.
    donor_lymphocytes : {"ignore", "censor"}
        What the first donor lymphocyte infusion does to GVHD and GVHD-free survival.
    full_chimerism_above : float
        Percent of donor cells above which chimerism is full (EBMT Handbook 2024, chapter 21: 95; centres use
        90 to 97.5, chapter 41).
    chimerism_windows : tuple of (int, int, int)
        For each day of chimerism: the day, and the first and last day whose result may speak for it. A
        choice, not published.
    mrd_negative_below : float
        Fraction of cells below which MRD is negative (Algeri 2025: 1e-4).
    mrd_window_days : int
        How many days before day 0 an MRD sample may be to speak for the transplant (Algeri 2025: 30).
    engraftment_day : {"given", "derived"}
        Which day of recovery stands when the centre gives one and the counts show another. The other is kept
        beside it, and the difference is a finding.
    maiolino_days : int
        How many days after engraftment a sign may come to count for the engraftment syndrome of Maiolino
        2003, which sets no end itself.
    easix_days : int
        How many days before the first day of conditioning a value of EASIX may be. A choice, not published.
    dose_at_limit : {"not known", "RIC", "MAC"}
        What a dose of an agent exactly at its limit makes of conditioning (melphalan 140 mg/m2): published
        definitions differ.
    count_gap_days : int
        Days between two counts beyond which what happened between them is not seen.
    vod_together_days : int
        How many days apart two signs of VOD/SOS may be and still stand together. The criteria of EBMT name no
        limit; this one is a judgement of this project.
    vod_severity_days : int
        How many days after the diagnosis of VOD/SOS its severity is looked for (a judgement of this project).
    pcr_gap_days : int
        Days between two PCR tests beyond which what happened between them is not seen (a judgement: two
        weekly tests).
    dna_threshold : float or None
        Viral DNA from which a PCR is positive, in ``dna_unit``; none: any that is quantified or positive.
        There is no universal threshold (EBMT Handbook 2024, chapter 38).
    dna_unit : str
        Unit of the threshold; a result in another unit cannot be compared with it.
    dna_specimen : str or None
        Part of the blood whose results count, such as ``plasma``; needed when results are of several.
    death_priority : tuple of str
        Classes of causes of death, the one first that stands before the others (Copelan 2007, abstract:
        relapse first, graft failure and GVHD before infection; the rest is a choice of this project).
    """

    full_chimerism_above: float = 95.0
    chimerism_windows: tuple[tuple[int, int, int], ...] = ((30, 21, 45), (60, 46, 80), (100, 81, 120))
    mrd_negative_below: float = 1e-4
    mrd_window_days: int = 30
    engraftment_day: Literal["given", "derived"] = "given"
    maiolino_days: int = 7
    easix_days: int = 30
    dose_at_limit: Literal["not known", "RIC", "MAC"] = "not known"
    count_gap_days: int = 7
    second_transplant: SecondTransplant = "standard"
    donor_lymphocytes: Literal["ignore", "censor"] = "ignore"
    vod_together_days: int = 14
    vod_severity_days: int = 21
    pcr_gap_days: int = 14
    dna_threshold: float | None = None
    dna_unit: str = "IU/mL"
    dna_specimen: str | None = None
    death_priority: tuple[str, ...] = PRIORITY


#: What is used unless a study says otherwise.
STANDARD = Options()
