"""Made-up results in the shape of a series of five patients: proportions, a listing, no curve."""

from __future__ import annotations

from dayzero.records.findings import Finding, Where, worst_first
from dayzero.study.results import (
    Characteristic,
    CohortStep,
    EndpointInfo,
    Estimate,
    FollowUp,
    Listing,
    Results,
    StudyInfo,
)

EXACT = "Clopper-Pearson (exact)"


def _proportion(name: str, events: int, lower: float, upper: float, note: str = "") -> Estimate:
    return Estimate(
        id=f"{name}.proportion",
        endpoint=name,
        time=None,
        unit="days",
        estimate=events / 5,
        lower=lower,
        upper=upper,
        conf_type=EXACT,
        conf_level=0.95,
        method="proportion",
        n=5,
        events=events,
        at_risk=None,
        convention="Clopper-Pearson exact interval",
        note=note,
    )


PROPORTIONS = {
    "OS": ("Alive at last contact", 5, 0.4782, 1.0),
    "NRM": ("Non-relapse mortality", 0, 0.0, 0.5218),
    "CMV": ("CMV reactivation", 3, 0.1466, 0.9473),
    "ES": ("Engraftment syndrome", 4, 0.2836, 0.9949),
}


LABELS = (
    "Patient",
    "Age (years)",
    "Sex",
    "Relapse",
    "MRD before HSCT",
    "Donor",
    "Conditioning",
    "TBI",
    "GVHD prophylaxis",
    "Neutrophils (day)",
    "Platelets (day)",
    "Donor chimerism (%)",
    "Engraftment syndrome",
    "CMV reactivation",
    "Follow-up (days)",
)
#: Table 1 of Tulsiyan et al., J Hematol 2025;14(6):307-313 (published facts).
ROWS = [
    line.split("|")
    for line in (
        "1|12|male|second, late combined|negative|matched sibling|TT-Flu-Bu|no|CSA-MTX|11|9|100|no|no|1,015",
        "2|5|male|early isolated medullary|negative|haplo|Flu-TBI|yes|PTCy-CSA-MMF|12|15|100|yes|yes|899",
        "3|10|male|late isolated medullary|negative|haplo|Flu-TBI|yes|PTCy-CSA-MMF|12|7|98.4|yes|yes|177",
        "4|5|male|early combined|negative|haplo|Flu-TBI|yes|PTCy-CSA-MMF|12|9|100|yes|no|59",
        "5|5|male|very early combined (CNS)|negative|haplo|Flu-TBI|yes|PTCy-CSA-MMF|12|9|100|yes|yes|52",
    )
]


def five() -> Results:
    """Return results of five patients: proportions with exact intervals and a listing, no curves."""
    return Results(
        study=StudyInfo(
            title="Five children bridged to transplant with blinatumomab",
            source="tulsiyan2025.csv",
            unit="days",
            horizons=(),
            conf_level=0.95,
            convention="dayzero",
            n=5,
            citation="Tulsiyan et al., J Hematol 2025;14(6):307-313",
        ),
        cohort=(CohortStep("cohort.all", "Patients in the data", "", 0, 0, 5),),
        characteristics=(
            Characteristic(
                "char.age",
                "age",
                "Age at HSCT",
                "number",
                5,
                5,
                0,
                median=5.0,
                minimum=5.0,
                maximum=12.0,
                q1=5.0,
                q3=10.0,
                unit="years",
            ),
            Characteristic("char.sex.male", "sex", "Sex", "level", 5, 5, 0, level="male", fraction=1.0),
            Characteristic(
                "char.anc_day",
                "anc_day",
                "Neutrophil engraftment",
                "number",
                5,
                5,
                0,
                median=12.0,
                minimum=11.0,
                maximum=12.0,
                q1=12.0,
                q3=12.0,
                unit="day",
            ),
        ),
        endpoints=tuple(
            EndpointInfo(
                name=name,
                label=label,
                kind="proportion",
                origin="first allogeneic transplant",
                event=label.lower(),
                competing=(),
                censoring="last contact",
                eligible="every patient in the cohort",
                source="",
                n=5,
                causes=(label.lower(),),
                counts=(events,),
                censored=5 - events,
                conventions=("Clopper-Pearson exact interval",),
            )
            for name, (label, events, _, _) in PROPORTIONS.items()
        ),
        estimates=tuple(
            _proportion(name, events, lower, upper, "no event: exact interval" if events == 0 else "")
            for name, (_, events, lower, upper) in PROPORTIONS.items()
        ),
        follow_up=(
            FollowUp(
                "follow_up.observed", "time to last contact", 5, 177.0, "days", None, None, 52.0, 1015.0
            ),
            FollowUp("follow_up.median", "reverse Kaplan-Meier of OS", 5, 177.0, "days", 52.0, None),
        ),
        listing=Listing(tuple(label.lower() for label in LABELS), LABELS, tuple(map(tuple, ROWS))),
        findings=worst_first(
            [
                Finding(
                    "endpoints.platelets_before_neutrophils",
                    "warning",
                    "platelet engraftment before neutrophil engraftment",
                    Where("tulsiyan2025.csv", row, None, str(row - 1)),
                    "confirm that platelets fell below the threshold",
                )
                for row in (2, 4, 5, 6)
            ]
        ),
    )
