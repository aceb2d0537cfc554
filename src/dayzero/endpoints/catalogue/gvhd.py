"""Graft-versus-host disease and the GRFS family."""

from __future__ import annotations

from dayzero.endpoints.catalogue.words import (
    AS_RECORDED,
    DAY_0,
    HANDBOOK,
    LAST_ALIVE,
    MAGIC,
    RELAPSE_KNOWN,
    STATED,
    STATUS_KNOWN,
    proportion,
)
from dayzero.endpoints.definition import Definition


def _gvhd_free(name: str, label: str, event: str, source: str) -> Definition:
    return Definition(
        name=name,
        label=label,
        kind="survival",
        origin=DAY_0,
        event=event + ", relapse or death, whichever is first",
        competing=(),
        censoring=STATUS_KNOWN + "; GVHD later than that is not counted, with a finding",
        eligible=(
            RELAPSE_KNOWN
            + ", in whom the GVHD that counts can be told; refused when acute or chronic GVHD is recorded "
            "for nobody"
        ),
        source=source,
    )


def _gvhd(name: str, label: str, event: str, source: str) -> Definition:
    return Definition(
        name=name,
        label=label,
        kind="incidence",
        origin=DAY_0,
        event=event,
        competing=("death", "second transplant"),
        censoring=LAST_ALIVE + "; relapse neither competes nor censors",
        eligible=STATED,
        source=source,
    )


_NIH = "Jagasia et al., Biol Blood Marrow Transplant 2015;21:389 (NIH 2014); competing events: " + HANDBOOK
_APPROXIMATE = (
    "; the onset may be earlier; flagged cgvhd_date_approx when it is the first row about chronic GVHD"
)


DEFINITIONS = (
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
    _gvhd(
        "cGVHD_moderate_severe",
        "Chronic GVHD, moderate or severe (NIH)",
        "first day on which moderate or severe chronic GVHD is recorded" + _APPROXIMATE,
        _NIH,
    ),
    _gvhd(
        "cGVHD_severe",
        "Chronic GVHD, severe (NIH)",
        "first day on which severe chronic GVHD is recorded (NIH; where no NIH severity is recorded, "
        "extensive)" + _APPROXIMATE,
        _NIH,
    ),
    _gvhd(
        "cGVHD_systemic_treatment",
        "Chronic GVHD that needed systemic treatment",
        "first day of systemic immunosuppression for chronic GVHD in treatments, or on which detail says "
        "so; where "
        "treatments list it for anybody, who has none was not treated" + _APPROXIMATE,
        "Holtan et al., Blood 2015;125:1333 (abstract); competing events: " + HANDBOOK,
    ),
    _gvhd(
        "aGVHD_steroid_refractory",
        "Steroid-refractory acute GVHD, from doses and grades",
        "on at least 2 mg/kg a day of prednisone equivalent (corticosteroids in treatments), against the "
        "worst grade of the last assessment in the 7 days to their start: a higher grade on days 3 to 5, "
        "no lower grade to day 7 when judged on days 5 to 7, or any grade after day 28; single organs are "
        "not judged; a recorded flag is kept beside it (steroid_refractory_agvhd)",
        "EBMT-NIH-CIBMTR: Schoemans et al., Bone Marrow Transplant 2018;53:1401, by secondary sources",
    ),
    proportion(
        "steroid_refractory_agvhd",
        "Steroid-refractory acute GVHD",
        "acute GVHD that steroids did not control",
        AS_RECORDED + " Definitions: Schoemans et al., Bone Marrow Transplant 2018;53:1401",
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
        "after Ruggeri et al., Bone Marrow Transplant 2016;51:610; the wording was not checked against "
        "that paper",
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
        "general usage; the paper that defines it was not checked, and others count chronic GVHD that "
        "needs systemic treatment instead",
    ),
)
