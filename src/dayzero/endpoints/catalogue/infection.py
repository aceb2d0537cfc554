"""Infections: as recorded, and by PCR."""

from __future__ import annotations

from dayzero.endpoints.catalogue.words import AS_RECORDED, DAY_0, LAST_ALIVE, STATED, TRANSPLANTED, proportion
from dayzero.endpoints.definition import Definition

_CMV_DISEASE = "Ljungman et al., Clin Infect Dis 2024;79:787, doi 10.1093/cid/ciae321"
_HANDBOOK_38 = "EBMT Handbook 2024, chapter 38, doi 10.1007/978-3-031-44080-9_38"
_LAST_TEST = (
    "last PCR of blood; death and a second transplant compete when they come within 14 days of it (an "
    "option, a judgement); relapse neither competes nor censors"
)
_TESTED = TRANSPLANTED + ", with a PCR of blood after day 0"
_PCR = (
    "first PCR of blood after day 0 that is quantified or positive, or reaches the threshold that the "
    "study sets; detected below the limit of quantification is not positive, not done is no test; one part "
    "of the blood and one unit at a time"
)


def _incidence(name: str, label: str, event: str, source: str, censoring: str, eligible: str) -> Definition:
    return Definition(
        name=name,
        label=label,
        kind="incidence",
        origin=DAY_0,
        event=event,
        competing=("death", "second transplant"),
        censoring=censoring,
        eligible=eligible,
        source=source,
    )


def _recorded(name: str, label: str, event: str, source: str = AS_RECORDED) -> Definition:
    censoring = LAST_ALIVE + "; relapse neither competes nor censors"
    return _incidence(name, label, "first day on which " + event + " is recorded", source, censoring, STATED)


def _pcr(name: str, label: str, source: str) -> Definition:
    return _incidence(name, label, _PCR, source, _LAST_TEST, _TESTED)


DEFINITIONS = (
    proportion(
        "cmv_infection",
        "CMV infection or reactivation",
        "infection whose cause names CMV, after day 0",
        AS_RECORDED + " Definitions: Ljungman et al., Clin Infect Dis 2024;79:787",
    ),
    proportion(
        "ebv_infection",
        "EBV infection or reactivation",
        "infection whose cause names EBV, after day 0",
        AS_RECORDED + " Definitions: EBMT Handbook 2024, chapter 45 (ECIL-6)",
    ),
    _recorded(
        "cmv_infection_incidence",
        "CMV infection or reactivation, with its day",
        "infection whose cause names CMV",
        AS_RECORDED + " Definitions: " + _CMV_DISEASE,
    ),
    _pcr("cmv_dnaemia", "CMV DNAemia", _HANDBOOK_38 + ": no universal threshold"),
    _incidence(
        "csCMVi",
        "Clinically significant CMV infection",
        "CMV disease as recorded (infection by CMV with an organ or 'disease' in site or detail), or the "
        "start of ganciclovir, valganciclovir, foscarnet or maribavir, not as prophylaxis, with viraemia "
        "(a PCR of blood in which CMV was detected, or reaches the threshold of the study; or a recorded "
        "CMV infection) in the 14 days before it; whichever is first",
        "Marty et al., N Engl J Med 2017;377:2433 (as in PMC8285358); the 14 days are a judgement; disease: "
        + _CMV_DISEASE,
        _LAST_TEST,
        TRANSPLANTED + ", with a CMV PCR of blood after day 0, or the event",
    ),
    _incidence(
        "cmv_refractory",
        "Refractory CMV infection",
        "on therapy against CMV for at least 14 days (pauses of at most 7 days do not end it), first PCR "
        "more than 1 log10 above the peak of the first week, in the same assay, unit and part of the blood",
        "Chemaly et al., Clin Infect Dis 2019;68:1420, from general knowledge: not checked against that "
        "paper or its update of 2024; the pauses are a judgement; that the dose was appropriate is not "
        "checked",
        _LAST_TEST,
        _TESTED + "; not who had therapy against CMV without a last day",
    ),
    _recorded(
        "ebv_infection_incidence",
        "EBV infection or reactivation, with its day",
        "infection whose cause names EBV",
        AS_RECORDED + " Definitions: EBMT Handbook 2024, chapter 45 (ECIL-6)",
    ),
    _pcr("ebv_dnaemia", "EBV DNAemia", "EBMT Handbook 2024, chapter 45 (ECIL-6): no universal threshold"),
    _recorded("adenovirus_infection", "Adenovirus infection", "infection whose cause names adenovirus"),
    _pcr("adenovirus_dnaemia", "Adenovirus DNAemia", _HANDBOOK_38 + " (ECIL-4)"),
    _recorded(
        "bacterial_infection",
        "Bacterial infection",
        "infection whose cause names bacteria, or one of those listed in endpoints/infection/organisms.py,",
    ),
    _recorded(
        "bloodstream_infection",
        "Bloodstream infection",
        "infection by bacteria or fungi with blood or a catheter as site, or called bacteraemia, fungaemia "
        "or BSI,",
    ),
    _recorded("c_difficile_infection", "C. difficile infection", "infection whose cause names C. difficile"),
    _recorded(
        "fungal_infection",
        "Fungal infection",
        "infection whose cause names fungi, or one of those listed in endpoints/infection/organisms.py,",
    ),
)
