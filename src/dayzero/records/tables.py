"""The six tables of a transplant centre's records: the one source of truth about them.

Readers, checks, the template workbook and the documentation are all made from here.
"""

from __future__ import annotations

from dayzero.records.schema import Column, Table
from dayzero.records.vocabulary import (
    AGENT,
    ANALYTE,
    CNS_STATUS,
    DISEASE_STATUS,
    DONOR,
    EVENT,
    GRAFT,
    IMMUNOPHENOTYPE,
    MANIPULATION,
    OPERATOR,
    REMISSION,
    SEROSTATUS,
    SEX,
    TRANSPLANT_TYPE,
    YES_NO,
)

_ID = Column(
    "patient_id", "id", "Pseudonymous id; text, kept as typed (00123 stays 00123).", required=True, key=True
)


def _date(description: str, *, required: bool = True, name: str = "date", ingested: str = "day") -> Column:
    """Return a date column: a calendar date or a day relative to day 0, a day after ingest."""
    return Column(
        name,
        "date",
        description,
        required=required,
        key=required,
        unit="days from day 0",
        ingested=ingested,
        varies=name in ("diagnosis_date", "first_line_end"),
    )


PATIENTS = Table(
    "patients",
    "a patient",
    "Who was treated. Give birth_date or age: after ingest only the age at day 0 remains.",
    (
        _ID,
        Column("sex", "code", "Sex.", required=True, codes=SEX),
        Column(
            "birth_date", "date", "Date of birth; becomes age at day 0 and is then dropped.", ingested="age"
        ),
        Column(
            "age",
            "number",
            "Age at day 0, if no date of birth is given.",
            unit="years",
            minimum=0,
            maximum=110,
            varies=True,
        ),
        Column("diagnosis", "text", "Disease for which the transplant was done.", required=True),
        _date("Date of diagnosis.", required=False, name="diagnosis_date", ingested="diagnosis_day"),
        Column("immunophenotype", "code", "Lineage of an acute leukaemia.", codes=IMMUNOPHENOTYPE),
        Column("cytogenetics", "text", "Genetic findings, separated by semicolons."),
        Column("cns_status", "code", "Central nervous system at diagnosis.", codes=CNS_STATUS),
        _date(
            "End of first-line therapy.", required=False, name="first_line_end", ingested="first_line_end_day"
        ),
        Column("centre", "text", "Centre code."),
    ),
)

TREATMENTS = Table(
    "treatments",
    "a course or cycle",
    "What was given, before and after transplant.",
    (
        _ID,
        Column("agent", "code", "What was given.", required=True, key=True, codes=AGENT, open_codes=True),
        _date("First day.", name="start", ingested="start_day"),
        _date("Last day.", required=False, name="stop", ingested="stop_day"),
        Column("dose", "number", "Dose.", minimum=0),
        Column("unit", "text", "Unit of the dose."),
        Column("indication", "text", "Why: refractory, MRD clearance, consolidation, bridge, salvage."),
        Column("line", "integer", "Line of therapy.", minimum=1, maximum=20),
        Column("cycle", "integer", "Cycle number within the course.", minimum=1, maximum=50),
    ),
)

TRANSPLANTS = Table(
    "transplants",
    "a graft infusion episode",
    "Day 0 is the date of the patient's first allogeneic transplant.",
    (
        _ID,
        _date("First day of the infusion."),
        Column("number", "integer", "First, second... transplant of the patient.", minimum=1, maximum=9),
        Column("type", "code", "Kind of transplant.", required=True, key=True, codes=TRANSPLANT_TYPE),
        Column("donor", "code", "Donor.", codes=DONOR),
        Column("donor_sex", "code", "Sex of the donor.", codes=SEX),
        Column("hla_match", "text", "Match with its resolution, such as 10/10."),
        Column("graft", "code", "Source of the cells.", codes=GRAFT),
        Column("cd34", "number", "CD34+ cells.", unit="10^6/kg", minimum=0, maximum=100, varies=True),
        Column(
            "tnc", "number", "Total nucleated cells.", unit="10^8/kg", minimum=0, maximum=200, varies=True
        ),
        Column("manipulation", "code", "What was done to the graft.", codes=MANIPULATION),
        Column("conditioning", "text", "Conditioning regimen, such as TBI-VP16."),
        Column("tbi_gy", "number", "Total body irradiation; 0 when none.", unit="Gy", minimum=0, maximum=16),
        Column("serotherapy", "text", "ATG, alemtuzumab or none."),
        Column("gvhd_prophylaxis", "text", "GVHD prophylaxis, such as CSA-MTX."),
        Column("remission", "code", "Remission at transplant.", codes=REMISSION),
        Column("cmv_donor", "code", "Donor CMV serostatus.", codes=SEROSTATUS),
        Column("cmv_recipient", "code", "Recipient CMV serostatus.", codes=SEROSTATUS),
    ),
)

MEASUREMENTS = Table(
    "measurements",
    "a result",
    "Laboratory results: counts, MRD, chimerism, viral load.",
    (
        _ID,
        _date("Day of the sample."),
        Column(
            "analyte", "code", "What was measured.", required=True, key=True, codes=ANALYTE, open_codes=True
        ),
        Column(
            "value",
            "number",
            "The number, or a word such as negative; an operator may stand before it.",
            required=True,
        ),
        Column("operator", "code", "How the value is meant.", codes=OPERATOR),
        Column("unit", "text", "Unit of the value."),
        Column("method", "text", "Method, such as flow, PCR, NGS, STR."),
        Column("specimen", "text", "Specimen, such as marrow, blood, CD3."),
        Column(
            "sensitivity",
            "number",
            "Smallest fraction the assay can see, such as 0.0001.",
            unit="fraction",
            minimum=0,
            maximum=1,
        ),
        Column(
            "upper_limit",
            "number",
            "Upper limit of normal of this laboratory, in the unit of the value.",
            minimum=0,
        ),
    ),
)

EVENTS = Table(
    "events",
    "something that happened",
    "Relapses, deaths, engraftment, GVHD, infections and complications.",
    (
        _ID,
        _date("The day it happened; empty when it is known to have happened but not when.", required=False),
        Column("event", "code", "What happened.", required=True, key=True, codes=EVENT),
        Column("grade", "text", "Grade in the system named beside it."),
        Column("system", "text", "Grading system, such as MAGIC, Glucksberg, NIH2014, ASTCT2019."),
        Column("site", "text", "Site, such as marrow, CNS, skin."),
        Column("cause", "text", "Cause of death, or the organism of an infection."),
        Column("detail", "text", "Anything else."),
        Column(
            "occurred", "flag", "No when it was looked for and did not happen; empty means yes.", codes=YES_NO
        ),
    ),
)

FOLLOW_UP = Table(
    "follow_up",
    "a contact",
    "Each day on which the patient's state was known; the last one ends follow-up.",
    (
        _ID,
        _date("Day of the contact."),
        Column("alive", "flag", "Alive on that day.", required=True, key=True, codes=YES_NO),
        Column("disease_status", "code", "State of the disease on that day.", codes=DISEASE_STATUS),
        Column("gvhd_active", "flag", "Active GVHD on that day.", codes=YES_NO),
    ),
)

#: The six tables, in the order of the workbook.
TABLES: tuple[Table, ...] = (PATIENTS, TREATMENTS, TRANSPLANTS, MEASUREMENTS, EVENTS, FOLLOW_UP)


def table(name: str) -> Table:
    """Return the table called ``name``.

    Raises
    ------
    KeyError
        When there is no such table.
    """
    for candidate in TABLES:
        if candidate.name == name:
            return candidate
    raise KeyError(name)


#: Columns that every ingested table gains: the source row; ``measurements`` also keeps the value's own words,
#: and ``patients`` the year of transplant.
ADDED: dict[str, tuple[tuple[str, str], ...]] = {
    "patients": (("row", "int64"), ("year", "int64")),
    "treatments": (("row", "int64"),),
    "transplants": (("row", "int64"),),
    "measurements": (("row", "int64"), ("text", "string")),
    "events": (("row", "int64"),),
    "follow_up": (("row", "int64"),),
}


def ingested_schema(name: str) -> dict[str, str]:
    """Return column name to type (``string``, ``int64``, ``float64``) of a table after ingest, in order.

    A patient's ``birth_date`` and ``age`` become one column ``age`` in years.
    """
    columns = dict(ADDED[name][:1])
    for column in table(name).columns:
        dtype: str = "float64" if column.after_ingest == "age" else column.dtype
        columns.setdefault(column.after_ingest, dtype)
    columns.update(ADDED[name][1:])
    return columns
