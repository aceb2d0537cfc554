"""Five made-up patients, as a workbook, a REDCap export, FHIR resources and tables of a database.

P1 and P5 are alive in remission, P2 relapses and dies, P3 dies without relapse, P4 relapses and lives.
"""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from records.making import workbook

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

DAY0 = {f"P{n}": date(2020, 1, 10) + timedelta(days=31 * n) for n in range(1, 6)}
BORN = {f"P{n}": date(2008, 3, 4) + timedelta(days=400 * n) for n in range(1, 6)}
SEX = {"P1": "male", "P2": "female", "P3": "male", "P4": "female", "P5": "male"}
RELAPSE = {"P2": 100, "P4": 250}
DEATH = {"P2": 220, "P3": 60}
LAST = {"P1": 700, "P4": 650, "P5": 600}
BLINATUMOMAB = {"P1": (-60, -32), "P2": (-50, -22)}
ANC = [(8, 0.1), (12, 0.6), (13, 0.7), (14, 0.9), (15, 1.4)]
DIAGNOSIS = "acute lymphoblastic leukaemia"
Row = dict[str, Any]


def day(patient: str, number: int) -> date:
    return DAY0[patient] + timedelta(days=number)


def tables() -> dict[str, list[Row]]:
    """Return the six tables with calendar dates."""
    return {
        "patients": [
            {"patient_id": p, "sex": SEX[p], "birth_date": BORN[p], "diagnosis": DIAGNOSIS} for p in DAY0
        ],
        "treatments": [
            {"patient_id": p, "agent": "blinatumomab", "start": day(p, a), "stop": day(p, b)}
            for p, (a, b) in BLINATUMOMAB.items()
        ],
        "transplants": [{"patient_id": p, "date": DAY0[p], "type": "allogeneic"} for p in DAY0],
        "measurements": [
            {"patient_id": p, "date": day(p, n), "analyte": "ANC", "value": value, "unit": "10^9/L"}
            for p in DAY0
            for n, value in ANC
        ],
        "events": [
            *({"patient_id": p, "date": day(p, n), "event": "relapse"} for p, n in RELAPSE.items()),
            *({"patient_id": p, "date": day(p, n), "event": "death"} for p, n in DEATH.items()),
        ],
        "follow_up": [{"patient_id": p, "date": day(p, n), "alive": "yes"} for p, n in LAST.items()],
    }


def as_workbook(path: Path) -> Path:
    sheets = {
        name: [[*rows[0]], *([row[key] for key in rows[0]] for row in rows)]
        for name, rows in tables().items()
    }
    return workbook(path / "cohort.xlsx", sheets)


def concept(system: str, code: str) -> Row:
    return {"coding": [{"system": system, "code": code}]}


def resources() -> list[Row]:
    """Return the resources of the same patients, with everything that must not be kept."""
    made: list[Row] = []
    for p in DAY0:
        person: Row = {
            "resourceType": "Patient",
            "id": p,
            "gender": SEX[p],
            "birthDate": BORN[p].isoformat(),
            "identifier": [{"system": "urn:hospital", "value": f"MRN-77-{p}"}],
            "name": [{"family": "Specimen", "given": ["Quentin"]}],
            "address": [{"line": ["1 Nowhere Lane"]}],
        }
        if p in DEATH:
            person["deceasedDateTime"] = f"{day(p, DEATH[p])}T03:00:00+01:00"
        about = {"subject": {"reference": f"Patient/{p}", "display": "Quentin Specimen"}}
        disease = concept("http://hl7.org/fhir/sid/icd-10-cm", "C91.00")
        graft = concept("http://snomed.info/sct", "50223000")
        made += [
            person,
            {"resourceType": "Condition", "id": f"c{p}", "code": disease, **about},
            {
                "resourceType": "Procedure",
                "status": "completed",
                "code": graft,
                "performedDateTime": DAY0[p].isoformat(),
                **about,
            },
        ]
        if p in RELAPSE:
            code = concept("http://hl7.org/fhir/sid/icd-10-cm", "C91.02")
            onset = day(p, RELAPSE[p]).isoformat()
            made.append({"resourceType": "Condition", "code": code, "onsetDateTime": onset, **about})
        if p in BLINATUMOMAB:
            a, b = BLINATUMOMAB[p]
            drug = concept("http://www.nlm.nih.gov/research/umls/rxnorm", "1597258")
            period = {"start": day(p, a).isoformat(), "end": day(p, b).isoformat()}
            made.append(
                {
                    "resourceType": "MedicationAdministration",
                    "status": "completed",
                    "medicationCodeableConcept": drug,
                    "effectivePeriod": period,
                    **about,
                }
            )
        made += [_count(p, n, value, about) for n, value in ANC]
        if p in LAST:
            made.append(
                {
                    "resourceType": "Observation",
                    "status": "final",
                    "code": concept("http://loinc.org", "97509-4"),
                    "effectiveDateTime": day(p, LAST[p]).isoformat(),
                    **about,
                }
            )
    return made


def _count(patient: str, number: int, value: float, about: Row) -> Row:
    """Return a count, in another unit on every other day."""
    units = {0: ("10*9/L", value), 1: ("/uL", value * 1000), 2: ("10*3/uL", value)}
    unit, shown = units[number % 3]
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": concept("http://loinc.org", "751-8"),
        "effectiveDateTime": f"{day(patient, number)}T06:30:00Z",
        "valueQuantity": {
            "value": round(shown, 6),
            "system": "http://unitsofmeasure.org",
            "code": unit,
        },
        **about,
    }


def as_bundle(path: Path) -> Path:
    file = path / "bundle.json"
    entries = [{"resource": each} for each in resources()]
    file.write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}))
    return file


def as_ndjson(path: Path) -> Path:
    """Write a bulk export: a folder with a file a type."""
    folder = path / "bulk"
    folder.mkdir()
    for kind in {each["resourceType"] for each in resources()}:
        lines = [json.dumps(each) for each in resources() if each["resourceType"] == kind]
        (folder / f"{kind}.ndjson").write_text("\n".join(lines) + "\n")
    return folder


DICTIONARY_HEADER = [
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
    "Text Validation Min",
    "Text Validation Max",
    "Identifier?",
    "Branching Logic (Show field only if...)",
]
API_HEADER = [
    "field_name",
    "form_name",
    "section_header",
    "field_type",
    "field_label",
    "select_choices_or_calculations",
    "field_note",
    "text_validation_type_or_show_slider_number",
    "text_validation_min",
    "text_validation_max",
    "identifier",
    "branching_logic",
]
#: name, form, type, label, choices, validation, identifier, branching
FIELDS: Sequence[tuple[str, ...]] = (
    ("record_id", "baseline", "text", "Record ID", "", "", "", ""),
    ("full_name", "baseline", "text", "Full name", "", "", "y", ""),
    ("dob", "baseline", "text", "Date of birth", "", "date_dmy", "y", ""),
    ("sex", "baseline", "radio", "Sex", "1, Male | 2, Female", "", "", ""),
    ("dx", "baseline", "dropdown", "Disease", f"1, {DIAGNOSIS} | 2, AML", "", "", ""),
    ("tx_date", "baseline", "text", "Date of transplant", "", "date_dmy", "", ""),
    ("history", "baseline", "checkbox", "History", "1, Smoker | 2, Asthma", "", "", ""),
    ("drug", "therapy", "radio", "Drug", "1, Blinatumomab | 2, Chemo", "", "", ""),
    ("drug_start", "therapy", "text", "Start", "", "date_dmy", "", ""),
    ("drug_stop", "therapy", "text", "Stop", "", "date_dmy", "", "[drug] = '1'"),
    ("anc_date", "counts", "text", "Date", "", "date_dmy", "", ""),
    ("anc", "counts", "text", "Neutrophils", "", "number", "", ""),
    ("ev_what", "events", "radio", "Event", "1, Relapse | 2, Death", "", "", ""),
    ("ev_date", "events", "text", "Date", "", "date_dmy", "", ""),
    ("fu_alive", "contact", "yesno", "Alive?", "", "", "", ""),
    ("fu_date", "contact", "text", "Date", "", "date_dmy", "", ""),
)
FORMS = ("baseline", "therapy", "counts", "events", "contact")
REDCAP_MAPPING = """
[data]
layout = "REDCap"
[data.patients]
redcap_event = ["baseline_arm_1", "Baseline"]
sex = { column = "sex" }
birth_date = { column = "dob" }
diagnosis = { column = "dx" }
[data.transplants]
redcap_event = ["baseline_arm_1", "Baseline"]
date = { column = "tx_date" }
[data.treatments]
form = "therapy"
agent = { column = "drug" }
start = { column = "drug_start" }
stop = { column = "drug_stop" }
[data.measurements]
analyte = { value = "ANC" }
date = { column = "anc_date" }
value = { column = "anc", unit = "10^9/L" }
[[data.events]]
form = "events"
event = { column = "ev_what" }
date = { column = "ev_date" }
[data.follow_up]
date = { column = "fu_date" }
alive = { column = "fu_alive" }
"""


def redcap_columns() -> list[str]:
    columns = ["record_id", "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"]
    for form in FORMS:
        for name, of, kind, *_ in FIELDS:
            if of == form and name != "record_id":
                columns += [f"{name}___1", f"{name}___2"] if kind == "checkbox" else [name]
        columns.append(f"{form}_complete")
    return columns


def redcap_rows() -> list[Row]:
    """Return the rows of a raw export: a longitudinal project with repeating instruments."""
    made: list[Row] = []
    blank = {"history___1": 0, "history___2": 0}

    def add(patient: str, event: str, form: str, instance: object, **answers: object) -> None:
        made.append(
            {
                "record_id": patient,
                "redcap_event_name": event,
                "redcap_repeat_instrument": form if instance else "",
                "redcap_repeat_instance": instance,
                **blank,
                **answers,
                f"{form}_complete": 2,
            }
        )

    for p in DAY0:
        add(
            p,
            "baseline_arm_1",
            "baseline",
            "",
            full_name=f"Quentin Specimen {p}",
            dob=BORN[p],
            sex=1 if SEX[p] == "male" else 2,
            dx=1,
            tx_date=DAY0[p],
        )
        if p in BLINATUMOMAB:
            a, b = BLINATUMOMAB[p]
            add(p, "baseline_arm_1", "therapy", 1, drug=1, drug_start=day(p, a), drug_stop=day(p, b))
        for instance, (n, value) in enumerate(ANC, 1):
            add(p, "followup_arm_1", "counts", instance, anc_date=day(p, n), anc=value)
        happened = [(1, RELAPSE.get(p)), (2, DEATH.get(p))]
        for instance, (what, n) in enumerate(((w, n) for w, n in happened if n is not None), 1):
            add(p, "followup_arm_1", "events", instance, ev_what=what, ev_date=day(p, n))
        if p in LAST:
            add(p, "followup_arm_1", "contact", "", fu_alive=1, fu_date=day(p, LAST[p]))
    return made


LABELS = {
    "redcap_event_name": "Event Name",
    "redcap_repeat_instrument": "Repeat Instrument",
    "redcap_repeat_instance": "Repeat Instance",
    "baseline_arm_1": "Baseline",
    "followup_arm_1": "Follow-up",
}


def labelled(column: str, value: object) -> object:
    """Return an answer as its label, as a label export has it."""
    if column == "redcap_event_name":
        return LABELS[str(value)]
    if column == "redcap_repeat_instrument":
        return str(value).title()
    if column.endswith("_complete"):
        return {2: "Complete", 0: "Incomplete"}.get(value, "")  # type: ignore[call-overload]
    if "___" in column:
        return "Checked" if value == 1 else "Unchecked"
    choices = next((field[4] for field in FIELDS if field[0] == column), "")
    choices = choices or ("1, Yes | 0, No" if column == "fu_alive" else "")
    found = dict(part.split(", ", 1) for part in choices.split(" | ")) if choices else {}
    return found.get(str(value), value)


def label_of(column: str) -> str:
    if column in LABELS:
        return LABELS[column]
    if column.endswith("_complete"):
        return "Complete?"
    name, _, code = column.partition("___")
    label = next(field[3] for field in FIELDS if field[0] == name)
    return f"{label} (choice={'Smoker' if code == '1' else 'Asthma'})" if code else label


def as_redcap(path: Path, *, labels: bool = False, api: bool = False) -> Path:
    """Write a folder with an export and its dictionary."""
    folder = path / "redcap"
    folder.mkdir()
    columns = redcap_columns()
    with (folder / "export.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([label_of(name) for name in columns] if labels else columns)
        for row in redcap_rows():
            cells = [row.get(name, "") for name in columns]
            writer.writerow(
                [labelled(n, c) for n, c in zip(columns, cells, strict=True)] if labels else cells
            )
    with (folder / "dictionary.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(API_HEADER if api else DICTIONARY_HEADER)
        for name, form, kind, label, choices, validation, identifier, branching in FIELDS:
            middle = [choices, "", validation, "", "", identifier, branching]
            writer.writerow([name, form, "", kind, label, *middle])
    return folder


CREATE = {
    "patients": "patient_id text, sex text, birth_date date, diagnosis text",
    "treatments": "patient_id text, agent text, start date, stop date",
    "transplants": "patient_id text, date date, type text",
    "measurements": "patient_id text, date date, analyte text, value numeric, unit text",
    "events": "patient_id text, date date, event text",
    "follow_up": "patient_id text, date date, alive text",
}


def fill(run: Any, mark: str) -> None:
    """Create and fill the tables in a database; ``mark`` is how it writes a parameter."""
    for name, rows in tables().items():
        run(f"create table {name} ({CREATE[name]})")
        for row in rows:
            run(f"insert into {name} values ({', '.join([mark] * len(row))})", [*row.values()])  # noqa: S608


QUERIES = {name: f"select * from {name}" for name in CREATE}  # noqa: S608
