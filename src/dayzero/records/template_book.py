"""Make the empty workbook that a centre fills in: six sheets, lists to choose from, what columns mean."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from dayzero.errors import BadInputError
from dayzero.records.matching import EXAMPLE
from dayzero.records.tables import TABLES

if TYPE_CHECKING:
    from dayzero.records.schema import Column, Table

#: Rows for which lists to choose from are set up.
LAST_ROW: Final = 20_000
#: Written into the file in place of the moment it was made, so that two templates are the same bytes.
_CREATED: Final = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
#: Longest list of codes that a spreadsheet accepts inside a validation; longer ones stand in a sheet.
_LONGEST_LIST: Final = 255

_INSTRUCTIONS: Final = (
    "One sheet a table. One row is one fact about one patient on one day.",
    "Columns with a dark header must be filled in; write unknown where it is unknown.",
    "An empty cell means not recorded. unknown, not done, not applicable, negative: four other answers.",
    "Dates: as 2023-05-17, or as days from day 0, such as 15, D+15 or -7.",
    "Day 0 is the day of the patient's first allogeneic transplant.",
    "Dates written as 03/04/2023 are read only when their order is declared.",
    "At the end of reading only days from day 0 remain: no date of birth, no calendar date.",
    "patient_id is a pseudonym. The list that links it to a person stays at the centre, outside this file.",
    "Point at a header to read what the column holds. Coded columns offer a list.",
    f"The rows of patient {EXAMPLE} are examples and are never read. Delete them or leave them.",
)

#: One example row a table; its values are read like any other in the tests.
EXAMPLES: Final[dict[str, dict[str, object]]] = {
    "patients": {
        "sex": "female",
        "birth_date": "2015-03-21",
        "diagnosis": "acute lymphoblastic leukaemia",
        "diagnosis_date": "2021-02-10",
        "immunophenotype": "B-ALL",
        "cytogenetics": "KMT2A rearranged",
        "cns_status": "CNS1",
        "first_line_end": "2023-02-28",
        "centre": "A",
    },
    "treatments": {
        "agent": "blinatumomab",
        "start": "2023-09-04",
        "stop": "2023-10-02",
        "dose": 15,
        "unit": "ug/m2/day",
        "indication": "consolidation",
        "line": 2,
        "cycle": 1,
    },
    "transplants": {
        "date": "2023-11-15",
        "number": 1,
        "type": "allogeneic",
        "donor": "matched unrelated",
        "hla_match": "10/10",
        "graft": "bone marrow",
        "cd34": 5.2,
        "manipulation": "none",
        "conditioning": "TBI-VP16",
        "tbi_gy": 12,
        "serotherapy": "ATG",
        "gvhd_prophylaxis": "CSA-MTX",
        "remission": "CR2",
        "cmv_donor": "positive",
        "cmv_recipient": "negative",
    },
    "measurements": {
        "date": -6,
        "analyte": "MRD",
        "value": "<0.01%",
        "method": "flow",
        "specimen": "marrow",
        "sensitivity": 0.0001,
    },
    "events": {
        "date": "D+18",
        "event": "neutrophil engraftment",
        "occurred": "yes",
    },
    "follow_up": {
        "date": "2024-11-20",
        "alive": "yes",
        "disease_status": "complete remission",
        "gvhd_active": "no",
    },
}


def template(path: str | Path) -> Path:
    """Write the workbook to fill in.

    Parameters
    ----------
    path : str or Path
        A file ending in .xlsx that does not exist yet.

    Returns
    -------
    Path
        The file written; the same bytes each time.

    Raises
    ------
    BadInputError
        When the file exists, which might hold a centre's data, or cannot be written.
    """
    target = Path(path)
    if target.suffix.lower() != ".xlsx":
        raise BadInputError(
            what="the template is an Excel workbook", where=target.name, allowed="a name ending in .xlsx"
        )
    if target.exists():
        raise BadInputError(
            what="the file exists and is not overwritten",
            where=target.name,
            allowed="a name that is not taken",
            hint="choose another name, or remove the file yourself",
        )
    if not target.parent.is_dir():
        raise BadInputError(what="the folder does not exist", where=str(target.parent), hint="make it first")
    _write(target)
    return target


def _write(target: Path) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(str(target), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": "dayzero records", "created": _CREATED})
        formats = {
            "required": book.add_format({"bold": True, "bg_color": "#1F3A5F", "font_color": "#FFFFFF"}),
            "optional": book.add_format({"bold": True, "bg_color": "#DCE6F1"}),
            "text": book.add_format({"num_format": "@"}),
            "example": book.add_format({"italic": True, "font_color": "#7F7F7F", "num_format": "@"}),
            "example number": book.add_format({"italic": True, "font_color": "#7F7F7F"}),
        }
        page = book.add_worksheet("read me")
        page.set_column(0, 0, 110)
        for row, line in enumerate(_INSTRUCTIONS):
            page.write_string(row, 0, line)
        sheets = {table.name: book.add_worksheet(table.name) for table in TABLES}
        codes = _CodeSheet(book)
        for table in TABLES:
            _write_table(sheets[table.name], table, formats, codes)


class _CodeSheet:
    """The hidden sheet of lists that are too long for a validation."""

    def __init__(self, book: Any) -> None:
        self._sheet = book.add_worksheet("codes")
        self._sheet.hide()
        self._column = 0

    def source(self, values: list[str]) -> list[str] | str:
        """Return what a validation takes for these values: the list itself, or where it stands."""
        if len(",".join(values)) <= _LONGEST_LIST:
            return values
        column = self._column
        self._column += 1
        for row, value in enumerate(values):
            self._sheet.write_string(row, column, value)
        letter = chr(ord("A") + column)
        return f"=codes!${letter}$1:${letter}${len(values)}"


def _write_table(sheet: Any, table: Table, formats: dict[str, Any], codes: _CodeSheet) -> None:
    sheet.freeze_panes(1, 1)
    example = {"patient_id": EXAMPLE, **EXAMPLES[table.name]}
    for position, column in enumerate(table.columns):
        typed_as_text = column.type in ("id", "text", "code", "flag")
        sheet.set_column(
            position, position, max(12, len(column.name) + 3), formats["text"] if typed_as_text else None
        )
        header = formats["required" if column.required else "optional"]
        sheet.write_string(0, position, column.name, header)
        sheet.write_comment(
            0, position, comment(column), {"x_scale": 2.2, "y_scale": 1.6, "author": "dayzero"}
        )
        value = example.get(column.name)
        if isinstance(value, (int, float)):
            sheet.write_number(1, position, value, formats["example number"])
        elif value is not None:
            sheet.write_string(1, position, str(value), formats["example"])
        if column.codes:
            sheet.data_validation(1, position, LAST_ROW, position, _validation(column, codes))


def comment(column: Column) -> str:
    """Return what a header says when it is pointed at."""
    lines = [column.description]
    if column.type == "date":
        lines.append("A date such as 2023-05-17, or days from day 0 such as 15, D+15 or -7.")
    elif column.unit:
        lines.append(f"Unit: {column.unit}.")
    if column.codes:
        lines.append("One of: " + ", ".join(code.value for code in column.codes) + ".")
    lines.append("Required." if column.required else "May be empty.")
    return "\n".join(lines)


def _validation(column: Column, codes: _CodeSheet) -> dict[str, Any]:
    return {
        "validate": "list",
        "source": codes.source([code.value for code in column.codes]),
        "error_type": "information" if column.open_codes else "stop",
        "error_title": column.name,
        "error_message": "Not in the list; it will be kept as written."
        if column.open_codes
        else "Choose one of the list, or write unknown where the list has it.",
    }
