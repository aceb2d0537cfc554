"""Every rule that reading applies: id, severity, sentence, hint. Rules of the checks: :mod:`.checks`.

A sentence is a template: words in braces are filled in where the rule fires. What happened to the row or the
value is added by :class:`~dayzero.records.log.Log`, so that no sentence claims it.
"""

from __future__ import annotations

from typing import Final

from dayzero.records.catalogue_cells import CELLS
from dayzero.records.catalogue_sources import FHIR, REDCAP
from dayzero.records.kahn import COMPLETENESS, COMPUTATIONAL, RELATIONAL, TEMPORAL, UNIQUENESS
from dayzero.records.rule_text import RuleText

_FILE: Final = (
    RuleText(
        "records.other_sheet",
        "note",
        "sheet {number} of the workbook is none of the six tables and was not read",
        "rename it if it holds one of the tables; otherwise ignore this",
        kahn=RELATIONAL,
    ),
    RuleText(
        "records.misspelt_sheet",
        "error",
        "sheet {number} of the workbook was not read, although its name looks like '{near}'",
        "rename it to '{near}' if that is what it holds",
        kahn=RELATIONAL,
    ),
    RuleText("records.empty_table", "note", "the sheet is empty: the table has no rows", kahn=RELATIONAL),
    RuleText(
        "records.other_file",
        "note",
        "{count} other files in the folder were not read",
        one="1 other file in the folder was not read",
        kahn=RELATIONAL,
    ),
    RuleText(
        "records.hidden_sheet",
        "warning",
        "the sheet is hidden in the workbook; it was read",
        "unhide it, so that everyone sees what is analysed",
        kahn=RELATIONAL,
    ),
    RuleText(
        "records.merged_cells",
        "warning",
        "cells are merged: only the upper left cell of {range} has a value, the others are read as empty",
        "unmerge them and fill in every cell",
        kahn=RELATIONAL,
    ),
    RuleText(
        "records.format_limits",
        "note",
        "this file format hides formula errors and percent formats: a failed formula reads as an empty cell",
        "save the file as .xlsx to have them found",
    ),
    RuleText(
        "records.encoding", "note", "the file is not UTF-8; it was read as {encoding}", "save it as UTF-8"
    ),
    RuleText("records.separator", "note", "columns are separated by {separator}"),
    RuleText(
        "records.ragged_row",
        "error",
        "the row has {cells} cells where the header has {columns}: values may stand in the wrong columns",
        "a separator is missing, or stands inside a text without quotation marks",
        kahn=RELATIONAL,
    ),
    RuleText(
        "records.unknown_column",
        "warning",
        "the column is not one of the table's and was not read",
        "rename or remove it; the columns are listed by: dayzero template FILE.xlsx",
        kahn=RELATIONAL,
    ),
    RuleText(
        "records.misspelt_column",
        "error",
        "the column is not one of the table's and was not read, although it looks like '{near}'",
        "rename it to '{near}' if that is what it is",
        kahn=RELATIONAL,
    ),
    RuleText(
        "records.headless_column",
        "warning",
        "column number {number} has values but no header, and was not read",
        "give it a header, or empty it",
        kahn=RELATIONAL,
    ),
    RuleText(
        "records.missing_column",
        "error",
        "the column is missing",
        "add it; write unknown where it is",
        kahn=RELATIONAL,
    ),
    RuleText(
        "records.example_row",
        "note",
        "this is the template's example row",
        "delete it when the table has rows of its own",
        kahn=RELATIONAL,
    ),
)

_ROWS: Final = (
    RuleText(
        "records.missing_key",
        "error",
        "'{column}' is empty: without it the row states no fact",
        kahn=RELATIONAL,
    ),
    RuleText(
        "records.missing_value",
        "warning",
        "the cell is empty, but should be filled in",
        "write unknown if it is",
        kahn=COMPLETENESS,
    ),
    RuleText(
        "records.duplicate_row",
        "error",
        "the row repeats row {first}",
        "delete one of the two",
        kahn=UNIQUENESS,
    ),
    RuleText(
        "records.duplicate_patient",
        "error",
        "the patient is already in row {first}",
        "one row a patient: merge the two, or correct the id",
        kahn=UNIQUENESS,
    ),
    RuleText(
        "records.unknown_patient",
        "error",
        "no patient of this id is in the table patients",
        "add the patient, or correct the id",
        kahn=RELATIONAL,
    ),
)

_DAY0: Final = (
    RuleText(
        "records.no_transplant",
        "warning",
        "no allogeneic transplant is recorded, so the patient has no day 0",
        "add the transplant; a patient who was never transplanted stays in the count of the cohort only",
        kahn=COMPLETENESS,
    ),
    RuleText(
        "records.day0_unknown",
        "error",
        "the date or the type of a transplant is missing or unreadable, so day 0 cannot be told",
        "correct it",
        kahn=COMPLETENESS,
    ),
    RuleText(
        "records.day0_not_zero",
        "error",
        "days count from the first allogeneic transplant, which must be day 0; found day {day}",
        "give the transplant as a date, or as day 0",
        kahn=TEMPORAL,
    ),
    RuleText(
        "records.transplant_order",
        "warning",
        "transplants are numbered in another order than their dates; the earliest date is day 0",
        "correct the numbers or the dates",
        kahn=TEMPORAL,
    ),
    RuleText(
        "records.not_placed",
        "error",
        "the patient has no day 0, so '{column}' cannot be placed in time",
        "add or correct the patient's first allogeneic transplant",
        kahn=TEMPORAL,
    ),
    RuleText(
        "records.no_calendar",
        "error",
        "'{column}' is a calendar date, but the patient's transplant is given as a day, not as a date",
        "give both as dates or both as days",
        kahn=TEMPORAL,
    ),
    RuleText(
        "records.age_disagrees",
        "warning",
        "the age given is more than a year off the age by date of birth, which was used ({computed})",
        "correct the age or the date of birth",
        kahn=COMPUTATIONAL,
    ),
    RuleText(
        "records.birth_after_day0",
        "error",
        "the date of birth is after day 0",
        "correct the date of birth",
        kahn=TEMPORAL,
    ),
    RuleText(
        "records.age_capped",
        "note",
        "an age above 90 was set to 90, so that it identifies nobody",
        kahn=COMPUTATIONAL,
    ),
)

_EVENTS: Final = (
    RuleText(
        "records.event_contradiction",
        "error",
        "'{event}' is recorded as {occurred}, but {day}; {taken}",
        "correct one of the two",
        kahn=RELATIONAL,
    ),
)

_FLAT: Final = (
    RuleText(
        "records.sentinel_used",
        "note",
        "the value {found} stands for 'it did not happen', as declared: {count} of {total} {of}",
    ),
    RuleText(
        "records.zero_means_yes",
        "note",
        "the mapping reads 0 as yes and 1 as no in this column",
        "make sure that this is how the file was coded",
    ),
    RuleText(
        "records.missing_values",
        "warning",
        "no value for {count} of {total} {of}: {rows}",
        "an empty cell is read as unknown, never as no",
        kahn=COMPLETENESS,
    ),
    RuleText(
        "records.missing_optional", "note", "no value for {count} of {total} {of}: {rows}", kahn=COMPLETENESS
    ),
    RuleText(
        "records.converted_time",
        "note",
        "times in {unit} were converted to days ({factor} days each) and rounded to whole days",
        "give days where they are known",
        kahn=COMPUTATIONAL,
    ),
    RuleText(
        "records.unmapped_required",
        "note",
        "no column of the file is mapped to {table}.{column}",
        "map it if the file has it",
        kahn=RELATIONAL,
    ),
    RuleText(
        "records.unmapped_columns",
        "note",
        "{count} columns of the file are not mapped and were not read",
        kahn=RELATIONAL,
        one="1 column of the file is not mapped and was not read",
    ),
)

RULES: Final[dict[str, RuleText]] = {
    rule.id: rule for rule in (*_FILE, *CELLS, *_ROWS, *_DAY0, *_EVENTS, *_FLAT, *FHIR, *REDCAP)
}
