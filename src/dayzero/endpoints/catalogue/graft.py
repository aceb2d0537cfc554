"""Engraftment, graft failure and chimerism."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.endpoints.catalogue.words import (
    CHIMERISM,
    DAY_0,
    ENGRAFTMENT,
    LAST_ALIVE,
    STATED,
    TRANSPLANTED,
    proportion,
)
from dayzero.endpoints.definition import Definition

if TYPE_CHECKING:
    from dayzero.endpoints.options import Options

_UNSUPPORTED = (
    "the first of 3 consecutive counts on different days of at least {} x 10^9/L, each without a platelet "
    "transfusion in the 7 days before it (a transfusion on day 0 allows day 7), after a fall below or a "
    "transfusion from day 0 to 28; not derived when no transfusion is recorded for anyone; who never fell "
    "below and was never transfused is not counted"
)


def _engraftment(name: str, label: str, event: str, horizons: tuple[int, ...]) -> Definition:
    return Definition(
        name=name,
        label=label,
        kind="incidence",
        origin=DAY_0,
        event=event,
        competing=("death", "second transplant or rescue infusion"),
        censoring=(
            LAST_ALIVE
            + "; an engraftment day later than it extends observation to that day, with a finding; from "
            "counts: the last count, unless death or another infusion follows within 7 days"
        ),
        eligible=STATED,
        source=ENGRAFTMENT,
        horizons=horizons,
    )


#: The lowest fraction of the day decides, unless the two lineages differ in category.
_CATEGORIES = {
    "full": "above 95% donor in every cell fraction measured that day",
    "mixed": "of 5 to 95% donor in the lowest cell fraction measured that day, the myeloid and the lymphoid "
    "lineage of one category",
    "absent": "below 5% donor in the lowest cell fraction measured that day, the myeloid and the lymphoid "
    "lineage of one category",
    "split": "of one category in the myeloid and of another in the lymphoid lineage on that day",
}


def _chimerism(name: str, label: str, event: str) -> Definition:
    eligible = "patients transplanted on day 0 with such a result, whose operator says which category it is"
    return proportion(name, label, event, CHIMERISM, eligible)


#: Endpoints of recovery, whose words depend on the options.
RECOVERIES = ("neutrophil_engraftment", "platelet_engraftment", "platelet_engraftment_50")


def recovery_words(definition: Definition, options: Options) -> tuple[str, str]:
    """Return event and censoring of a recovery under these options."""
    event = definition.event
    if options.engraftment_day == "derived" and definition.name != "platelet_engraftment_50":
        event += "; here the day that the counts show stands before the one that the centre gives"
    days = f"within {options.count_gap_days} days"
    return event, definition.censoring.replace("within 7 days", days)


#: The two endpoints of engraftment syndrome by criteria.
SYNDROMES = ("engraftment_syndrome_spitzer", "engraftment_syndrome_maiolino")


def syndrome_event(event: str, options: Options) -> str:
    """Return the event of engraftment syndrome with the days of these options."""
    event = event.replace("7 days after engraftment", f"{options.maiolino_days} days after engraftment")
    if options.engraftment_day == "derived":
        event += "; here the day that the counts show stands before the one that the centre gives"
    return event


def chimerism_event(event: str, options: Options) -> str:
    """Return the event of a chimerism category with the percentage of these options."""
    return event.replace("95%", f"{options.full_chimerism_above:g}%")


_ENGRAFTED = (
    "; engraftment is the centre's own day or the first of 2 consecutive counts of at least 0.5 x 10^9/L; "
    "fever counts without an infection within 3 days, or as the centre calls it"
)


def _syndrome(name: str, by: str, event: str, source: str) -> Definition:
    return Definition(
        name=name,
        label=f"Engraftment syndrome ({by})",
        kind="incidence",
        origin=DAY_0,
        event="the day on which the signs are complete: " + event + _ENGRAFTED,
        competing=("death", "second transplant or rescue infusion"),
        censoring=LAST_ALIVE,
        eligible=TRANSPLANTED
        + ", whose neutrophil recovery can be told and timed; who may or may not fit for want "
        "of a value is missing",
        source=source + ", as in the EBMT Handbook 2024, chapter 42",
    )


DEFINITIONS = (
    _engraftment(
        "neutrophil_engraftment",
        "Neutrophil engraftment",
        "the day of neutrophil recovery that the centre gives, by its own threshold; where none is given, "
        "the first of 3 consecutive counts on different days of at least 0.5 x 10^9/L, after a fall below it "
        "from day 0 to 28; who never fell below is not counted",
        (28, 30, 42),
    ),
    _engraftment(
        "platelet_engraftment",
        "Platelet engraftment",
        "the day of platelet recovery that the centre gives, by its own threshold; where none is given, "
        + _UNSUPPORTED.format(20),
        (100,),
    ),
    _engraftment(
        "platelet_engraftment_50",
        "Platelet engraftment (50 x 10^9/L)",
        _UNSUPPORTED.format(50) + "; never the centre's own day, which stands for 20 x 10^9/L",
        (100,),
    ),
    _syndrome(
        "engraftment_syndrome_spitzer",
        "Spitzer",
        "within 4 days (96 hours) before or after engraftment 3 major signs, or 2 and a minor one; major: "
        "fever of at least 38.3 degrees C, rash of more than 25% of body surface, non-cardiogenic pulmonary "
        "oedema with hypoxia; minor: bilirubin of at least 2 mg/dL or ALT or AST of at least twice the "
        "upper limit, creatinine of at least twice its baseline, weight at least 2.5% above its baseline "
        "(the last value in the 30 days to day 0), encephalopathy",
        "Spitzer, Bone Marrow Transplant 2001;27:893, doi 10.1038/sj.bmt.1703015",
    ),
    _syndrome(
        "engraftment_syndrome_maiolino",
        "Maiolino",
        "from 1 day (24 hours) before to 7 days after engraftment (the paper sets no end; "
        "this one is a choice) fever of at least 38 degrees C and any of rash, pulmonary infiltrate or "
        "oedema, diarrhoea",
        "Maiolino et al., Bone Marrow Transplant 2003;31:393, doi 10.1038/sj.bmt.1703855",
    ),
    Definition(
        name="primary_graft_failure",
        label="Primary graft failure",
        kind="incidence",
        origin=DAY_0,
        event="no neutrophil recovery to 0.5 x 10^9/L by day 30 (bone marrow, peripheral blood) or day 42 "
        "(cord blood), on that day; by neutrophil_engraftment; not when platelets had "
        "recovered by that day (by platelet_engraftment): then there is no pancytopenia; where platelets do "
        "not tell, it counts, flagged pancytopenia_not_checked",
        competing=(
            "death before the day",
            "relapse before the day",
            "second transplant or rescue infusion",
        ),
        censoring="the day (30 or 42) when neutrophils have recovered, or the last observation of them",
        eligible="those in whom neutrophil recovery (or an explicit no) and the source of the cells are "
        "known; who never fell below did not fail",
        source=ENGRAFTMENT + "; no limits of pancytopenia are given there: platelet recovery stands for it",
    ),
    Definition(
        name="secondary_graft_failure",
        label="Secondary graft failure",
        kind="incidence",
        origin=DAY_0,
        event="after recovery of neutrophils and platelets (by their endpoints), the first of 3 consecutive "
        "counts on different days below the limit of recovery (neutrophils 0.5, platelets 20 x 10^9/L) or of "
        "haemoglobin below 8 g/dL, with G-CSF, platelet or red cell transfusion for that line between the "
        "first and 7 days after the third; a count that is not low within 7 days after a transfusion of "
        "that line is passed over; flagged by the chimerism within 30 days",
        competing=("death", "relapse by the third low count", "second transplant or rescue infusion"),
        censoring="the last count of neutrophils or of platelets, whichever ends first, unless death, "
        "relapse or another infusion follows within 7 days",
        eligible="patients with a first allogeneic transplant on day 0, counts of neutrophils and platelets "
        "after it, and recoveries that can be told; refused when no transfusion or growth factor is recorded "
        "for anyone",
        source=ENGRAFTMENT + "; the limits of loss, its 3 counts and the days of support and chimerism are a "
        "choice",
    ),
    Definition(
        name="poor_graft_function",
        label="Poor graft function",
        kind="incidence",
        origin=DAY_0,
        event="the fourth day of transfusion of red cells or platelets, or of a start of G-CSF, within 28 "
        "days, from day 28 on, without infection, ganciclovir, valganciclovir, cidofovir or chemotherapy "
        "from 14 days before the first to the fourth, with full donor chimerism within 30 days",
        competing=("death", "relapse", "second transplant or rescue infusion"),
        censoring=LAST_ALIVE,
        eligible=TRANSPLANTED
        + "; who was supported as often, but without chimerism within 30 days, is missing; "
        "refused when no transfusion or growth factor is recorded for anyone",
        source=ENGRAFTMENT
        + "; how frequent support must be, and the days of explanation and chimerism, are a "
        "choice",
    ),
    proportion(
        "graft_failure",
        "Graft failure",
        "primary or secondary graft failure, or graft rejection, as recorded",
        ENGRAFTMENT,
    ),
    proportion(
        "graft_rejection",
        "Graft rejection",
        "immune-mediated loss of the graft, as recorded: counts alone cannot tell it from other graft "
        "failure; who did not have graft failure did not have it",
        ENGRAFTMENT,
    ),
    *(
        _chimerism(
            f"{word}_chimerism", f"{word.capitalize()} donor chimerism", f"last chimerism after day 0 {rule}"
        )
        for word, rule in _CATEGORIES.items()
    ),
    *(
        _chimerism(
            f"full_chimerism_day_{day}",
            f"Full donor chimerism at day {day}",
            f"the result nearest to day {day}, from day {first} to {last} (the later of two equally near), "
            f"{_CATEGORIES['full']}",
        )
        for day, first, last in ((30, 21, 45), (60, 46, 80), (100, 81, 120))
    ),
)
