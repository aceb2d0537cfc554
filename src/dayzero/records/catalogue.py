"""Every rule that reading applies: id, severity, sentence, hint. Rules of the checks: :mod:`.checks`.

A sentence is a template: words in braces are filled in where the rule fires. What happened to the row or the
value is added by :class:`~dayzero.records.log.Log`, so that no sentence claims it.
"""

from __future__ import annotations

from typing import Final

from dayzero.records.catalogue_sources import FHIR, REDCAP
from dayzero.records.rule_text import RuleText

_FILE: Final = (
    RuleText(
        "records.other_sheet",
        "note",
        "sheet {number} of the workbook is none of the six tables and was not read",
        "rename it if it holds one of the tables; otherwise ignore this",
    ),
    RuleText("records.empty_table", "note", "the sheet is empty: the table has no rows"),
    RuleText("records.other_file", "note", "{count} other files in the folder were not read"),
    RuleText(
        "records.hidden_sheet",
        "warning",
        "the sheet is hidden in the workbook; it was read",
        "unhide it, so that everyone sees what is analysed",
    ),
    RuleText(
        "records.merged_cells",
        "warning",
        "cells are merged: only the upper left cell of {range} has a value, the others are read as empty",
        "unmerge them and fill in every cell",
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
    ),
    RuleText(
        "records.unknown_column",
        "warning",
        "the column is not one of the table's and was not read",
        "rename or remove it; the columns are listed by: dayzero template FILE.xlsx",
    ),
    RuleText(
        "records.misspelt_column",
        "error",
        "the column is not one of the table's and was not read, although it looks like '{near}'",
        "rename it to '{near}' if that is what it is",
    ),
    RuleText(
        "records.headless_column",
        "warning",
        "column number {number} has values but no header, and was not read",
        "give it a header, or empty it",
    ),
    RuleText("records.missing_column", "error", "the column is missing", "add it; write unknown where it is"),
    RuleText(
        "records.example_row",
        "note",
        "this is the template's example row",
        "delete it when the table has rows of its own",
    ),
)

_CELLS: Final = (
    RuleText(
        "records.error_cell",
        "error",
        "the cell holds the error {found}, not a value",
        "correct the formula, or type the value",
    ),
    RuleText(
        "records.formula_without_value",
        "error",
        "the cell holds a formula whose result was never calculated",
        "open the workbook in a spreadsheet program and save it, or type the value",
    ),
    RuleText(
        "records.typed_cell",
        "error",
        "the cell holds a date or a time where none belongs",
        "spreadsheets turn 10/10 or 1-2 into a date: format the column as text and type the value again",
    ),
    RuleText(
        "records.id_precision",
        "error",
        "the id is stored as a number of more than 15 digits, of which a spreadsheet keeps only the first 15",
        "format the column as text and type the ids again",
    ),
    RuleText(
        "records.id_like_name",
        "warning",
        "the id looks like a name or a date, and was replaced by '{pseudonym}' in every table",
        "give every patient a pseudonymous id; keep the list that links them at the centre",
    ),
    RuleText("records.unknown_code", "error", "'{found}' is not one of the column's codes"),
    RuleText(
        "records.open_code",
        "note",
        "'{found}' is not in the list of this column; it was kept as written",
        "spell it the same way everywhere",
    ),
    RuleText(
        "records.looks_missing",
        "warning",
        "'{found}' looks like a code for 'not recorded', but was kept as written ({count} cells)",
        "empty the cells, write unknown, or declare the code in a mapping: missing = [...]",
    ),
    RuleText("records.not_a_number", "error", "'{found}' is not a number"),
    RuleText(
        "records.ambiguous_comma",
        "error",
        "'{found}' can be read with its mark as decimal mark or as thousands separator",
        "write the number with a decimal point",
    ),
    RuleText(
        "records.decimal_comma",
        "note",
        "numbers written with a decimal comma were read as such ({count} cells)",
        "write numbers with a decimal point",
    ),
    RuleText(
        "records.operator",
        "error",
        "'{found}' is a bound, not a number",
        "only the value of a measurement may have an operator",
    ),
    RuleText("records.unknown_unit", "error", "the unit '{found}' cannot be converted"),
    RuleText(
        "records.operator_conflict",
        "error",
        "the value and the column operator hold different operators",
        "keep one of them",
    ),
    RuleText(
        "records.unit_conflict",
        "error",
        "the value and the column unit hold different units",
        "keep one of them",
    ),
    RuleText("records.not_an_integer", "error", "'{found}' is not a whole number"),
    RuleText("records.implausible_number", "error", "{found} is outside the plausible range"),
    RuleText(
        "records.mrd_above_one",
        "error",
        "an MRD of {found} is more than all cells: it is probably a percentage without its unit",
        "write the percent sign or give the unit; 0.01 % is the fraction 0.0001",
    ),
    RuleText(
        "records.not_a_date", "error", "a cell of the form '{found}' is neither a date nor a day from day 0"
    ),
    RuleText(
        "records.ambiguous_date",
        "error",
        "a date of the form {found} does not say which number is the day, and no order was declared",
    ),
    RuleText(
        "records.wrong_date_order",
        "error",
        "a date contradicts the declared order {order}: its {found} does not exist",
        "correct the date, or declare the order that the whole column has",
    ),
    RuleText(
        "records.two_digit_year",
        "error",
        "a date of the form {found} has a year of two digits",
        "write the year with four digits",
    ),
    RuleText(
        "records.incomplete_date",
        "error",
        "a year alone is not a date",
        "give the day; if only the year is known, leave the cell empty",
    ),
    RuleText("records.implausible_date", "error", "a date lies in a year that cannot be"),
    RuleText(
        "records.implausible_day",
        "error",
        "{found} is no day of a patient's history",
        "a code for 'did not happen' must be declared (never, in the mapping); "
        "a date stored as a number must be formatted as a date",
    ),
    RuleText(
        "records.sentinel_suspected",
        "error",
        "{found} lies far from every other value of the column (up to {farthest}): it looks like a code for "
        "'none' or 'missing'",
        "declare it in the mapping (never or missing), or empty the cell",
    ),
    RuleText(
        "records.day_not_whole",
        "warning",
        "{found} is not a whole number of days; it was rounded to {day}",
        "give whole days, or declare the unit of the column",
    ),
    RuleText(
        "records.date_in_text",
        "warning",
        "a free text holds a calendar date, which was replaced by [date]",
        "calendar dates belong in date columns, where they become days from day 0",
    ),
)

_ROWS: Final = (
    RuleText("records.missing_key", "error", "'{column}' is empty: without it the row states no fact"),
    RuleText(
        "records.missing_value",
        "warning",
        "the cell is empty, but should be filled in",
        "write unknown if it is",
    ),
    RuleText("records.duplicate_row", "error", "the row repeats row {first}", "delete one of the two"),
    RuleText(
        "records.duplicate_patient",
        "error",
        "the patient is already in row {first}",
        "one row a patient: merge the two, or correct the id",
    ),
    RuleText(
        "records.unknown_patient",
        "error",
        "no patient of this id is in the table patients",
        "add the patient, or correct the id",
    ),
)

_DAY0: Final = (
    RuleText(
        "records.no_transplant",
        "warning",
        "no allogeneic transplant is recorded, so the patient has no day 0",
        "add the transplant; a patient who was never transplanted stays in the count of the cohort only",
    ),
    RuleText(
        "records.day0_unknown",
        "error",
        "the date or the type of a transplant is missing or unreadable, so day 0 cannot be told",
        "correct it",
    ),
    RuleText(
        "records.day0_not_zero",
        "error",
        "days count from the first allogeneic transplant, which must be day 0; found day {day}",
        "give the transplant as a date, or as day 0",
    ),
    RuleText(
        "records.transplant_order",
        "warning",
        "transplants are numbered in another order than their dates; the earliest date is day 0",
        "correct the numbers or the dates",
    ),
    RuleText(
        "records.not_placed",
        "error",
        "the patient has no day 0, so '{column}' cannot be placed in time",
        "add or correct the patient's first allogeneic transplant",
    ),
    RuleText(
        "records.no_calendar",
        "error",
        "'{column}' is a calendar date, but the patient's transplant is given as a day, not as a date",
        "give both as dates or both as days",
    ),
    RuleText(
        "records.age_disagrees",
        "warning",
        "the age given is more than a year off the age by date of birth, which was used ({computed})",
        "correct the age or the date of birth",
    ),
    RuleText(
        "records.birth_after_day0", "error", "the date of birth is after day 0", "correct the date of birth"
    ),
    RuleText("records.age_capped", "note", "an age above 90 was set to 90, so that it identifies nobody"),
)

_EVENTS: Final = (
    RuleText(
        "records.event_contradiction",
        "error",
        "'{event}' is recorded as {occurred}, but {day}; {taken}",
        "correct one of the two",
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
    ),
    RuleText("records.missing_optional", "note", "no value for {count} of {total} {of}: {rows}"),
    RuleText(
        "records.converted_time",
        "note",
        "times in {unit} were converted to days ({factor} days each) and rounded to whole days",
        "give days where they are known",
    ),
    RuleText(
        "records.unmapped_required",
        "note",
        "no column of the file is mapped to {table}.{column}",
        "map it if the file has it",
    ),
    RuleText(
        "records.unmapped_columns", "note", "{count} columns of the file are not mapped and were not read"
    ),
)

RULES: Final[dict[str, RuleText]] = {
    rule.id: rule for rule in (*_FILE, *_CELLS, *_ROWS, *_DAY0, *_EVENTS, *_FLAT, *FHIR, *REDCAP)
}
