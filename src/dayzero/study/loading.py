"""From a study file to a checked protocol; every refusal names the file, the line, and what is allowed."""

from __future__ import annotations

import hashlib
import re
import tomllib
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dayzero.errors import BadInputError
from dayzero.records.queries import is_database
from dayzero.study import guardrails
from dayzero.study.toml_lines import key_lines, line_of

if TYPE_CHECKING:
    from dayzero.study.protocol import Protocol
    from dayzero.study.toml_lines import Path as KeyPath

_LARGEST = 1_000_000  # bytes; a study file has a few thousand
_KINDS = {
    bool: "true/false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    list: "a list",
    dict: "a table",
}
_WANTED = {
    "string_type": "a text between quotes",
    "string_too_short": "a text that is not empty",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "tuple_type": "a list, such as [24]",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "date_type": "a date without quotes, such as 2024-03-31",
    "date_from_datetime_inexact": "a date without a time, such as 2024-03-31",
}
#: Keys that people look for, and why they do not exist.
_KEY_HINTS = {
    **dict.fromkeys(("kind", "method", "estimator", "model"), guardrails.ONE_MINUS_KAPLAN_MEIER.hint),
    "claims": "each claim is a table of its own: [[claim]]",
    "outcomes": "each outcome is a table of its own: [[outcome]]",
    "group": "groups are tables: [groups.NAME]",
    "figure": "figures are tables: [figures.1]",
    "name": "the endpoint's name goes into endpoint",
}
#: The same for keys of ``[[model]]``.
_MODEL_KEY_HINTS = {
    **dict.fromkeys(("kind", "method", "model", "cause", "causes"), guardrails.FINE_GRAY_ALONE.hint),
    **dict.fromkeys(("selection", "stepwise", "step", "select"), guardrails.SELECTED_BY_OUTCOME.hint),
    **dict.fromkeys(("cutpoint", "cutoff", "cut_point"), guardrails.SELECTED_BY_OUTCOME.hint),
}


@dataclass(frozen=True)
class Study:
    """A study file, read and checked.

    Attributes
    ----------
    protocol : Protocol
    name : str
        File name, without the path that leads to it.
    folder : pathlib.Path
        Folder that ``data.source`` is relative to.
    sha256 : str
        Hash of the file's bytes.
    lines : dict
        Line of each key.
    """

    protocol: Protocol
    name: str
    folder: Path
    sha256: str
    lines: dict[KeyPath, int] = field(default_factory=dict, repr=False)

    def at(self, *path: str | int) -> str:
        """Return file and line of a key, as messages name it."""
        return _place(self.name, self.lines, path)


def load_study(path: str | Path) -> Study:
    """Read a study file.

    Parameters
    ----------
    path : str or pathlib.Path
        The TOML file.

    Raises
    ------
    BadInputError
        The file is missing, is no text, is not TOML, or holds a key or value that is not allowed.
    """
    path = Path(path)
    raw = _bytes_of(path)
    return parse_study(_text_of(raw, path.name), path.name, path.parent, hashlib.sha256(raw).hexdigest())


def parse_study(text: str, name: str = "study.toml", folder: str | Path = ".", sha256: str = "") -> Study:
    """Parse and check the text of a study file; ``sha256`` defaults to the hash of the text."""
    from dayzero.study.protocol_checks import check_protocol

    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(name, text, str(error)) from None
    lines = key_lines(text)
    digest = sha256 or hashlib.sha256(text.encode()).hexdigest()
    study = Study(_validated(document, name, lines), name, Path(folder), digest, lines)
    check_protocol(study)
    return study


def _bytes_of(path: Path) -> bytes:
    hint = "dayzero run takes a study file; `dayzero demo` makes four to start from"
    if path.is_dir():
        what = "this is a folder, not a study file"
        raise BadInputError(what, where=path.name, allowed="a TOML file, such as study.toml", hint=hint)
    try:
        if path.stat().st_size > _LARGEST:
            what = "the file is too large for a study file"
            raise BadInputError(what, where=path.name, allowed="a TOML text of up to 1 MB", hint=hint)
        return path.read_bytes()
    except FileNotFoundError:
        what = "there is no such file"
        raise BadInputError(what, where=str(path), hint=_nearby(path)) from None
    except OSError as error:
        what = f"the file cannot be read ({error.strerror})"
        raise BadInputError(what, where=path.name) from None


def _nearby(path: Path) -> str:
    """Name the study files that do exist in the folder."""
    if not path.parent.is_dir():
        return f"the folder '{path.parent}' does not exist"
    others = sorted(other.name for other in path.parent.glob("*.toml"))
    return f"study files there: {', '.join(others[:8])}" if others else "the folder has no .toml file"


def _text_of(raw: bytes, name: str) -> str:
    if not raw.strip():
        what = "the study file is empty"
        raise BadInputError(
            what, where=name, allowed="a TOML text", hint="start with [study] and title = '...'"
        )
    kind = _binary_kind(raw)
    if kind:
        what = f"this is {kind}, not a study file"
        hint = "the study file is a text; it names the data: [data] source = 'cohort.xlsx'"
        raise BadInputError(what, where=name, allowed="a TOML text", hint=hint)
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        what = "the study file is not UTF-8 text"
        hint = "save it as UTF-8 in your editor"
        raise BadInputError(what, where=f"{name}, line {line}", allowed="UTF-8", hint=hint) from None


def _binary_kind(raw: bytes) -> str:
    if raw.startswith(b"PK\x03\x04"):
        return "an Excel workbook or another zip file"
    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        return "an old or password-protected Office file"
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16 text (save it as UTF-8)"
    return "a binary file" if b"\x00" in raw else ""


def _syntax_error(name: str, text: str, message: str) -> BadInputError:
    match = re.search(r"\(at line (\d+), column (\d+)\)|\(at end of document\)", message)
    what = message[: match.start()].strip() if match else message
    if match and match.group(1):
        line, column = int(match.group(1)), int(match.group(2))
    else:
        line, column = text.rstrip("\n").count("\n") + 1, len(text.rstrip("\n").rsplit("\n", 1)[-1]) + 1
    what = f"this is not TOML: {what[:1].lower()}{what[1:]}"
    hint = "texts go between quotes: key = 'text'; dates and numbers do not"
    if "overwrite" in what or "twice" in what:
        hint = "a key or table is written twice; of several outcomes each is [[outcome]], in double brackets"
    return BadInputError(what, where=f"{name}, line {line}, column {column}", hint=hint)


def _validated(document: dict[str, Any], name: str, lines: dict[KeyPath, int]) -> Protocol:
    from pydantic import ValidationError

    from dayzero.study.protocol import Protocol

    _refuse_stray_data_keys(document, name, lines)
    try:
        return Protocol.model_validate(document)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=True)
    # A misspelt key is also a missing one: say the first, it is the cause of the second.
    problems.sort(key=lambda each: (each["type"] == "missing", line_of(lines, each["loc"]) or 0))
    raise _worded(dict(problems[0]), len(problems), name, lines)


def _refuse_stray_data_keys(document: dict[str, Any], name: str, lines: dict[KeyPath, int]) -> None:
    """Refuse keys of a flat file's mapping, or misspelt ones, where the data are tables."""
    data = document.get("data")
    if not isinstance(data, dict) or data.get("layout") in ("one row per patient", "REDCap"):
        return
    if is_database(str(data.get("source", ""))):
        return  # queries_from checks the keys of a database
    known = ("source", "layout", "date_order", "partial_dates", "engine")
    stray = [key for key in data if key not in known]
    if not stray:
        return
    key = next((each for each in stray if get_close_matches(each, known, n=1)), stray[0])
    hint = 'the mapping of a flat file needs layout = "one row per patient"; of a REDCap export, "REDCap"'
    place = _place(name, lines, ("data", key))
    raise BadInputError.unknown_name(kind="key", found=key, allowed=known, where=place, hint=hint)


def _worded(problem: dict[str, Any], count: int, name: str, lines: dict[KeyPath, int]) -> BadInputError:
    """Word one pydantic error; further ones are counted in the hint."""
    path: KeyPath = problem["loc"]
    place = _place(name, lines, path)
    more = f"{count - 1} more in this file" if count > 1 else ""
    key = str(path[-1])
    kind = problem["type"]
    if kind == "extra_forbidden":
        hints = _MODEL_KEY_HINTS if path[0] == "model" else _KEY_HINTS
        hint = "; ".join(part for part in (hints.get(key, ""), more) if part)
        return BadInputError.unknown_name("key", key, _keys_at(path[:-1]), where=place, hint=hint)
    if kind == "missing":
        what = f"the key '{key}' is missing in {_table_name(path[:-1])}"
        return BadInputError(what, where=place, allowed=_keys_at(path[:-1]), hint=more)
    if kind == "literal_error":
        allowed = re.findall(r"'([^']*)'", problem["ctx"]["expected"])
        words = [word for word in allowed if word]
        return BadInputError.unknown_name(
            f"value of {key}", _shown(problem["input"]), words, where=place, hint=more
        )
    found = f"{_KINDS.get(type(problem['input']), 'a date or time')} ({_shown(problem['input'])})"
    wanted = _WANTED.get(kind, problem["msg"])
    if path in (("outcome",), ("claim",), ("model",)):
        wanted = f"tables in double brackets: [[{key}]]"
    return BadInputError(f"'{_dotted(path)}' is {found}", where=place, allowed=wanted, hint=more)


def _keys_at(path: KeyPath) -> tuple[str, ...]:
    from dayzero.study.protocol import SECTIONS, keys_of

    for pattern, section in SECTIONS.items():
        fits = len(pattern) == len(path)
        if fits and all(part in ("*", str(here)) for part, here in zip(pattern, path, strict=True)):
            return keys_of(section)
    return ()


def _place(name: str, lines: dict[KeyPath, int], path: KeyPath) -> str:
    line = line_of(lines, path)
    return f"{name}, line {line}" if line else name


def _table_name(path: KeyPath) -> str:
    return f"[{_dotted(path)}]" if path else "the study file"


def _dotted(path: KeyPath) -> str:
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in path)


def _shown(value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
