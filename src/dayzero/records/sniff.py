"""What a file is by its first bytes, so that one that is not what its name says is refused plainly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dayzero.errors import BadInputError

if TYPE_CHECKING:
    from pathlib import Path

WORKBOOKS: Final = (".xlsx", ".xlsm", ".xls", ".ods")
DELIMITED: Final = (".csv", ".tsv", ".txt")
PARQUET: Final = (".parquet",)
JSON: Final = (".json", ".ndjson", ".jsonl")
READABLE: Final = (*WORKBOOKS, *DELIMITED, *PARQUET, *JSON)

_SIGNATURES: Final = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"PAR1", "parquet"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"{\\rtf", "an RTF document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"SQLite format 3", "an SQLite database"),
    (b"RDX", "an R data file"),
)
_TEXT_SIGNATURES: Final = (
    (b"<!doctype html", "an HTML page"),
    (b"<html", "an HTML page"),
    (b"<?xml", "an XML file"),
)
_BY_SUFFIX: Final = {
    **dict.fromkeys((".xlsx", ".xlsm", ".ods"), "zip"),
    ".xls": "ole",
    **dict.fromkeys((*DELIMITED, *JSON), "text"),
    ".parquet": "parquet",
}
_IN_WORDS: Final = {
    "zip": "a zip archive or a workbook",
    "ole": "an old Excel workbook, or a workbook with a password",
    "parquet": "a Parquet file",
    "text": "a text file",
    "binary": "a binary file",
}


def kind_of(head: bytes) -> str:
    """Return what the first bytes of a file say it is: zip, ole, parquet, text, or other words."""
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:20].lower()
    for signature, kind in _TEXT_SIGNATURES:
        if start.startswith(signature):
            return kind
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "text"
    return "binary" if b"\x00" in head else "text"


def refuse_impostor(path: Path) -> None:
    """Refuse a file that is empty, of a type that is not read, or not what its name says.

    Raises
    ------
    BadInputError
        With what the file is by its content.
    """
    suffix = path.suffix.lower()
    if suffix not in READABLE:
        raise BadInputError(
            what=f"a file of the type '{suffix or 'none'}' cannot be read",
            where=path.name,
            allowed=READABLE,
            hint="save it as an Excel workbook (.xlsx) or as CSV",
        )
    with path.open("rb") as file:
        head = file.read(4096)
    if not head.strip():
        raise BadInputError(what="the file is empty", where=path.name, hint="was the copy complete?")
    kind = kind_of(head)
    if kind == "ole" and suffix in (".xlsx", ".xlsm") and _encrypted(path):
        raise password_error(path)
    if kind != _BY_SUFFIX[suffix]:
        raise BadInputError(
            what=f"the file is not what its name says: by its content it is {_IN_WORDS.get(kind, kind)}",
            where=path.name,
            allowed=f"{_IN_WORDS[_BY_SUFFIX[suffix]]}, as the ending {suffix} says",
            hint="open it in the program that made it and save it as .xlsx or .csv",
        )


def password_error(path: Path) -> BadInputError:
    """Word the refusal of a workbook with a password."""
    return BadInputError(
        what="the workbook is protected by a password",
        where=path.name,
        allowed="a workbook without a password for opening",
        hint="save a copy without the password, in a folder that only your team can read",
    )


def _encrypted(path: Path) -> bool:
    return "EncryptedPackage".encode("utf-16-le") in path.read_bytes()
