"""FHIR R4 resources: what is read, what is left out and said, and what is never kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from dayzero import records
from dayzero.errors import BadInputError
from dayzero.records.fhir_values import observed, unit_of
from records.making import of
from records.same_patients import as_bundle, concept

if TYPE_CHECKING:
    from pathlib import Path

    from dayzero.records import Records

SNOMED, LOINC, ICD = "http://snomed.info/sct", "http://loinc.org", "http://hl7.org/fhir/sid/icd-10-cm"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ABOUT = {"subject": {"reference": "Patient/A1"}}
PERSON: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "A1",
    "gender": "female",
    "birthDate": "2010-05-06",
}
GRAFT: dict[str, Any] = {
    "resourceType": "Procedure",
    "status": "completed",
    "code": concept(SNOMED, "50223000"),
    "performedDateTime": "2021-02-03",
    **ABOUT,
}


def bundle(path: Path, *resources: Any, **more: Any) -> Records:
    file = path / "bundle.json"
    entries = [{"resource": each} for each in resources]
    file.write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries, **more}))
    return records.read(file)


def observation(code: str, **more: Any) -> dict[str, Any]:
    made = {"resourceType": "Observation", "status": "final", "code": concept(LOINC, code), **ABOUT}
    return {**made, "effectiveDateTime": "2021-02-13", **more}


def quantity(value: float, unit: str, **more: Any) -> dict[str, Any]:
    return {"valueQuantity": {"value": value, "code": unit, **more}}


def test_nothing_that_identifies_is_kept(tmp_path: Path) -> None:
    read = records.read(as_bundle(tmp_path))
    seen = repr([frame.rows() for frame in read.tables.values()]) + repr(read.findings) + repr(read.places)
    for word in ("Quentin", "Specimen", "Nowhere", "MRN", "2020", "2008"):
        assert word not in seen.replace("'year', 2020", "") or word == "2020"
    assert read.source.rows["Patient"] == 5
    assert read.tables["patients"]["diagnosis"].unique().to_list() == ["acute lymphoblastic leukaemia"]


def test_liver_and_blood_in_any_unit(tmp_path: Path) -> None:
    """34.2 umol/L of bilirubin are 2 mg/dL, 80 g/L of haemoglobin 8 g/dL."""
    read = bundle(
        tmp_path,
        PERSON,
        GRAFT,
        observation("1975-2", **quantity(2.1, "mg/dL")),
        observation("14631-6", effectiveDateTime="2021-02-14", **quantity(34.2, "umol/L")),
        observation("718-7", effectiveDateTime="2021-02-15", **quantity(80, "g/L")),
        observation("14804-9", effectiveDateTime="2021-02-16", **quantity(310, "U/L")),
    )
    rows = read.tables["measurements"].select("day", "analyte", "value", "unit").rows()
    assert rows == [
        (10, "bilirubin", 2.1, "mg/dL"),
        (11, "bilirubin", 2.0, "mg/dL"),
        (12, "haemoglobin", 8.0, "g/dL"),
        (13, "LDH", 310.0, "U/L"),
    ]


@pytest.mark.parametrize(
    ("ucum", "analyte", "unit"),
    [
        ("10*9/L", "ANC", "10^9/L"),
        ("10*3/uL", "platelets", "10^3/uL"),
        ("10*6/L", "ANC", "/uL"),
        ("{cells}/uL", "ANC", "/uL"),
        ("/uL", "ANC", "/uL"),
        ("[IU]/mL", "CMV DNA", "IU/mL"),
        ("{copies}/mL", "CMV DNA", "copies/mL"),
        ("1", "MRD", "fraction"),
        ("%", "MRD", "%"),
    ],
)
def test_units(ucum: str, analyte: str, unit: str) -> None:
    assert unit_of(ucum, analyte) == unit


def test_counts_in_any_unit_are_the_same(tmp_path: Path) -> None:
    counts = [
        observation("751-8", **quantity(0.45, "10*9/L")),
        observation("753-4", effectiveDateTime="2021-02-14", **quantity(450, "/uL")),
        observation("26499-4", effectiveDateTime="2021-02-15", **quantity(0.45, "10*3/uL")),
        observation("777-3", effectiveDateTime="2021-02-16", **quantity(20, "10*9/L", comparator="<")),
    ]
    read = bundle(tmp_path, PERSON, GRAFT, *counts)
    rows = read.tables["measurements"].select("day", "analyte", "operator", "value").rows()
    assert rows == [
        (10, "ANC", "=", 0.45),
        (11, "ANC", "=", 0.45),
        (12, "ANC", "=", 0.45),
        (13, "platelets", "<", 20.0),
    ]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (quantity(3.2, "{Log_IU}/mL"), "the unit is logarithmic"),
        ({"valueQuantity": {"value": 3.2}}, "the quantity has no unit"),
        ({"valueQuantity": {"unit": "/uL"}}, "the quantity has no number"),
        ({"valueQuantity": {"value": "Jane Roe", "unit": "/uL"}}, "the quantity has no number"),
        ({"valueString": "see the letter to Dr Roe"}, "the result is a free text"),
        ({"valueString": "4000"}, "the quantity has no unit"),
        ({"valueCodeableConcept": concept(SNOMED, "1")}, "the coded result is not known"),
        ({}, "there is no value"),
    ],
)
def test_results_that_cannot_be_read(tmp_path: Path, body: dict[str, Any], why: str) -> None:
    assert observed(json.loads(json.dumps(body), parse_float=str), "CMV DNA").why == why
    read = bundle(tmp_path, PERSON, GRAFT, observation("72493-0", **body))
    (finding,) = of(read.findings, "fhir_unread_value")
    assert (finding.found, why in finding.what) == ("LOINC 72493-0", True)
    assert not len(read.tables["measurements"])
    assert "Roe" not in repr(read.findings)


def test_results_in_words(tmp_path: Path) -> None:
    found = [
        observation("101119-6", valueCodeableConcept=concept(SNOMED, "260415000")),
        observation("72493-0", effectiveDateTime="2021-03-01", valueString="Not detected"),
        observation(
            "72493-0",
            effectiveDateTime="2021-03-02",
            dataAbsentReason=concept(
                "http://terminology.hl7.org/CodeSystem/data-absent-reason", "not-performed"
            ),
        ),
    ]
    read = bundle(tmp_path, PERSON, GRAFT, *found)
    assert read.tables["measurements"]["text"].to_list() == ["negative", "negative", "not done"]


def test_what_is_left_out_is_counted(tmp_path: Path) -> None:
    other_drug = {
        "resourceType": "MedicationAdministration",
        "status": "completed",
        "medicationCodeableConcept": concept(RXNORM, "0000"),
        "effectiveDateTime": "2021-01-03",
        **ABOUT,
    }
    read = bundle(
        tmp_path,
        PERSON,
        GRAFT,
        {"resourceType": "Encounter", "id": "e"},
        observation("2160-0", **quantity(11, "mg/dL")),
        observation("2160-0", **quantity(12, "mg/dL")),
        observation("751-8", status="entered-in-error", **quantity(9, "10*9/L")),
        {"resourceType": "Condition", "code": concept(SNOMED, "234646005"), **ABOUT},
        other_drug,
        {"no": "type"},
    )
    assert {(f.found, f.what.split()[0]) for f in of(read.findings, "fhir_unread_code")} == {
        ("LOINC 2160-0", "2"),
        ("SNOMED CT 234646005", "1"),
        ("RxNorm 0000", "1"),
    }
    assert [f.found for f in of(read.findings, "fhir_other_type")] == ["Encounter"]
    assert [f.found for f in of(read.findings, "fhir_status")] == ["entered-in-error"]
    assert [f.where.row for f in of(read.findings, "fhir_not_a_resource")] == [9]
    assert not len(read.tables["measurements"])


def test_references(tmp_path: Path) -> None:
    """By type and id, by the address of an entry, by an absolute address; medication in its own resource."""
    drug = {
        "resourceType": "MedicationAdministration",
        "status": "completed",
        "effectivePeriod": {"start": "2021-01-01", "end": "2021-01-20"},
        "dosage": {"dose": {"value": 28, "unit": "ug"}},
    }
    blina = {"resourceType": "Medication", "id": "m1", "code": concept(RXNORM, "1597262")}
    named = {"coding": [{"system": RXNORM, "code": "x", "display": "Inotuzumab ozogamicin"}]}
    inside = {"contained": [{"resourceType": "Medication", "id": "in", "code": named}]}
    entries = [
        {"fullUrl": "urn:uuid:1", "resource": PERSON},
        {"resource": GRAFT},
        {"resource": blina},
        {
            "resource": {
                **drug,
                "medicationReference": {"reference": "Medication/m1"},
                "subject": {"reference": "urn:uuid:1"},
            }
        },
        {
            "resource": {
                **drug,
                **inside,
                "medicationReference": {"reference": "#in"},
                "subject": {"reference": "https://ehr.example/fhir/Patient/A1/_history/2"},
            }
        },
        {
            "resource": {
                **drug,
                "medicationReference": {"reference": "Medication/m1"},
                "subject": {"display": "Jane Roe"},
            }
        },
    ]
    file = tmp_path / "b.json"
    file.write_text(json.dumps({"resourceType": "Bundle", "entry": entries}))
    read = records.read(file)
    rows = read.tables["treatments"].select("agent", "start_day", "stop_day", "dose", "unit").rows()
    assert rows == [("blinatumomab", -33, -14, 28.0, "ug"), ("inotuzumab", -33, -14, 28.0, "ug")]
    assert [f.where.row for f in of(read.findings, "fhir_reference")] == [6]
    assert "Roe" not in repr(read.findings)


def test_conditions(tmp_path: Path) -> None:
    def condition(code: str, onset: str, verified: str = "confirmed") -> dict[str, Any]:
        status = concept("http://terminology.hl7.org/CodeSystem/condition-ver-status", verified)
        made = {"resourceType": "Condition", "code": concept(ICD, code), "onsetDateTime": onset, **ABOUT}
        return {**made, "verificationStatus": status}

    read = bundle(
        tmp_path,
        PERSON,
        GRAFT,
        condition("C91.00", "2020-02-04"),
        condition("C91.02", "2021-05-14"),
        condition("D89.810", "2021-03-03"),
        condition("D89.811", "2021-08-03", "refuted"),
    )
    assert read.tables["patients"]["diagnosis_day"].to_list() == [-365]
    assert read.tables["events"].select("event", "day").rows() == [("relapse", 100), ("aGVHD", 28)]


def test_death_ends_follow_up(tmp_path: Path) -> None:
    dead = {**PERSON, "deceasedDateTime": "2021-03-05T10:00:00Z"}
    late = observation("751-8", effectiveDateTime="2021-03-01", **quantity(1, "10*9/L"))
    read = bundle(tmp_path, dead, GRAFT, late)
    assert read.tables["events"].select("event", "day").rows() == [("death", 30)]
    assert not len(read.tables["follow_up"])


def test_the_living_are_followed_to_their_last_resource(tmp_path: Path) -> None:
    late = observation("751-8", effectiveDateTime="2021-03-01", **quantity(1, "10*9/L"))
    read = bundle(tmp_path, PERSON, GRAFT, late)
    assert read.tables["follow_up"].select("day", "alive").rows() == [(26, "yes")]
    assert of(read.findings, "fhir_last_contact")
    status = observation("97509-4", effectiveDateTime="2021-04-01")
    read = bundle(tmp_path, PERSON, GRAFT, late, status)
    assert read.tables["follow_up"].select("day", "alive").rows() == [(57, "yes")]


def test_a_transplant_of_unknown_kind_leaves_day_0_unknown(tmp_path: Path) -> None:
    earlier = {**GRAFT, "code": concept(SNOMED, "77465005"), "performedDateTime": "2020-02-03"}
    read = bundle(tmp_path, PERSON, earlier, GRAFT)
    assert of(read.findings, "day0_unknown")
    assert read.key is None


def test_one_page_of_several(tmp_path: Path) -> None:
    read = bundle(tmp_path, PERSON, GRAFT, link=[{"relation": "next", "url": "https://ehr.example/page2"}])
    (finding,) = of(read.findings, "fhir_more_pages")
    assert finding.severity == "error"


def test_a_broken_line_is_one_finding(tmp_path: Path) -> None:
    file = tmp_path / "all.ndjson"
    file.write_text("\n".join([json.dumps(PERSON), '{"resourceType": "Obs', "", json.dumps(GRAFT)]))
    read = records.read(file)
    assert [f.where.row for f in of(read.findings, "fhir_not_a_resource")] == [2]
    assert len(read.tables["transplants"]) == 1


@pytest.mark.parametrize(
    "text",
    ["", "not json", "[1, 2]", "{}", '{"resourceType": "Bundle"}', "[" * 100_000, '{"resourceType": 3}'],
)
def test_files_that_are_none(tmp_path: Path, text: str) -> None:
    file = tmp_path / "bundle.json"
    file.write_text(text)
    with pytest.raises(BadInputError):
        records.read(file)
