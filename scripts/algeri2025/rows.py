"""The rows of the six tables while they are being collected."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from dayzero.records.tables import TABLES

if TYPE_CHECKING:
    from algeri2025.cohort import Patient

Row = dict[str, object]


class Rows:
    """Rows by table; a column that a table does not have is an error."""

    def __init__(self) -> None:
        self.tables: dict[str, list[Row]] = {table.name: [] for table in TABLES}
        self._columns = {table.name: set(table.names) for table in TABLES}

    def add(self, table: str, patient: Patient, **values: object) -> None:
        """Add a row about a patient; values that are ``None`` stay empty."""
        unknown = set(values) - self._columns[table]
        if unknown:
            msg = f"{table} has no column {', '.join(sorted(unknown))}"
            raise KeyError(msg)
        self.tables[table].append({"patient_id": patient.patient_id, **values})

    def course(self, patient: Patient, agent: str, start: int, stop: int, **values: object) -> None:
        """Add a course of treatment from its first to its last day."""
        self.add("treatments", patient, agent=agent, start=patient.on(start), stop=patient.on(stop), **values)

    def in_order(self, table: str) -> list[Row]:
        """Return the rows patient by patient, each patient's by day."""
        patients = {row["patient_id"]: n for n, row in enumerate(self.tables["patients"])}

        def key(row: Row) -> tuple[int, object]:
            return patients[row["patient_id"]], row.get("date") or row.get("start") or date.min

        return sorted(self.tables[table], key=key)
