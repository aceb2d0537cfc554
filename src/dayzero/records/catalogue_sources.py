"""The rules that only FHIR resources and REDCap exports can break; the others: :mod:`.catalogue`."""

from __future__ import annotations

from typing import Final

from dayzero.records.kahn import COMPLETENESS, RELATIONAL
from dayzero.records.rule_text import RuleText

FHIR: Final = (
    RuleText(
        "records.fhir_other_type",
        "note",
        "{count} resources of the type {found} were not read",
        "Patient, Condition, Observation, Procedure and MedicationAdministration are read",
        kahn=RELATIONAL,
    ),
    RuleText(
        "records.fhir_unread_code",
        "warning",
        "{count} resources {type} with the code {found} were not read",
        "if it is a fact of the study, code it as docs/sources.md lists, or give the facts as a workbook",
        kahn=RELATIONAL,
    ),
    RuleText(
        "records.fhir_status",
        "note",
        "{count} resources {type} with the status '{found}' state no fact, and were not read",
    ),
    RuleText(
        "records.fhir_unread_value",
        "warning",
        "{count} results with the code {found} were not read: {why}",
        "give a number with a linear unit, or a coded or worded result",
    ),
    RuleText(
        "records.fhir_more_pages",
        "error",
        "the bundle is one page of several: the resources of the next pages are missing",
        "fetch all pages, or use a bulk export (NDJSON)",
        kahn=RELATIONAL,
    ),
    RuleText(
        "records.fhir_not_a_resource",
        "error",
        "the entry is no FHIR resource",
        "an entry is a JSON object with a resourceType",
        kahn=RELATIONAL,
    ),
    RuleText(
        "records.fhir_reference",
        "error",
        "the resource does not say which patient it is about",
        "give subject.reference, such as Patient/17",
        kahn=RELATIONAL,
    ),
    RuleText(
        "records.fhir_last_contact",
        "note",
        "{count} living patients are followed to their last dated observation, procedure or administration: "
        "FHIR has no date of last contact",
        "a later contact is read from an observation of the disease status (LOINC 97509-4)",
        kahn=COMPLETENESS,
        one="1 living patient is followed to the last dated observation, procedure or administration: "
        "FHIR has no date of last contact",
    ),
)

REDCAP: Final = (
    RuleText(
        "records.redcap_identifiers",
        "note",
        "{count} fields that the data dictionary marks as identifiers were dropped unread: {names}",
        kahn=RELATIONAL,
        one="1 field that the data dictionary marks as an identifier was dropped unread: {names}",
    ),
    RuleText(
        "records.redcap_identifier_dates",
        "note",
        "{count} dates that the data dictionary marks as identifiers were read, because the mapping needs "
        "them; only days from day 0 remain of them: {names}",
        kahn=RELATIONAL,
        one="1 date that the data dictionary marks as an identifier was read, because the mapping needs it; "
        "only days from day 0 remain of it: {names}",
    ),
    RuleText(
        "records.redcap_incomplete",
        "note",
        "{count} rows of the instrument {form} are not marked complete, and were read",
        "their answers may still change",
        kahn=COMPLETENESS,
        one="1 row of the instrument {form} is not marked complete, and was read",
    ),
    RuleText(
        "records.redcap_unfilled",
        "note",
        "{count} rows in which the instrument {form} was never filled in state nothing about it",
        kahn=COMPLETENESS,
        one="1 row in which the instrument {form} was never filled in states nothing about it",
    ),
    RuleText(
        "records.redcap_label_twice",
        "warning",
        "{count} columns are headed by a label that several fields have, and were not read",
        "export raw data: its headers are the names of the fields",
        kahn=RELATIONAL,
    ),
    RuleText(
        "records.redcap_unknown_field",
        "warning",
        "{count} columns are not in the data dictionary, and were not read",
        "download the dictionary again: it must be as new as the export",
        kahn=RELATIONAL,
    ),
    RuleText(
        "records.redcap_other_choice",
        "note",
        "{count} choices of the field have labels that are no words of the schema: {names}",
        "where they are chosen the value is not used, unless the mapping has codes for them",
        kahn=RELATIONAL,
    ),
    RuleText(
        "records.redcap_no_patient_row",
        "error",
        "the record has no row at the event from which patients are read",
        "fill in the patient's first instrument, or correct the record id",
        kahn=COMPLETENESS,
    ),
    RuleText(
        "records.redcap_no_event",
        "note",
        "no row of the export is at the event '{found}', which the mapping names",
        "is it misspelt, or written as in the other kind of export (raw names, labels)?",
        kahn=RELATIONAL,
    ),
    RuleText(
        "records.redcap_unmapped",
        "note",
        "{count} fields of the export are not mapped, and were not read",
        one="1 field of the export is not mapped, and was not read",
        kahn=RELATIONAL,
    ),
)
