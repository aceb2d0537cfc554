"""Words and sources that several definitions share, and the definition of a plain proportion."""

from __future__ import annotations

from dayzero.endpoints.definition import Definition

HANDBOOK = "EBMT Handbook 2024, chapter 6 (Iacobelli & de Wreede), doi 10.1007/978-3-031-44080-9_6"
ENGRAFTMENT = "Sureda et al., Bone Marrow Transplant 2024;59:832, doi 10.1038/s41409-024-02251-0, table 1"
MAGIC = "Harris et al., Biol Blood Marrow Transplant 2016;22:4 (MAGIC); competing events: " + HANDBOOK
CHIMERISM = (
    "EBMT Handbook 2024, chapter 21, doi 10.1007/978-3-031-44080-9_21: full donor chimerism > 95%, mixed 5 "
    "to 95%, absent < 5%, split when lineages differ; the days that may speak for a day are a choice"
)
MRD = "Algeri et al., Haematologica 2025;110(3):596-607, doi 10.3324/haematol.2024.286350"

AT_RELAPSE = "first relapse after transplant"
AT_SALVAGE = "first day of the first salvage after relapse"
#: When a variable became known, besides ``day 0`` and some day after it.
KNOWN_AT_RELAPSE, KNOWN_AT_SALVAGE = "relapse", "first salvage"
#: What is known where the clock of an endpoint starts; of any other origin, only what was known on day 0.
KNOWN_AT = {
    AT_RELAPSE: ("day 0", KNOWN_AT_RELAPSE),
    AT_SALVAGE: ("day 0", KNOWN_AT_RELAPSE, KNOWN_AT_SALVAGE),
}
DAY_0 = "day 0: first allogeneic transplant"
TRANSPLANTED = "patients with a first allogeneic transplant on day 0 and follow-up after it"
STATUS_KNOWN = (
    "last contact with known disease status (a contact whose status was left empty counts; one recorded as "
    "unknown does not)"
)
LAST_ALIVE = "last contact alive"
RELAPSE_KNOWN = TRANSPLANTED + ", for whom relapse is not recorded as unknown"
STATED = (
    TRANSPLANTED + ", for whom it is not recorded as unknown; when a flat file states who did not have it, "
    "a patient without a statement is missing, never a no"
)
AS_RECORDED = "As recorded by the centre."


def proportion(name: str, label: str, event: str, source: str, eligible: str = STATED) -> Definition:
    """Return the definition of something that happened or not by the last day observed."""
    return Definition(
        name=name,
        label=label,
        kind="proportion",
        origin=DAY_0,
        event=event,
        competing=(),
        censoring="none: happened or not by the last day observed",
        eligible=eligible,
        source=source,
    )


def fraction(cut: float) -> str:
    """Return a fraction of cells as it is written in this field: ``1e-4``."""
    mantissa, exponent = f"{cut:e}".split("e")
    return f"{float(mantissa):g}e{int(exponent)}"
