"""To which class a recorded cause of death belongs, and which of several stands.

Copelan et al., Biol Blood Marrow Transplant 2007;13:1469 (abstract): one primary cause by a hierarchy,
relapse before everything, graft failure and GVHD before infection. The rest of the order was not seen and is
a choice of this project, which an option changes. The patterns below are this project's; words that none of
them knows leave the cause unknown, never "other".
"""

from __future__ import annotations

import re
from typing import Final

#: Class of a cause, in the order in which one stands before another.
PRIORITY: Final = (
    "relapse",
    "graft failure",
    "GVHD",
    "infection",
    "second malignancy",
    "toxicity",
    "haemorrhage",
    "other",
)
UNKNOWN: Final = "unknown"
#: What each class is called in print.
WORDS: Final[dict[str, str]] = {
    "relapse": "relapse or progression",
    "graft failure": "graft failure",
    "GVHD": "graft-versus-host disease",
    "infection": "infection",
    "second malignancy": "second malignancy",
    "toxicity": "organ toxicity",
    "haemorrhage": "haemorrhage",
    "other": "another stated cause",
    UNKNOWN: "unknown cause",
}
_NEGATED = re.compile(r"\b(?:no|not|non|without|negative for|absence of)\b[^,;.:+]*|relapse[- ]free")
#: Read first, and taken out of the text: their words would be read as another class.
_FIRST: Final[dict[str, str]] = {
    "second malignancy": r"(?:second(?:ary)?|new|treatment[- ]related|therapy[- ]related) "
    r"(?:solid )?(?:malignan\w*|cancer|tumou?r|neoplas\w*|leuka?emia|aml|mds)|ptld|lymphoproliferative \w*",
    "toxicity": r"idiopathic pneumonia(?: syndrome)?|toxic (?:hepatitis|encephalopathy)",
    "haemorrhage": r"pulmonary ha?emorrhage|intracranial bleed\w*",
}
_CLASSES: Final[dict[str, str]] = {
    "relapse": r"relaps|recurren|progressi|refractory (?:disease|leuk)|persist\w* (?:disease|leuk)"
    r"|\bleuka?emia"
    r"|\b(?:primary|original|underlying|residual) disease|^disease$|\bblast",
    "graft failure": r"graft (?:failure|rejection|loss)|rejection|non[- ]?engraft|aplasia|poor graft",
    "GVHD": r"gvh|graft[- ](?:versus|vs\.?)[- ]host",
    "infection": r"infect|sepsis|septic|septic(?:a)?emi|bacter(?:a)?emi|pneumonia|viral|virus|\bcmv\b"
    r"|\bebv\b|\badv\b"
    r"|adenovir|\bhhv|\brsv\b|influenza|covid|sars|fung|aspergill|candid|mucor|pneumocyst|\bpjp\b|\bpcp\b"
    r"|toxoplasm"
    r"|tubercul|mening(?:itis|oenceph)|abscess|klebsiella|pseudomonas|e\.? ?coli|staphyl|strepto"
    r"|enterococ|difficile",
    "toxicity": r"toxic|\bvod\b|\bsos\b|veno[- ]?occlusive|sinusoidal obstruct|\btma\b|microangiopath"
    r"|\bips\b|\bards\b"
    r"|pneumonitis|(?:organ|liver|hepatic|renal|kidney|cardiac|heart|respiratory|lung"
    r"|pulmonary) (?:failure|dysfunction)"
    r"|multi[- ]?organ|\bmof\b|\bmods?\b|cytokine release|\bcrs\b|neurotox|\bpres\b|encephalopath"
    r"|bronchiolitis",
    "haemorrhage": r"ha?emorrhag|bleed",
    "other": r"^other\b|another cause|accident|trauma|suicid|homicid|drown|unrelated|myocardial infarct"
    r"|stroke|embol"
    r"|cardiac arrest|diabet|malnutri",
}
_READ = {name: re.compile(pattern) for name, pattern in _CLASSES.items()}
_READ_FIRST = {name: re.compile(pattern) for name, pattern in _FIRST.items()}


def classes_of(cause: str | None) -> tuple[str, ...]:
    """Return every class that the words of a recorded cause of death name, in the order of ``PRIORITY``.

    Parameters
    ----------
    cause : str or None
        Free text, such as ``sepsis, active GVHD``. What is denied ("no GVHD") is left out.

    Returns
    -------
    tuple of str
        Empty when there is no text, or none of its words is known.
    """
    text = _NEGATED.sub(" ", (cause or "").casefold().replace("_", " ")).strip()
    found = set()
    for name, pattern in _READ_FIRST.items():
        text, times = pattern.subn(" ", text)
        found |= {name} if times else set()
    found |= {name for name, pattern in _READ.items() if pattern.search(text.strip())}
    if found - {"other"}:
        found -= {"other"}
    return tuple(name for name in PRIORITY if name in found)


def primary(classes: tuple[str, ...], priority: tuple[str, ...] = PRIORITY) -> str:
    """Return the class that stands before the others, ``unknown`` when there is none.

    Parameters
    ----------
    classes : tuple of str
    priority : tuple of str
        The classes from first to last.
    """
    return next((name for name in priority if name in classes), UNKNOWN)
