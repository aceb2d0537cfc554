"""What a spreadsheet library does not tell: failed or uncalculated formulas, percent formats, bombs.

The sheet XML of an .xlsx file is read with the standard library, in bounded pieces, with entities refused.
"""

from __future__ import annotations

import lzma
import posixpath
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from xml.parsers import expat  # the handlers below refuse every document type, so no entity can expand

from dayzero.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

#: Uncompressed bytes beyond which a workbook is not opened.
LARGEST: Final = 1_000_000_000
#: Cells that a sheet may span, empty ones included.
WIDEST: Final = 30_000_000
_CELL = re.compile(r"([A-Z]+)([0-9]+)")
#: What a sheet with a formula, or with the error of one, holds somewhere. These are short on purpose: a whole
#: sheet is searched, and where anything like one is found, its cells are followed one by one.
_FORMULA = re.compile(rb"[<:]f[\s>/]")
_ERRORS: Final = (b'"e"', b"'e'")
_PERCENT_IDS: Final = frozenset({"9", "10"})

#: What reading a broken archive or broken XML may raise; RuntimeError stands for an encrypted member.
_BROKEN: Final = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    lzma.LZMAError,
    expat.ExpatError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)

Place = tuple[int, int]


@dataclass
class SheetScan:
    """Zero-based (row, column) places in one sheet.

    Attributes
    ----------
    errors : dict of place to str
        Failed formulas, with what the cell shows; an empty text for a formula that was never calculated.
    percents : set of place
        Numbers shown as percent.
    """

    errors: dict[Place, str] = field(default_factory=dict)
    percents: set[Place] = field(default_factory=set)


def scan(path: Path) -> dict[str, SheetScan]:
    """Return what each sheet of an .xlsx workbook hides, by sheet name.

    Raises
    ------
    BadInputError
        When the file is no workbook, is damaged, or would fill the memory.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_bomb(archive, path.name)
            return _scan_sheets(archive, path.name)
    except _BROKEN as error:
        raise damaged(path.name) from error


def damaged(name: str) -> BadInputError:
    """Word the refusal of a workbook that cannot be opened."""
    return BadInputError(
        what="the workbook is damaged or incomplete",
        where=name,
        allowed="a workbook that a spreadsheet program can open",
        hint="open it, save it again under a new name, and check that the copy was complete",
    )


def _refuse_bomb(archive: zipfile.ZipFile, name: str) -> None:
    if sum(info.file_size for info in archive.infolist()) > LARGEST:
        raise BadInputError(
            what="the workbook unpacks to more than a gigabyte",
            where=name,
            allowed=f"at most {LARGEST // 1_000_000} megabytes unpacked",
            hint="give the tables as CSV or Parquet files",
        )
    if "xl/workbook.xml" not in archive.namelist():
        raise BadInputError(
            what="the file is a zip archive, but not an Excel workbook",
            where=name,
            hint="unpack it, or save the workbook as .xlsx",
        )


def _scan_sheets(archive: zipfile.ZipFile, name: str) -> dict[str, SheetScan]:
    targets: dict[str, str] = {}
    _parse(
        _read(archive, "xl/_rels/workbook.xml.rels"),
        lambda tag, attributes: (
            targets.update({attributes.get("Id", ""): attributes.get("Target", "")})
            if tag == "Relationship"
            else None
        ),
    )
    sheets: list[tuple[str, str]] = []
    _parse(
        _read(archive, "xl/workbook.xml"),
        lambda tag, attributes: (
            sheets.append((attributes.get("name", ""), _relation(attributes))) if tag == "sheet" else None
        ),
    )
    percent_styles = _percent_styles(archive)
    found = {}
    for sheet, relation in sheets:
        member = _member(targets.get(relation, ""))
        if member in archive.namelist() and "worksheets" in member:
            data = _read(archive, member)
            _refuse_span(data, name)
            found[sheet] = _scan_sheet(data, percent_styles)
    return found


def _relation(attributes: Mapping[str, str]) -> str:
    return next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")


def _member(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")


def _read(archive: zipfile.ZipFile, member: str) -> bytes:
    with archive.open(member) as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise zipfile.BadZipFile
    return data


def _parse(
    data: bytes,
    start: Callable[[str, dict[str, str]], object],
    end: Callable[[str], object] | None = None,
    text: Callable[[str], object] | None = None,
) -> None:
    """Call back for every element, by its name without prefix; refuse a document type declaration."""

    def refuse(*_: object) -> None:
        raise zipfile.BadZipFile

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda tag, attributes: start(tag.rpartition(":")[2], attributes)
    if end is not None:
        parser.EndElementHandler = lambda tag: end(tag.rpartition(":")[2])
    if text is not None:
        parser.CharacterDataHandler = text
    parser.Parse(data, True)


def _percent_styles(archive: zipfile.ZipFile) -> frozenset[str]:
    """Return the style numbers of cells that show a percentage."""
    if "xl/styles.xml" not in archive.namelist():
        return frozenset()
    formats = set(_PERCENT_IDS)
    styles: list[str] = []
    inside: list[bool] = [False]

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "numFmt" and "%" in re.sub(r'"[^"]*"|\\.', "", attributes.get("formatCode", "")):
            formats.add(attributes.get("numFmtId", ""))
        elif tag == "cellXfs":
            inside[0] = True
        elif tag == "xf" and inside[0]:
            styles.append(attributes.get("numFmtId", "0"))

    def end(tag: str) -> None:
        if tag == "cellXfs":
            inside[0] = False

    _parse(_read(archive, "xl/styles.xml"), start, end)
    return frozenset(str(number) for number, identity in enumerate(styles) if identity in formats)


def _refuse_span(data: bytes, name: str) -> None:
    """Refuse a sheet whose cells lie so far apart that reading it would fill the memory."""
    height, width = _span(data)
    if height * width > WIDEST:  # the quick search takes words of a cell for a cell: look again
        height, width = _span(data, rb"<(?:\w+:)?")
    if height * width > WIDEST:
        raise BadInputError(
            what=f"a sheet spans {height:,} rows and {width:,} columns",
            where=name,
            allowed=f"at most {WIDEST:,} cells, empty ones included",
            hint="a stray cell lies far from the table: delete the empty rows and columns after it",
        )


def _span(data: bytes, before: bytes = b"") -> tuple[int, int]:
    """Return how many rows and columns cells name; to ask what stands ``before`` takes twice as long."""
    columns = set(re.findall(before + rb'c r=["\']([A-Z]{1,3})[0-9]', data))
    rows = re.findall(before + rb'row r=["\']([0-9]{1,7})["\']', data)
    width = max((_column_number(letters.decode()) + 1 for letters in columns), default=0)
    return max(map(int, rows), default=0), width


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _scan_sheet(data: bytes, percent_styles: frozenset[str]) -> SheetScan:
    wanted = any(mark in data for mark in _ERRORS) or _FORMULA.search(data) is not None
    if not wanted and not percent_styles:
        return SheetScan()
    reader = _SheetReader(percent_styles)
    _parse(data, reader.start, reader.end, reader.text)
    return reader.found


class _SheetReader:
    """Follow the cells of one sheet; cells without a reference stand after the one before."""

    def __init__(self, percent_styles: frozenset[str]) -> None:
        self.found = SheetScan()
        self._percent_styles = percent_styles
        self._row, self._column = -1, -1
        self._attributes: dict[str, str] = {}
        self._formula = False
        self._in_value = False
        self._value = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "row":
            self._row = int(attributes.get("r", self._row + 2)) - 1
            self._column = -1
        elif tag == "c":
            self._place(attributes.get("r", ""))
            self._attributes, self._formula, self._value = attributes, False, ""
        elif tag == "f":
            self._formula = True
        elif tag in ("v", "t"):
            self._in_value = True

    def _place(self, reference: str) -> None:
        match = _CELL.fullmatch(reference)
        if match is None:
            self._column += 1
        else:
            self._row, self._column = int(match[2]) - 1, _column_number(match[1])

    def text(self, text: str) -> None:
        if self._in_value:
            self._value += text

    def end(self, tag: str) -> None:
        if tag in ("v", "t"):
            self._in_value = False
        elif tag == "c":
            self._close_cell()

    def _close_cell(self) -> None:
        place = (self._row, self._column)
        kind = self._attributes.get("t", "n")
        if kind == "e":
            self.found.errors[place] = self._value or "#ERROR"
        elif self._formula and not self._value and kind != "str":
            self.found.errors[place] = ""
        elif kind == "n" and self._value and self._attributes.get("s", "0") in self._percent_styles:
            self.found.percents.add(place)
