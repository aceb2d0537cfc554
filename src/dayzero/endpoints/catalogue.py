"""The catalogue of endpoints: what each counts, what competes, when observation ends, who published it.

Plain data, no imports of frames: a study file's endpoint names are checked against it at no cost.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from dayzero.endpoints.definition import Definition
from dayzero.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Mapping

HANDBOOK = "EBMT Handbook 2024, chapter 6 (Iacobelli & de Wreede), doi 10.1007/978-3-031-44080-9_6"
ENGRAFTMENT = "Sureda et al., Bone Marrow Transplant 2024;59:832, doi 10.1038/s41409-024-02251-0, table 1"
MAGIC = "Harris et al., Biol Blood Marrow Transplant 2016;22:4 (MAGIC); competing events: " + HANDBOOK
CHIMERISM = "EBMT Handbook 2024, chapter 21, doi 10.1007/978-3-031-44080-9_21: full donor chimerism > 95%"
MRD = "Algeri et al., Haematologica 2025;110(3):596-607, doi 10.3324/haematol.2024.286350"

_DAY_0 = "day 0: first allogeneic transplant"
_TRANSPLANTED = "patients with a first allogeneic transplant on day 0 and follow-up after it"
_STATUS_KNOWN = (
    "last contact with known disease status (a contact whose status was left empty counts; one recorded as "
    "unknown does not)"
)
_LAST_ALIVE = "last contact alive"
_RELAPSE_KNOWN = _TRANSPLANTED + ", for whom relapse is not recorded as unknown"
_STATED = (
    _TRANSPLANTED + ", for whom it is not recorded as unknown; when a flat file states who did not have it, "
    "a patient without a statement is missing, never a no"
)
_AS_RECORDED = "As recorded by the centre."

_UNSUPPORTED = (
    "the first of 3 consecutive counts on different days of at least {} x 10^9/L, each without a platelet "
    "transfusion in the 7 days before it (a transfusion on day 0 allows day 7), after a fall below or a "
    "transfusion from day 0 to 28; not derived when no transfusion is recorded for anyone; who never fell "
    "below and was never transfused is not counted"
)


def _proportion(name: str, label: str, event: str, source: str, eligible: str = _STATED) -> Definition:
    return Definition(
        name=name,
        label=label,
        kind="proportion",
        origin=_DAY_0,
        event=event,
        competing=(),
        censoring="none: happened or not by the last day observed",
        eligible=eligible,
        source=source,
    )


def _engraftment(name: str, label: str, event: str) -> Definition:
    return Definition(
        name=name,
        label=label,
        kind="incidence",
        origin=_DAY_0,
        event=event,
        competing=("death", "second transplant or rescue infusion"),
        censoring=(
            _LAST_ALIVE
            + "; an engraftment day later than it extends observation to that day, with a finding; from "
            "counts: the last count, unless death or another infusion follows within 7 days"
        ),
        eligible=_STATED,
        source=ENGRAFTMENT,
    )


def _gvhd_free(name: str, label: str, event: str, source: str) -> Definition:
    return Definition(
        name=name,
        label=label,
        kind="survival",
        origin=_DAY_0,
        event=event + ", relapse or death, whichever is first",
        competing=(),
        censoring=_STATUS_KNOWN + "; GVHD later than that is not counted, with a finding",
        eligible=(
            _RELAPSE_KNOWN
            + ", in whom the GVHD that counts can be told; refused when acute or chronic GVHD is "
            "recorded for nobody"
        ),
        source=source,
    )


def _gvhd(name: str, label: str, event: str, source: str) -> Definition:
    return Definition(
        name=name,
        label=label,
        kind="incidence",
        origin=_DAY_0,
        event=event,
        competing=("death", "second transplant"),
        censoring=_LAST_ALIVE + "; relapse neither competes nor censors",
        eligible=_STATED,
        source=source,
    )


_DEFINITIONS = (
    Definition(
        name="OS",
        label="Overall survival",
        kind="survival",
        origin=_DAY_0,
        event="death of any cause",
        competing=(),
        censoring=(
            "last date known alive (the last contact alive, or a later relapse); never at a second transplant"
        ),
        eligible=_TRANSPLANTED,
        source=HANDBOOK,
    ),
    Definition(
        name="DFS",
        label="Disease-free survival",
        kind="survival",
        origin=_DAY_0,
        event="relapse or death, whichever is first",
        competing=(),
        censoring=_STATUS_KNOWN,
        eligible=_RELAPSE_KNOWN,
        source=HANDBOOK,
    ),
    Definition(
        name="CIR",
        label="Cumulative incidence of relapse",
        kind="incidence",
        origin=_DAY_0,
        event="relapse after day 0; relapse and death on the same day are relapse",
        competing=("death without relapse",),
        censoring=_STATUS_KNOWN,
        eligible=_RELAPSE_KNOWN,
        source=HANDBOOK,
    ),
    Definition(
        name="NRM",
        label="Non-relapse mortality",
        kind="incidence",
        origin=_DAY_0,
        event="death without prior relapse, whatever its cause",
        competing=("relapse",),
        censoring=_STATUS_KNOWN,
        eligible=_RELAPSE_KNOWN,
        source=HANDBOOK,
    ),
    Definition(
        name="survival_after_relapse",
        label="Survival after relapse",
        kind="survival",
        origin="first relapse after transplant",
        event="death of any cause",
        competing=(),
        censoring="last date known alive",
        eligible="patients who relapsed after day 0",
        source=HANDBOOK,
    ),
    _engraftment(
        "neutrophil_engraftment",
        "Neutrophil engraftment",
        "the day of neutrophil recovery that the centre gives, by its own threshold; where none is given, "
        "the first of 3 consecutive counts on different days of at least 0.5 x 10^9/L, after a fall below it "
        "from day 0 to 28; who never fell below is not counted",
    ),
    _engraftment(
        "platelet_engraftment",
        "Platelet engraftment",
        "the day of platelet recovery that the centre gives, by its own threshold; where none is given, "
        + _UNSUPPORTED.format(20),
    ),
    _engraftment(
        "platelet_engraftment_50",
        "Platelet engraftment (50 x 10^9/L)",
        _UNSUPPORTED.format(50) + "; never the centre's own day, which stands for 20 x 10^9/L",
    ),
    Definition(
        name="primary_graft_failure",
        label="Primary graft failure",
        kind="incidence",
        origin=_DAY_0,
        event="no neutrophil recovery to 0.5 x 10^9/L by day 30 (bone marrow, peripheral blood) or day 42 "
        "(cord blood), on that day; by neutrophil_engraftment; pancytopenia is not checked",
        competing=(
            "death before the day",
            "relapse before the day",
            "second transplant or rescue infusion",
        ),
        censoring="the day (30 or 42) when neutrophils have recovered, or the last observation of them",
        eligible="those in whom neutrophil recovery (or an explicit no) and the source of the cells are "
        "known; who never fell below did not fail",
        source=ENGRAFTMENT,
    ),
    _gvhd(
        "aGVHD_III_IV",
        "Acute GVHD grade III-IV",
        "first day on which acute GVHD of grade III or IV is recorded",
        MAGIC,
    ),
    _gvhd(
        "aGVHD_II_IV",
        "Acute GVHD grade II-IV",
        "first day on which acute GVHD of grade II, III or IV is recorded",
        MAGIC,
    ),
    _gvhd(
        "cGVHD",
        "Chronic GVHD",
        "first day on which chronic GVHD of any severity is recorded",
        "Jagasia et al., Biol Blood Marrow Transplant 2015;21:389 (NIH 2014); competing events: " + HANDBOOK,
    ),
    Definition(
        name="EFS",
        label="Event-free survival",
        kind="survival",
        origin=_DAY_0,
        event="relapse, second malignancy or death, whichever is first",
        competing=(),
        censoring=_STATUS_KNOWN,
        eligible=_RELAPSE_KNOWN + ", in remission at transplant (else its event would be there on day 0)",
        source="Locatelli et al., JAMA 2021 (PMC7926287), counted here from day 0 instead of randomisation",
    ),
    _gvhd_free(
        "grfs_holtan2015",
        "GVHD-free, relapse-free survival (Holtan 2015)",
        "acute GVHD of grade III or IV, chronic GVHD that needed systemic immunosuppression (its start in "
        "treatments, or said in detail)",
        "Holtan et al., Blood 2015;125:1333 (abstract)",
    ),
    _gvhd_free(
        "grfs_ebmt_ruggeri2016",
        "GVHD-free, relapse-free survival (EBMT)",
        "acute GVHD of grade III or IV, severe chronic GVHD (NIH; where no NIH severity is recorded, "
        "extensive)",
        "after Ruggeri et al., Bone Marrow Transplant 2016;51:1500; the wording was not checked against that "
        "paper",
    ),
    _gvhd_free(
        "mgrfs_nih",
        "Modified GVHD-free, relapse-free survival (NIH)",
        "acute GVHD of grade III or IV, moderate or severe chronic GVHD (NIH)",
        "Solomon et al. (abstract): grade III-IV acute GVHD, NIH moderate to severe chronic GVHD",
    ),
    _gvhd_free(
        "crfs",
        "Chronic GVHD-free, relapse-free survival",
        "moderate or severe chronic GVHD (NIH)",
        "general usage; the paper that defines it was not checked, and others count chronic GVHD that needs "
        "systemic treatment instead",
    ),
    _proportion("alive", "Alive at last contact", "alive at last contact", HANDBOOK, _TRANSPLANTED),
    _proportion(
        "relapse_crude",
        "Relapse (crude proportion)",
        "relapse after day 0, with or without a day",
        HANDBOOK,
        _RELAPSE_KNOWN,
    ),
    _proportion(
        "nrm_crude",
        "Non-relapse mortality (crude proportion)",
        "death without relapse",
        HANDBOOK,
        _RELAPSE_KNOWN,
    ),
    _proportion(
        "engraftment_syndrome",
        "Engraftment syndrome",
        "engraftment syndrome after day 0",
        _AS_RECORDED + " Criteria: Spitzer, Bone Marrow Transplant 2001, doi 10.1038/sj.bmt.1703855",
    ),
    _proportion(
        "cmv_infection",
        "CMV infection or reactivation",
        "infection whose cause names CMV, after day 0",
        _AS_RECORDED + " Definitions: Ljungman et al., Clin Infect Dis 2024;79:787",
    ),
    _proportion(
        "ebv_infection",
        "EBV infection or reactivation",
        "infection whose cause names EBV, after day 0",
        _AS_RECORDED + " Definitions: EBMT Handbook 2024, chapter 45 (ECIL-6)",
    ),
    _proportion(
        "steroid_refractory_agvhd",
        "Steroid-refractory acute GVHD",
        "acute GVHD that steroids did not control",
        _AS_RECORDED + " Definitions: Schoemans et al., Bone Marrow Transplant 2018;53:1401",
    ),
    _proportion(
        "full_chimerism",
        "Full donor chimerism",
        "last chimerism after day 0 above 95% donor in every lineage measured that day",
        CHIMERISM,
        "patients transplanted on day 0 with a chimerism result after it",
    ),
    _proportion(
        "mrd_negative_before_transplant",
        "MRD negative before transplant",
        "last MRD within 30 days before day 0 below 1e-4; a negative result of an assay that cannot see 1e-4 "
        "is not negative",
        MRD,
        "patients transplanted on day 0 with an MRD result that can be classified",
    ),
    _proportion(
        "graft_failure",
        "Graft failure",
        "primary or secondary graft failure, as recorded; secondary graft failure is not derived from counts",
        ENGRAFTMENT,
    ),
    _proportion(
        "VOD",
        "Veno-occlusive disease (VOD/SOS)",
        "VOD/SOS after day 0",
        _AS_RECORDED + " Paediatric criteria: Corbacioglu et al., Bone Marrow Transplant 2018;53:138",
    ),
    _proportion(
        "TMA",
        "Transplant-associated thrombotic microangiopathy",
        "TMA after day 0",
        _AS_RECORDED + " Criteria: Schoettler et al., Transplant Cell Ther 2023;29:151",
    ),
)

#: Every endpoint by name, in the order of the documentation.
CATALOGUE: Mapping[str, Definition] = MappingProxyType({d.name: d for d in _DEFINITIONS})

#: Other names for the same definition.
ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "LFS": "DFS",
        "RFS": "DFS",
        "SOS": "VOD",
        "TA_TMA": "TMA",
        "aGVHD_3_4": "aGVHD_III_IV",
        "aGVHD_2_4": "aGVHD_II_IV",
    }
)


_KIND = "endpoint"


def _folded(name: str) -> str:
    return name.strip().casefold().replace("-", "_").replace(" ", "_").replace("/", "_")


_BY_FOLDED = {_folded(name): name for name in CATALOGUE} | {_folded(a): name for a, name in ALIASES.items()}


def lookup(name: str, where: str = "") -> Definition:
    """Find a definition by its name or alias, in any letter case (``LFS`` is ``DFS``).

    Parameters
    ----------
    name : str
        Spaces, hyphens and underscores are the same.
    where : str
        Where the name stands, for the message when it is unknown.

    Raises
    ------
    BadInputError
        When there is no such endpoint; the message lists those there are.
    """
    found = _BY_FOLDED.get(_folded(name))
    if found is not None:
        return CATALOGUE[found]
    allowed = [*CATALOGUE, *ALIASES]
    if _folded(name) == "trm":  # the nearest name would be TMA, which nobody means who writes TRM
        what = f"unknown {_KIND} '{name}'"
        hint = "death without relapse, whatever its cause, is NRM; it is not called TRM"
        raise BadInputError(what, where=where, allowed=allowed, hint=hint)
    raise BadInputError.unknown_name(_KIND, name, allowed, where=where)
