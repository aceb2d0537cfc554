"""VOD/SOS and TMA by named criteria: an incidence of them means nothing without their name."""

from __future__ import annotations

from dayzero.endpoints.catalogue.words import DAY_0, LAST_ALIVE, TRANSPLANTED
from dayzero.endpoints.definition import Definition

PAEDIATRIC = "Corbacioglu et al., Bone Marrow Transplant 2018;53:138, doi 10.1038/bmt.2017.161"
ADULT = (
    "Mohty et al., Bone Marrow Transplant 2023;58:749, doi 10.1038/s41409-023-01992-8, as in the EBMT "
    "Handbook 2024, chapter 49"
)
_TOGETHER = (
    "; signs at most 14 days apart stand together (an option: the paper names no limit); other causes of "
    "the signs are for the centre to leave out"
)
_LAB = (
    "baseline weight is the last on or before day 0; bilirubin is the highest of the day in mg/dL; "
    "recorded VOD/SOS does not decide, a disagreement is a finding"
)


def _vod(name: str, label: str, event: str, source: str) -> Definition:
    return Definition(
        name=name,
        label=label,
        kind="incidence",
        origin=DAY_0,
        event=event,
        competing=("death", "second transplant"),
        censoring=LAST_ALIVE + "; relapse neither competes nor censors",
        eligible=(
            TRANSPLANTED
            + ", of whom as many criteria can be told as are needed: bilirubin or weight measured after "
            "day 0, "
            "a sign recorded for anybody taken as looked for in everybody; " + _LAB
        ),
        source=source,
    )


_TMA = Definition(
    name="TMA_harmonised2023",
    label="TMA, harmonised criteria 2023",
    kind="incidence",
    origin=DAY_0,
    event="biopsy-proven, or on the second of two consecutive time points on which at least four of seven "
    "stand, each by its latest result of the 14 days to it and the second time by results later than the "
    "first, at most 14 days after it: anaemia (haemoglobin at least 1 g/dL below the highest of the 14 "
    "days before, or a red cell transfusion after neutrophil engraftment), thrombocytopenia (after "
    "platelet engraftment a count at most half of the highest of the 14 days before, or a transfusion; or "
    "refractory thrombocytopenia), LDH above its upper limit, schistocytes, hypertension, sC5b-9 above its "
    "upper limit, urine protein/creatinine of at least 1 mg/mg; flagged high risk",
    competing=("death", "second transplant"),
    censoring=LAST_ALIVE + "; relapse neither competes nor censors",
    eligible=TRANSPLANTED
    + ", of whom at least four of the seven were looked for; schistocytes and hypertension recorded for "
    "anybody are taken as looked for in everybody",
    source="Schoettler et al., Transplant Cell Ther 2023;29:151 (PMC10119629), as reproduced in "
    "PMC11882261, table 3; what a time point is, and the 14 days before as baseline of the counts, are "
    "judgements: the table does not say",
)


DEFINITIONS = (
    _TMA,
    _vod(
        "VOD_paediatric_EBMT2018",
        "VOD/SOS, paediatric EBMT criteria 2018",
        "two of five, on any day: refractory thrombocytopenia; weight gain on 3 consecutive days despite "
        "diuretics (as recorded) or weight more than 5% over baseline; hepatomegaly; ascites; bilirubin "
        "rising "
        "on 3 consecutive days, or risen from below 2 to at least 2 mg/dL within 72 hours" + _TOGETHER,
        PAEDIATRIC + "; the copies of the table that were checked set no time for the weight",
    ),
    _vod(
        "VOD_adult_EBMT2023",
        "VOD/SOS, adult EBMT criteria 2023",
        "probable (two of bilirubin of at least 2 mg/dL, painful hepatomegaly, weight more than 5% over "
        "baseline, ascites, suggestive ultrasound or elastography), clinical (bilirubin of at least 2 "
        "mg/dL and two of painful hepatomegaly, weight, ascites) or proven (histology, or a hepatic venous "
        "pressure gradient of at least 10 mmHg), whichever is first; flagged classical to day 21, late "
        "after it" + _TOGETHER,
        ADULT,
    ),
    _vod(
        "VOD_adult_EBMT2023_clinical",
        "VOD/SOS, adult EBMT criteria 2023, clinical or proven",
        "bilirubin of at least 2 mg/dL and two of painful hepatomegaly, weight more than 5% over baseline, "
        "ascites; or histology, or a hepatic venous pressure gradient of at least 10 mmHg" + _TOGETHER,
        ADULT,
    ),
    _vod(
        "VOD_Baltimore",
        "VOD/SOS, Baltimore criteria",
        "by day 21, bilirubin of at least 2 mg/dL and two of hepatomegaly, ascites, weight at least 5% over "
        "baseline" + _TOGETHER,
        "Jones et al., Transplantation 1987;44:778; bilirubin, its day and the number of criteria as in "
        "the EBMT Handbook 2024, chapter 49, the limit of weight from general knowledge",
    ),
    _vod(
        "VOD_modified_Seattle",
        "VOD/SOS, modified Seattle criteria",
        "by day 20, two of bilirubin above 2 mg/dL, hepatomegaly (pain in the right upper abdomen is not "
        "recorded), weight more than 2% over baseline; some paediatric studies ask for 5%" + _TOGETHER,
        "McDonald et al., Ann Intern Med 1993;118:255; from general knowledge, not checked against that "
        "paper",
    ),
)
