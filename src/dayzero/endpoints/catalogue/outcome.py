"""Survival, relapse and death."""

from __future__ import annotations

from dayzero.endpoints.catalogue.words import (
    AT_RELAPSE,
    AT_SALVAGE,
    DAY_0,
    HANDBOOK,
    RELAPSE_KNOWN,
    STATUS_KNOWN,
    TRANSPLANTED,
    proportion,
)
from dayzero.endpoints.definition import Definition

_SITES = (
    "sites as in World J Hematol 2014;3(3):49-70, doi 10.5315/wjh.v3.i3.49, from the site and the blasts of "
    "the day; competing events: " + HANDBOOK
)

DEFINITIONS = (
    Definition(
        name="OS",
        label="Overall survival",
        kind="survival",
        origin=DAY_0,
        event="death of any cause",
        competing=(),
        censoring=(
            "last date known alive (the last contact alive, or a later relapse); never at a second transplant"
        ),
        eligible=TRANSPLANTED,
        source=HANDBOOK,
    ),
    Definition(
        name="DFS",
        label="Disease-free survival",
        kind="survival",
        origin=DAY_0,
        event="relapse or death, whichever is first",
        competing=(),
        censoring=STATUS_KNOWN,
        eligible=RELAPSE_KNOWN,
        source=HANDBOOK,
    ),
    Definition(
        name="CIR",
        label="Cumulative incidence of relapse",
        kind="incidence",
        origin=DAY_0,
        event="relapse after day 0; relapse and death on the same day are relapse",
        competing=("death without relapse",),
        censoring=STATUS_KNOWN,
        eligible=RELAPSE_KNOWN,
        source=HANDBOOK,
    ),
    Definition(
        name="NRM",
        label="Non-relapse mortality",
        kind="incidence",
        origin=DAY_0,
        event="death without prior relapse, whatever its cause",
        competing=("relapse",),
        censoring=STATUS_KNOWN,
        eligible=RELAPSE_KNOWN,
        source=HANDBOOK,
    ),
    Definition(
        name="survival_after_relapse",
        label="Survival after relapse",
        kind="survival",
        origin=AT_RELAPSE,
        event="death of any cause",
        competing=(),
        censoring="last date known alive",
        eligible="patients who relapsed after day 0",
        source=HANDBOOK,
    ),
    Definition(
        name="survival_after_salvage",
        label="Survival after first salvage",
        kind="survival",
        origin=AT_SALVAGE,
        event="death of any cause",
        competing=(),
        censoring="last date known alive",
        eligible="patients who relapsed after day 0 and received a salvage: CAR T, inotuzumab, blinatumomab, "
        "chemotherapy, a second transplant, donor lymphocytes or another treatment of the leukaemia, begun "
        "on or after the day of relapse; support, conditioning and lymphodepletion are none",
        source="dayzero: who received which salvage is known on its first day only, where the clock starts; "
        + HANDBOOK,
    ),
    Definition(
        name="relapse_marrow",
        label="Relapse with marrow involvement",
        kind="incidence",
        origin=DAY_0,
        event="first relapse after day 0 in the marrow, alone or combined with another site",
        competing=("relapse outside the marrow alone", "death without relapse", "relapse, site not known"),
        censoring=STATUS_KNOWN,
        eligible=RELAPSE_KNOWN,
        source=_SITES,
    ),
    Definition(
        name="relapse_extramedullary",
        label="Relapse outside the marrow alone",
        kind="incidence",
        origin=DAY_0,
        event="first relapse after day 0 outside the marrow, the marrow taking no part",
        competing=("relapse with marrow", "death without relapse", "relapse, site not known"),
        censoring=STATUS_KNOWN,
        eligible=RELAPSE_KNOWN,
        source=_SITES,
    ),
    Definition(
        name="molecular_relapse",
        label="Molecular relapse",
        kind="incidence",
        origin=DAY_0,
        event="first molecular relapse (MRD again, without relapse) as recorded by the centre, before any "
        "relapse",
        competing=("relapse without it before", "death without either"),
        censoring=STATUS_KNOWN + "; a molecular relapse later than it extends observation to that day",
        eligible=RELAPSE_KNOWN + ", for whom molecular relapse is not recorded as unknown",
        source="As recorded by the centre; never counted as relapse in CIR and DFS. Competing events: "
        + HANDBOOK,
    ),
    Definition(
        name="EFS",
        label="Event-free survival",
        kind="survival",
        origin=DAY_0,
        event="relapse, second malignancy or death, whichever is first",
        competing=(),
        censoring=STATUS_KNOWN,
        eligible=RELAPSE_KNOWN + ", in remission at transplant (else its event would be there on day 0)",
        source="Locatelli et al., JAMA 2021 (PMC7926287), counted here from day 0 instead of randomisation",
    ),
    proportion("alive", "Alive at last contact", "alive at last contact", HANDBOOK, TRANSPLANTED),
    proportion(
        "relapse_crude",
        "Relapse (crude proportion)",
        "relapse after day 0, with or without a day",
        HANDBOOK,
        RELAPSE_KNOWN,
    ),
    proportion(
        "nrm_crude",
        "Non-relapse mortality (crude proportion)",
        "death without relapse",
        HANDBOOK,
        RELAPSE_KNOWN,
    ),
)
