"""Who the patient is: age, sex, disease."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

from dayzero.endpoints.definition import Variable
from dayzero.endpoints.frames import lazy
from dayzero.endpoints.variables.family import Family, known
from dayzero.records.tables import ingested_schema

if TYPE_CHECKING:
    from dayzero.records.model import Records

_TEXTS = ("sex", "diagnosis", "immunophenotype", "cytogenetics", "cns_status", "centre")
_NOTES = (
    Variable("age", "Age at transplant", "number", unit="years"),
    Variable("sex", "Sex", "category"),
    Variable("year", "Year of transplant", "number"),
    Variable("diagnosis", "Diagnosis", "category"),
    Variable("immunophenotype", "Immunophenotype", "category"),
    Variable("cytogenetics", "Cytogenetics", "category"),
    Variable("cns_status", "CNS status at diagnosis", "category"),
    Variable("centre", "Centre", "category"),
)


#: Stands before the name of a column beyond the schema, so that it meets no derived variable.
CUSTOM = "custom:"


def patient_family(records: Records) -> Family:
    """Return what the table of patients says; of several rows of one patient the first."""
    patients = lazy(records, "patients")
    declared = ingested_schema("patients")
    own = [name for name in patients.collect_schema().names() if name not in declared]
    frame = patients.filter(nw.col("row") == nw.col("row").min().over("patient_id")).select(
        "patient_id",
        "age",
        "year",
        *(known(name) for name in _TEXTS),
        nw.col("diagnosis_day").alias("_diagnosis_day"),
        nw.col("first_line_end_day").alias("_first_line_end_day"),
        *(nw.col(name).alias(f"{CUSTOM}{name}") for name in own),
    )
    return Family(frame, _NOTES)
