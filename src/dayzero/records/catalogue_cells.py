"""The rules that a single cell can break; the others: :mod:`.catalogue`."""

from __future__ import annotations

from typing import Final

from dayzero.records.kahn import ATEMPORAL, COMPUTATIONAL, RELATIONAL, TEMPORAL
from dayzero.records.rule_text import RuleText

CELLS: Final = (
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
        one="'{found}' looks like a code for 'not recorded', but was kept as written (1 cell)",
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
        one="a number written with a decimal comma was read as such (1 cell)",
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
        kahn=RELATIONAL,
    ),
    RuleText(
        "records.unit_conflict",
        "error",
        "the value and the column unit hold different units",
        "keep one of them",
        kahn=RELATIONAL,
    ),
    RuleText("records.not_an_integer", "error", "'{found}' is not a whole number"),
    RuleText("records.implausible_number", "error", "{found} is outside the plausible range", kahn=ATEMPORAL),
    RuleText(
        "records.mrd_above_one",
        "error",
        "an MRD of {found} is more than all cells: it is probably a percentage without its unit",
        "write the percent sign or give the unit; 0.01 % is the fraction 0.0001",
        kahn=ATEMPORAL,
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
        "a date of the form {found} contradicts the declared order {order}: it has no such month",
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
    RuleText(
        "records.month_only",
        "error",
        "a date of the form {found} has no day",
        'give the day; or declare which day of the month stands for it: partial_dates = "middle"',
    ),
    RuleText(
        "records.day_imputed",
        "note",
        "dates without a day were set to the {found} day of their month, as declared ({count} cells)",
        "times from or to such a date are off by up to a month",
        one="a date without a day was set to the {found} day of its month, as declared (1 cell)",
    ),
    RuleText(
        "records.unit_missing",
        "error",
        "{found} without a unit is implausible in {unit}, and plausible in {other}",
        "write the unit: none is assumed",
        kahn=ATEMPORAL,
    ),
    RuleText(
        "records.unit_assumed",
        "note",
        "results without a unit were read as {found} ({count} cells)",
        "write the unit: results in another unit would pass unseen",
        one="a result without a unit was read as {found} (1 cell)",
    ),
    RuleText("records.implausible_date", "error", "a date lies in a year that cannot be", kahn=TEMPORAL),
    RuleText(
        "records.implausible_day",
        "error",
        "{found} is no day of a patient's history",
        "a code for 'did not happen' must be declared (never, in the mapping); "
        "a date stored as a number must be formatted as a date",
        kahn=TEMPORAL,
    ),
    RuleText(
        "records.sentinel_suspected",
        "error",
        "{found} lies far from every other value of the column (up to {farthest}): it looks like a code for "
        "'none' or 'missing'",
        "declare it in the mapping (never or missing), or empty the cell",
        kahn=ATEMPORAL,
    ),
    RuleText(
        "records.day_not_whole",
        "warning",
        "{found} is not a whole number of days; it was rounded to {day}",
        "give whole days, or declare the unit of the column",
        kahn=COMPUTATIONAL,
    ),
    RuleText(
        "records.date_in_text",
        "warning",
        "a free text holds a calendar date, which was replaced by [date]",
        "calendar dates belong in date columns, where they become days from day 0",
    ),
)
