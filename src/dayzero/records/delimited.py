"""Read CSV and other delimited text: encoding and separator are detected, said, and never guessed per row."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from dayzero.errors import BadInputError
from dayzero.records.findings import Where
from dayzero.records.matching import make_grid

if TYPE_CHECKING:
    from pathlib import Path

    from dayzero.records.cells import Cell, Grid
    from dayzero.records.log import Log

_SEPARATORS: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}


def read_delimited(path: Path, log: Log) -> Grid:
    """Return the grid of one delimited file.

    Raises
    ------
    BadInputError
        As :func:`read_rows`, and when two columns have the same header.
    """
    return make_grid(path.name, read_rows(path, log))


def read_rows(path: Path, log: Log) -> list[tuple[int, list[Cell]]]:
    """Return the numbered rows of one delimited file, its header first.

    Every row must have as many cells as the header; a row that has not is refused, because its values may
    stand in the wrong columns. Empty cells after the last column do not count.

    Raises
    ------
    BadInputError
        When the file cannot be decoded, is binary, or has a quotation mark that never closes.
    """
    text, encoding = _decode(path)
    if encoding:
        log.add("records.encoding", Where(path.name), encoding=encoding)
    separator, start = _separator(text)
    if separator != ",":
        log.add("records.separator", Where(path.name), separator=_SEPARATORS[separator])
    records = _split(text, separator, path.name)[start:]
    width = len(_trimmed(records[0])) if records else 0
    rows: list[tuple[int, list[Cell]]] = []
    for number, record in enumerate(records, start + 1):
        cells = record if len(record) == width else _trimmed(record)
        if not "".join(cells).strip():
            continue
        if len(cells) > width or len(record) < width:
            log.add(
                "records.ragged_row",
                Where(path.name, number),
                outcome="row",
                cells=len(record),
                columns=width,
            )
            continue
        rows.append((number, [*cells, *[None] * (width - len(cells))]))
    return rows


def _trimmed(record: list[str]) -> list[str]:
    end = len(record)
    while end and not record[end - 1].strip():
        end -= 1
    return record[:end]


def _decode(path: Path) -> tuple[str, str]:
    """Return the text and, when it is not UTF-8, the name of its encoding."""
    data = path.read_bytes()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decoded(data, "utf-16", path), "UTF-16"
    if b"\x00" in data:
        raise BadInputError(what="the file is not text", where=path.name, hint="save the table as CSV")
    try:
        return data.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "Latin-1"


def _decoded(data: bytes, encoding: str, path: Path) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise BadInputError(
            what=f"the file says that it is {encoding.upper()}, but is not",
            where=path.name,
            hint="save it as UTF-8",
        ) from error


def _separator(text: str) -> tuple[str, int]:
    """Return the separator and the number of lines before the header (Excel may write ``sep=;`` first)."""
    first = text.split("\n", 1)[0].strip()
    if first.lower().startswith("sep=") and first[4:5] in _SEPARATORS:
        return first[4], 1
    widths = {mark: _width(text, mark) for mark in _SEPARATORS}
    return max(widths, key=lambda mark: widths[mark]), 0


def _width(text: str, separator: str) -> int:
    """Return how many columns the first row that is not blank has with this separator."""
    lines = csv.reader(io.StringIO(text[:100_000], newline=""), delimiter=separator)
    try:
        return next((len(record) for record in lines if any(record)), 0)
    except csv.Error:
        return 0


def _split(text: str, separator: str, name: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    records: list[list[str]] = []
    try:
        records.extend(reader)
    except csv.Error as error:
        raise BadInputError(
            what="a text in quotation marks is not closed, or a quotation mark stands inside it undoubled",
            where=f"{name}, row {len(records) + 1} or after",
            allowed='texts such as "a ""quoted"" word"',
            hint="correct the row, or save the table again from the program that made it",
        ) from error
    return records
