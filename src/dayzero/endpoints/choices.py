"""Which choices each endpoint has, which one applies, and how it is printed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dayzero.endpoints.options import Options


@dataclass(frozen=True)
class Choice:
    """A choice that an endpoint has.

    Attributes
    ----------
    option : str
        Field of :class:`~dayzero.endpoints.options.Options`.
    allowed : tuple of str
        Its values for this endpoint, the standard one first; empty when it is a number.
    """

    option: str
    allowed: tuple[str, ...] = ()


SECOND, LYMPHOCYTES = "second_transplant", "donor_lymphocytes"
_FREE_OF = (Choice(SECOND, ("ignore", "censor")),)
_FIRST_FAILURE = (Choice(SECOND, ("ignore", "censor", "compete")),)
_DLI = Choice(LYMPHOCYTES, ("ignore", "censor"))
_COMPETES = Choice(SECOND, ("compete", "ignore", "censor"))
_GVHD = (_COMPETES, _DLI)
_RECOVERY = (
    Choice(SECOND, ("compete", "censor")),
    Choice("engraftment_day", ("given", "derived")),
    Choice("count_gap_days"),
)

_GVHD_NAMES = (
    "aGVHD_III_IV",
    "aGVHD_II_IV",
    "aGVHD_steroid_refractory",
    "cGVHD",
    "cGVHD_moderate_severe",
    "cGVHD_severe",
    "cGVHD_systemic_treatment",
)
#: What can be chosen for an endpoint; one that is not here has no choice.
CHOICES: dict[str, tuple[Choice, ...]] = {
    "DFS": _FREE_OF,
    "EFS": _FREE_OF,
    "CIR": _FIRST_FAILURE,
    "NRM": _FIRST_FAILURE,
    **dict.fromkeys(
        ("grfs_holtan2015", "grfs_ebmt_ruggeri2016", "mgrfs_nih", "crfs"),
        (*_FREE_OF, _DLI),
    ),
    **dict.fromkeys(_GVHD_NAMES, _GVHD),
    **dict.fromkeys(("neutrophil_engraftment", "platelet_engraftment"), _RECOVERY),
    "platelet_engraftment_50": (_RECOVERY[0], _RECOVERY[2]),
    "primary_graft_failure": _RECOVERY[1:],
    "secondary_graft_failure": (*_RECOVERY[1:], Choice("full_chimerism_above")),
    "poor_graft_function": (Choice("full_chimerism_above"),),
    "engraftment_syndrome_spitzer": _RECOVERY[1:2],
    "engraftment_syndrome_maiolino": (_RECOVERY[1], Choice("maiolino_days")),
    **dict.fromkeys(
        (
            *(f"{word}_chimerism" for word in ("full", "mixed", "absent", "split")),
            *(f"full_chimerism_day_{day}" for day in (30, 60, 100)),
        ),
        (Choice("full_chimerism_above"),),
    ),
    "blinatumomab_mrd_response": (Choice("mrd_negative_below"),),
    **dict.fromkeys(
        (
            "VOD_paediatric_EBMT2018",
            "VOD_adult_EBMT2023",
            "VOD_adult_EBMT2023_clinical",
            "VOD_Baltimore",
            "VOD_modified_Seattle",
        ),
        (_COMPETES, Choice("vod_together_days")),
    ),
    "TMA_harmonised2023": (_COMPETES,),
    **dict.fromkeys(
        (
            *(f"{virus}_infection_incidence" for virus in ("cmv", "ebv")),
            *(
                f"{kind}_infection"
                for kind in ("adenovirus", "bacterial", "bloodstream", "c_difficile", "fungal")
            ),
        ),
        (_COMPETES,),
    ),
    **dict.fromkeys(
        ("cmv_dnaemia", "ebv_dnaemia", "adenovirus_dnaemia", "csCMVi"),
        (
            _COMPETES,
            *(Choice(name) for name in ("dna_threshold", "dna_unit", "dna_specimen", "pcr_gap_days")),
        ),
    ),
    "cmv_refractory": (_COMPETES, Choice("dna_specimen"), Choice("pcr_gap_days")),
    "mrd_negative_before_transplant": (Choice("mrd_negative_below"), Choice("mrd_window_days")),
}

#: How a second transplant is called: one that rescues the graft counts for engraftment, and relapse ends what
#: comes before it.
_CALLED = {
    **dict.fromkeys(("DFS", "EFS", "CIR", "NRM"), "second transplant in remission"),
    **dict.fromkeys(("neutrophil_engraftment", "platelet_engraftment", "platelet_engraftment_50"),
                    "second transplant or rescue infusion"),
}  # fmt: skip
_DONE = {"ignore": "ignored", "censor": "ends observation", "compete": "competing event"}


def called(name: str) -> str:
    """Return what a second transplant is called beside an endpoint."""
    return _CALLED.get(name, "second transplant")


def choice_of(name: str, option: str) -> Choice | None:
    """Return the choice that an endpoint has about an option, None when it has none."""
    return next((choice for choice in CHOICES.get(name, ()) if choice.option == option), None)


def applied(name: str, options: Options, option: str) -> str | None:
    """Return the value of an option that applies to an endpoint, None when it has no such choice.

    Parameters
    ----------
    name : str
        Name of the catalogue.
    options : Options
    option : str
        A field of ``options`` whose values are words.
    """
    choice = choice_of(name, option)
    if choice is None:
        return None
    value: str = getattr(options, option)
    return choice.allowed[0] if value == "standard" else value


def possible(name: str, options: Options) -> Options:
    """Return the options that an endpoint can have: what it cannot have is left at its own standard.

    Parameters
    ----------
    name : str
        Name of the catalogue.
    options : Options
        Of a whole study, which not every endpoint can have in the same way.
    """
    choice = choice_of(name, SECOND)
    if choice is None or options.second_transplant in ("standard", *choice.allowed):
        return options
    return replace(options, second_transplant="standard")


def in_words(name: str, options: Options) -> tuple[str, ...]:
    """Return every choice that applies to an endpoint, as printed beside it.

    Parameters
    ----------
    name : str
        Name of the catalogue.
    options : Options
    """
    return tuple(_worded(name, choice, options) for choice in CHOICES.get(name, ()))


def choice_in_words(name: str, option: str, options: Options) -> str:
    """Return one choice of an endpoint as it stands within a sentence.

    Parameters
    ----------
    name : str
        Name of the catalogue.
    option : str
        A choice that the endpoint has.
    options : Options
    """
    words = _worded(name, Choice(option), options)
    return words if words[1:2].isupper() else f"{words[:1].lower()}{words[1:]}"


def _worded(name: str, choice: Choice, options: Options) -> str:
    if choice.option == SECOND:
        label = called(name)
        return f"{label[:1].upper()}{label[1:]}: {_DONE[applied(name, options, SECOND) or 'ignore']}"
    worded = {
        LYMPHOCYTES: f"Donor lymphocyte infusion: {_DONE[options.donor_lymphocytes]}",
        "engraftment_day": f"Day of recovery where counts show another: the {options.engraftment_day} one",
        "count_gap_days": f"Gap between counts that leaves open what happened: more than "
        f"{options.count_gap_days} days",
        "full_chimerism_above": f"Full donor chimerism: above {options.full_chimerism_above:g}%",
        "maiolino_days": f"Signs of engraftment syndrome: to {options.maiolino_days} days after engraftment",
        "mrd_negative_below": f"MRD negative: below {options.mrd_negative_below:g} of cells",
        "dna_threshold": "PCR positive from: "
        + ("any quantified result" if options.dna_threshold is None else f"{options.dna_threshold:g}"),
        "dna_unit": f"Unit of the threshold: {options.dna_unit}",
        "dna_specimen": f"Part of the blood: {options.dna_specimen or 'the one tested'}",
        "pcr_gap_days": f"Death competes to {options.pcr_gap_days} days after the last PCR",
        "vod_together_days": f"Signs of VOD/SOS stand together: at most {options.vod_together_days} days "
        "apart",
        "mrd_window_days": f"MRD sample: at most {options.mrd_window_days} days before day 0",
    }
    return worded[choice.option]
