"""The codes and paths that are read from FHIR resources.

What is not listed here is not read, and reported with its count. Systems: LOINC, SNOMED CT, ICD-10-CM and
RxNorm, as the CIBMTR reporting guide (nmdp-ig/cibmtr-reporting-ig), the mCODE guide (HL7/fhir-mCODE-ig) and
PanCareSurPass use them.
"""

from __future__ import annotations

from typing import Final

LOINC: Final = "http://loinc.org"
SNOMED: Final = "http://snomed.info/sct"
ICD10CM: Final = "http://hl7.org/fhir/sid/icd-10-cm"
ICD10: Final = "http://hl7.org/fhir/sid/icd-10"
RXNORM: Final = "http://www.nlm.nih.gov/research/umls/rxnorm"
#: How findings call a system.
SYSTEMS: Final = {
    LOINC: "LOINC",
    SNOMED: "SNOMED CT",
    ICD10CM: "ICD-10-CM",
    ICD10: "ICD-10",
    RXNORM: "RxNorm",
}

#: Laboratory observations: what was measured.
ANALYTES: Final = {
    **{(LOINC, code): "ANC" for code in ("751-8", "753-4", "26499-4")},
    **{(LOINC, code): "platelets" for code in ("777-3", "26515-7", "778-1")},
    **{(LOINC, code): "CMV DNA" for code in ("72493-0", "30247-1", "29604-6", "72494-8")},
    (LOINC, "101119-6"): "MRD",
    (LOINC, "718-7"): "haemoglobin",
    **{(LOINC, code): "bilirubin" for code in ("1975-2", "14631-6")},
    (LOINC, "14804-9"): "LDH",
}
#: The state of the disease as a clinician judges it (mCODE: cancer disease status); each one is a contact.
DISEASE_STATUS: Final = (LOINC, "97509-4")
#: The trend of the disease (mCODE: condition status trend), where it says what the state is.
TRENDS: Final = {(SNOMED, "260415000"): "complete remission"}

#: Results in words.
RESULTS: Final = {
    (SNOMED, "260385009"): "negative",
    (SNOMED, "260415000"): "negative",
    (SNOMED, "10828004"): "positive",
    (SNOMED, "260373001"): "positive",
}
#: Why there is no result (HL7 data-absent-reason), in the words that stay apart.
ABSENT_REASONS: Final = {
    "unknown": "unknown",
    "asked-unknown": "unknown",
    "not-performed": "not done",
    "not-applicable": "not applicable",
}

#: Procedures that infuse a graft. Of the last one nothing says whose cells they were.
TRANSPLANTS: Final = {
    (SNOMED, "50223000"): "allogeneic",
    (SNOMED, "53088000"): "autologous",
    (SNOMED, "77465005"): None,
}

#: Conditions that are the disease, with whether their onset is the diagnosis.
DISEASES: Final = {
    (system, code): ("acute lymphoblastic leukaemia", diagnosis)
    for system in (ICD10CM, ICD10)
    for code, diagnosis in (("C91.0", True), ("C91.00", True), ("C91.01", False), ("C91.02", False))
}
#: Conditions that are events, dated by their onset.
EVENTS: Final = {
    (ICD10CM, "C91.02"): "relapse",
    (ICD10CM, "D89.810"): "aGVHD",
    (ICD10CM, "D89.811"): "cGVHD",
}

#: Administered drugs. Others are recognised by the name beside their RxNorm code, if the schema has it.
AGENTS: Final = {(RXNORM, "1597258"): "blinatumomab", (RXNORM, "1597262"): "blinatumomab"}

#: Statuses of resources that state a fact. Everything else was entered in error, planned, or not done.
STATUSES: Final = {
    "Observation": ("final", "amended", "corrected"),
    "Procedure": ("completed",),
    "MedicationAdministration": ("completed", "in-progress", "stopped", "on-hold"),
}
#: Verification statuses of a condition that is not known to be there.
UNSURE: Final = ("refuted", "entered-in-error", "unconfirmed", "provisional", "differential")

#: Which path of which resource becomes which column, as findings name it.
HEADERS: Final[dict[tuple[str, str], dict[str, str]]] = {
    ("patients", "Patient"): {
        "patient_id": "Patient.id",
        "sex": "Patient.gender",
        "birth_date": "Patient.birthDate",
        "diagnosis": "Condition.code",
        "diagnosis_date": "Condition.onset",
    },
    ("events", "Patient"): {
        "patient_id": "Patient.id",
        "date": "Patient.deceased",
        "event": "Patient.deceased",
    },
    ("events", "Condition"): {
        "patient_id": "Condition.subject",
        "date": "Condition.onset",
        "event": "Condition.code",
    },
    ("transplants", "Procedure"): {
        "patient_id": "Procedure.subject",
        "date": "Procedure.performed",
        "type": "Procedure.code",
    },
    ("measurements", "Observation"): {
        "patient_id": "Observation.subject",
        "date": "Observation.effective",
        "analyte": "Observation.code",
        "value": "Observation.value",
        "operator": "Observation.value.comparator",
        "unit": "Observation.value.unit",
    },
    ("treatments", "MedicationAdministration"): {
        "patient_id": "MedicationAdministration.subject",
        "agent": "MedicationAdministration.medication",
        "start": "MedicationAdministration.effective",
        "stop": "MedicationAdministration.effective",
        "dose": "MedicationAdministration.dosage.dose",
        "unit": "MedicationAdministration.dosage.dose",
    },
    **{
        ("follow_up", kind): {
            "patient_id": f"{kind}.subject",
            "date": f"{kind}.{date}",
            "alive": f"{kind}.{date}",
            "disease_status": f"{kind}.value",
        }
        for kind, date in (
            ("Observation", "effective"),
            ("Procedure", "performed"),
            ("MedicationAdministration", "effective"),
        )
    },
}
