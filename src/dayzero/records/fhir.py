"""Read FHIR R4 resources into the six tables, by explicit paths and the codes of :mod:`.fhir_codes`.

Of a patient the id, sex, date of birth and death are read; names, addresses and identifiers are not.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from dayzero.errors import BadInputError
from dayzero.records import fhir_codes as known
from dayzero.records.cells import quote
from dayzero.records.codes import codebook, spelling
from dayzero.records.fhir_resources import (
    References,
    Resource,
    as_id,
    codings,
    load_resources,
    moment,
    names,
)
from dayzero.records.fhir_values import observed
from dayzero.records.findings import Where
from dayzero.records.parts import Part
from dayzero.records.tables import table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from dayzero.records.cells import Cell
    from dayzero.records.log import Log

    Row = Mapping[str, Cell]

READ: Final = ("Patient", "Condition", "Observation", "Procedure", "MedicationAdministration")
_ISO: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class Found:
    """What FHIR resources give: parts, ``patients`` first, and how many resources there were of each type."""

    parts: tuple[Part, ...]
    resources: Mapping[str, int]


@dataclass
class _Made:
    """Rows made so far, by table and type of resource, and what was left out."""

    references: References
    log: Log
    rows: dict[tuple[str, str], list[tuple[Resource, Row]]] = field(default_factory=dict)
    unread: Counter[tuple[str, str]] = field(default_factory=Counter)
    statuses: Counter[tuple[str, str]] = field(default_factory=Counter)
    values: Counter[tuple[str, str]] = field(default_factory=Counter)
    contacts: dict[str, tuple[str, Resource]] = field(default_factory=dict)
    dead: set[str] = field(default_factory=set)

    def add(self, name: str, resource: Resource, row: Row) -> None:
        self.rows.setdefault((name, resource.type), []).append((resource, row))

    def subject(self, resource: Resource) -> str | None:
        patient = self.references.patient(resource.body.get("subject"))
        if patient is None:
            self.log.add("records.fhir_reference", resource.where, outcome="row")
        return patient

    def states(self, resource: Resource) -> bool:
        """Return whether a resource's status says that it states a fact; if not, count it."""
        status = str(resource.body.get("status", "none"))
        if status in known.STATUSES[resource.type]:
            return True
        self.statuses[resource.type, status] += 1
        return False

    def seen(self, patient: str, date: str | None, resource: Resource) -> None:
        """Remember the last day on which something was done with a patient."""
        if date is not None and _ISO.match(date):
            day = date[:10]
            if patient not in self.contacts or day > self.contacts[patient][0]:
                self.contacts[patient] = (day, resource)


def read_fhir(paths: Sequence[Path], name: str, log: Log) -> Found:
    """Return the rows that FHIR resources make.

    Parameters
    ----------
    paths : sequence of Path
        Bundles (.json) and NDJSON files.
    name : str
        What the source is called: the file, or the folder.
    log : Log
        Gains what was left out, by type and code, with counts.

    Raises
    ------
    BadInputError
        When a file is not JSON, or no patient is in them.
    """
    resources = load_resources(paths, log)
    made = _Made(References(resources), log)
    readers = {
        "Patient": _patient,
        "Condition": _condition,
        "Observation": _observation,
        "Procedure": _procedure,
        "MedicationAdministration": _administration,
    }
    for resource in resources:
        if resource.type in readers:
            readers[resource.type](resource, made)
    people = made.rows.pop(("patients", "Patient"), [])
    if not people:
        raise BadInputError(
            what="no patient is in the resources", where=name, allowed=READ, hint="export Patient too"
        )
    _last_contacts(made, name)
    counts = Counter(resource.type for resource in resources)
    _report(counts, made, name)
    patients = _patients(people, made.rows.pop(("diagnoses", "Condition"), []), name)
    others = [part for (kind, of), rows in sorted(made.rows.items()) for part in _parts(kind, of, rows)]
    return Found((patients, *others), dict(sorted(counts.items())))


def _patient(resource: Resource, made: _Made) -> None:
    body = resource.body
    patient = as_id(body.get("id"))
    row = {
        "patient_id": patient,
        "sex": _text(body.get("gender")),
        "birth_date": _text(body.get("birthDate")),
    }
    made.add("patients", resource, row)
    died = _text(body.get("deceasedDateTime"))
    if died is not None or body.get("deceasedBoolean") is True:
        made.add("events", resource, {"patient_id": patient, "date": died, "event": "death"})
        made.dead.add(str(patient))


def _condition(resource: Resource, made: _Made) -> None:
    body = resource.body
    for _, status in codings(body.get("verificationStatus")):
        if status in known.UNSURE:
            made.statuses["Condition", status] += 1
            return
    coded = codings(body.get("code"))
    disease = next((known.DISEASES[each] for each in coded if each in known.DISEASES), None)
    event = next((known.EVENTS[each] for each in coded if each in known.EVENTS), None)
    if disease is None and event is None:
        made.unread["Condition", _code(coded)] += 1
        return
    patient = made.subject(resource)
    if patient is None:
        return
    onset = moment(body, "onset")
    if event is not None:
        made.add("events", resource, {"patient_id": patient, "date": onset, "event": event})
    if disease is not None:
        word, at_diagnosis = disease
        row = {"patient_id": patient, "diagnosis": word, "diagnosis_date": onset if at_diagnosis else None}
        made.add("diagnoses", resource, row)


def _observation(resource: Resource, made: _Made) -> None:
    if not made.states(resource):
        return
    body, coded = resource.body, codings(resource.body.get("code"))
    date = moment(body, "effective")
    analyte = next((known.ANALYTES[each] for each in coded if each in known.ANALYTES), None)
    status = known.DISEASE_STATUS in coded
    if analyte is None and not status:
        made.unread["Observation", _code(coded)] += 1
        patient = made.references.patient(body.get("subject"))
    else:
        patient = made.subject(resource)
    if patient is None:
        return
    made.seen(patient, date, resource)
    if status:
        trend = next((known.TRENDS[each] for each in _trend(body) if each in known.TRENDS), None)
        contact: Row = {"patient_id": patient, "date": date, "alive": "yes", "disease_status": trend}
        made.add("follow_up", resource, contact)
    elif analyte is not None:
        value = observed(body, analyte)
        if value.why:
            made.values[_code(coded), value.why] += 1
            return
        row: Row = {
            "patient_id": patient,
            "date": date,
            "analyte": analyte,
            "value": value.value,
            "operator": value.operator,
            "unit": value.unit,
        }
        made.add("measurements", resource, row)


def _trend(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    return codings(body.get("valueCodeableConcept"))


def _procedure(resource: Resource, made: _Made) -> None:
    if not made.states(resource):
        return
    coded = codings(resource.body.get("code"))
    date = moment(resource.body, "performed")
    grafts = [code for code in known.TRANSPLANTS if code in coded]
    if not grafts:
        made.unread["Procedure", _code(coded)] += 1
        patient = made.references.patient(resource.body.get("subject"))
    else:
        patient = made.subject(resource)
    if patient is None:
        return
    made.seen(patient, date, resource)
    if grafts:
        row: Row = {"patient_id": patient, "date": date, "type": known.TRANSPLANTS[grafts[0]]}
        made.add("transplants", resource, row)


def _administration(resource: Resource, made: _Made) -> None:
    if not made.states(resource):
        return
    body = resource.body
    concept = made.references.medication(body)
    agent = _agent(concept)
    start = moment(body, "effective")
    if agent is None:
        made.unread["MedicationAdministration", _code(codings(concept))] += 1
        patient = made.references.patient(body.get("subject"))
    else:
        patient = made.subject(resource)
    if patient is None:
        return
    made.seen(patient, moment(body, "effective", "end") or start, resource)
    if agent is not None:
        dosage = body.get("dosage")
        dose = dosage.get("dose") if isinstance(dosage, dict) else None
        given = dose if isinstance(dose, dict) else {}
        row: Row = {
            "patient_id": patient,
            "agent": agent,
            "start": start,
            "stop": moment(body, "effective", "end"),
            "dose": _number(given.get("value")),
            "unit": _text(given.get("code") or given.get("unit")),
        }
        made.add("treatments", resource, row)


def _agent(concept: object) -> str | None:
    coded = codings(concept)
    for each in coded:
        if each in known.AGENTS:
            return known.AGENTS[each]
    book = codebook(table("treatments").column("agent"))
    return next((book[spelling(name)] for name in names(concept) if spelling(name) in book), None)


def _last_contacts(made: _Made, name: str) -> None:
    """End follow-up of the living with their last dated resource, unless a later contact is stated."""
    stated: dict[str, str] = {}
    for _, row in made.rows.get(("follow_up", "Observation"), ()):
        patient, date = str(row["patient_id"]), str(row["date"] or "")[:10]
        stated[patient] = max(stated.get(patient, ""), date)
    count = 0
    for patient, (day, resource) in made.contacts.items():
        if patient not in made.dead and day > stated.get(patient, ""):
            made.add("follow_up", resource, {"patient_id": patient, "date": day, "alive": "yes"})
            count += 1
    if count:
        made.log.add("records.fhir_last_contact", Where(name), count=count)


def _report(counts: Mapping[str, int], made: _Made, name: str) -> None:
    log, place = made.log, Where(name)
    for kind, count in sorted(counts.items()):
        if kind not in READ:
            log.add("records.fhir_other_type", place, found=quote(kind), count=count)
    for (kind, code), count in sorted(made.unread.items()):
        log.add("records.fhir_unread_code", place, found=code, type=kind, count=count)
    for (kind, status), count in sorted(made.statuses.items()):
        log.add("records.fhir_status", place, found=quote(status), type=kind, count=count)
    for (code, why), count in sorted(made.values.items()):
        log.add("records.fhir_unread_value", place, found=code, why=why, count=count)


def _code(coded: Sequence[tuple[str, str]]) -> str:
    """Return a code as a finding names it: of a known system if there is one, without free text."""
    for system, code in coded:
        if system in known.SYSTEMS:
            return f"{known.SYSTEMS[system]} {quote(code)}"
    return f"'{quote(coded[0][1])}' of another system" if coded else "none"


def _patients(
    people: Sequence[tuple[Resource, Row]], diagnoses: Sequence[tuple[Resource, Row]], name: str
) -> Part:
    """Return the part of patients, with the disease and the earliest day of diagnosis of each."""
    disease: dict[Cell, Cell] = {}
    day: dict[Cell, str] = {}
    for _, row in diagnoses:
        disease.setdefault(row["patient_id"], row["diagnosis"])
        date = row["diagnosis_date"]
        if isinstance(date, str):
            day[row["patient_id"]] = min(day.get(row["patient_id"], date), date)
    places = list(dict.fromkeys(resource.place for resource, _ in people))
    rows = [resource.number for resource, _ in people] if len(places) == 1 else [*range(1, len(people) + 1)]
    cells: dict[str, list[Cell]] = {
        key: [row[key] for _, row in people] for key in ("patient_id", "sex", "birth_date")
    }
    cells["diagnosis"] = [disease.get(patient) for patient in cells["patient_id"]]
    cells["diagnosis_date"] = [day.get(patient) for patient in cells["patient_id"]]
    place = places[0] if len(places) == 1 else f"{name}, Patient"
    return Part("patients", place, rows, cells, known.HEADERS["patients", "Patient"])


def _parts(kind: str, of: str, rows: Sequence[tuple[Resource, Row]]) -> list[Part]:
    """Return the rows of one table that one type of resource makes, a part a file."""
    headers = known.HEADERS[kind, of]
    files: dict[str, list[tuple[Resource, Row]]] = {}
    for resource, row in rows:
        files.setdefault(resource.place, []).append((resource, row))
    return [
        Part(
            kind,
            place,
            [resource.number for resource, _ in found],
            {column: [row.get(column) for _, row in found] for column in headers},
            headers,
        )
        for place, found in files.items()
    ]


def _number(raw: object) -> str | int | None:
    return raw if isinstance(raw, (str, int)) and not isinstance(raw, bool) else None


def _text(raw: object) -> str | None:
    return raw if isinstance(raw, str) else None
