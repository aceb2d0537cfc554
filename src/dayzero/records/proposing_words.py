"""What headers of other centres' files usually mean: patterns of their letters and digits, lower case."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_GRAFTED: Final = "(?:hsct|hct|sct|bmt|transplant|transplantation|tx)"
_WHOSE: Final = "(?:recipient|patient|pt)?"
_DAY: Final = "(?:day|days|date|time)?"


@dataclass(frozen=True)
class Meaning:
    """What a header may mean.

    Attributes
    ----------
    pattern : str
        Of the whole header, in lower case, letters and digits only.
    table, column : str
        Where it belongs.
    event : str
        Of the table ``events``: which event the column is about.
    grade : str
        Grade that the header itself names.
    """

    pattern: str
    table: str
    column: str
    event: str = ""
    grade: str = ""

    def fits(self, header: str) -> bool:
        """Return whether a header, letters and digits only, has this meaning."""
        return re.fullmatch(self.pattern, header) is not None


def _dated(names: str, event: str, grade: str = "") -> tuple[Meaning, Meaning]:
    """Return the two columns an event may have: its day, and whether it occurred."""
    day = rf"(?:timeto|dayof|daysto|dateof)(?:{names})|(?:{names})(?:recovery|engraftment)?(?:day|days|date)"
    return (
        Meaning(day, "events", "date", event, grade),
        Meaning(rf"(?:{names})(?:yn|yesno|status)?", "events", "occurred", event, grade),
    )


#: The first that fits counts.
MEANINGS: Final = (
    Meaning(f"{_WHOSE}(?:id|no|number)|patient|recipient|upn|recordid|subjectid|studyid|pseudonym", "", "id"),
    Meaning(f"{_WHOSE}(?:sex|gender)", "patients", "sex"),
    Meaning(f"{_WHOSE}age(?:years|yrs|yr|y)?(?:at{_GRAFTED})?(?:years)?", "patients", "age"),
    Meaning("dob|dateofbirth|birthdate|birthday", "patients", "birth_date"),
    Meaning("(?:primary)?(?:diagnosis|disease|dx)", "patients", "diagnosis"),
    Meaning("dateofdiagnosis|diagnosisdate|dxdate|ddx", "patients", "diagnosis_date"),
    Meaning("immunophenotype|lineage", "patients", "immunophenotype"),
    Meaning("centre|center|hospital|institution", "patients", "centre"),
    Meaning(f"{_GRAFTED}date|dateof{_GRAFTED}|day0|dayzero", "transplants", "date"),
    Meaning("donor(?:type)?", "transplants", "donor"),
    Meaning("hlamatch(?:ing)?", "transplants", "hla_match"),
    Meaning("(?:graft|stemcell|cell)?source|graft(?:type)?", "transplants", "graft"),
    Meaning("cd34(?:dose|cells|perkg|kg|kgx10d6|x106kg|106kg|10e6kg)*", "transplants", "cd34"),
    Meaning("tnc(?:dose|perkg|x108kg)?", "transplants", "tnc"),
    Meaning("conditioning(?:regimen)?", "transplants", "conditioning"),
    Meaning("tbi(?:gy|dose|dosegy)", "transplants", "tbi_gy"),
    Meaning("gvhdprophylaxis", "transplants", "gvhd_prophylaxis"),
    Meaning(
        f"phase|remission(?:status)?|(?:diseasestatus|remission)at{_GRAFTED}", "transplants", "remission"
    ),
    Meaning("donorcmv(?:igg|status)?|cmvdonor|cmvstatusdonor", "transplants", "cmv_donor"),
    Meaning(
        "(?:recipient|patient)cmv(?:igg|status)?|cmv(?:recipient|patient)", "transplants", "cmv_recipient"
    ),
    Meaning(
        f"(?:anc|neutrophils?)(?:recovery|engraftment){_DAY}", "events", "date", "neutrophil engraftment"
    ),
    Meaning(f"(?:plt|platelets?)(?:recovery|engraftment){_DAY}", "events", "date", "platelet engraftment"),
    *_dated("agvhd(?:grade)?iiiiv|acutegvhd(?:grade)?iiiiv", "aGVHD", "III-IV"),
    *_dated("agvhd(?:grade)?iiiv|acutegvhd(?:grade)?iiiv", "aGVHD", "II-IV"),
    *_dated("agvhd|acutegvhd", "aGVHD"),
    *_dated("extc?gvhd|extensivecgvhd|extensivechronicgvhd", "cGVHD", "extensive"),
    *_dated("cgvhd|chronicgvhd", "cGVHD"),
    *_dated("srgvhd|sragvhd|steroidrefractorya?gvhd", "steroid-refractory aGVHD"),
    *_dated("relapse|progression", "relapse"),
    *_dated("death|died|dead", "death"),
    *_dated("engraftmentsyndrome", "engraftment syndrome"),
    *_dated("graftfailure|graftrejection|rejection", "graft failure"),
    *_dated("vod|sos|vodsos", "VOD"),
    *_dated("tma|tatma", "TMA"),
    *_dated("crs", "CRS"),
    *_dated("icans", "ICANS"),
    *_dated("cmvreactivation|cmvinfection", "infection"),
)

#: A time that ends with an outcome in another column, and that column.
TIMES: Final = re.compile(
    rf"(?:f|fu|os|pfs|dfs|efs|lfs|survival|followup)(?:time|days|months|years)|dayssince{_GRAFTED}|"
    rf"(?:date|day)?(?:of)?last(?:contact|followup|seen)(?:date|day)?"
)
OUTCOMES: Final = re.compile(
    r"(?:os|pfs|dfs|efs|lfs|survival|vital)?(?:status|event|state)|alive|alivestatus|censor(?:ed|ing)?"
)
#: Headers of what names a person and belongs into no file of a study.
IDENTIFYING: Final = re.compile(
    r"(?:first|last|sur|family|given|patient|full)?names?|mrn|ssn|nhsnumber|address|street|phone|email|postcode|zip"
)


def letters(header: str) -> str:
    """Return a header in lower case, letters and digits only."""
    return "".join(character for character in header.casefold() if character.isalnum())
