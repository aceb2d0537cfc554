"""Where each key of a TOML text stands, so that a message about a value can name its line.

:mod:`tomllib` reads the values but not their places. This scanner walks a text that ``tomllib`` has already
accepted, so it need not judge the syntax: only find keys, array items and their lines.
"""

from __future__ import annotations

import re
from bisect import bisect_right

Path = tuple[str | int, ...]

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BARE_VALUE = re.compile(r"[^,\]}#\r\n]+")
_SPACE = re.compile(r"[ \t\r]*")
_SPACE_AND_COMMENTS = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)", re.DOTALL)
_ESCAPED = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\", "e": "\x1b"}


def key_lines(text: str) -> dict[Path, int]:
    """Return the line (from 1) of every table, key and array item of a valid TOML text.

    Parameters
    ----------
    text : str
        A text that ``tomllib.loads`` accepts.

    Returns
    -------
    dict
        From a path such as ``("outcome", 0, "endpoint")`` to its line.
    """
    return _Scanner(text).scan()


def line_of(lines: dict[Path, int], path: Path) -> int | None:
    """Return the line of a path or, when it is not in the text, of the nearest table that contains it."""
    for end in range(len(path), 0, -1):
        if path[:end] in lines:
            return lines[path[:end]]
    return None


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Path, int] = {}
        self.items: dict[Path, int] = {}  # arrays of tables: how many so far
        self.starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def scan(self) -> dict[Path, int]:
        table: Path = ()
        while self._next() is not None:
            start = self.at
            if self.text.startswith("[[", self.at):
                table = self._header(2)
            elif self.text[self.at] == "[":
                table = self._header(1)
            else:
                self._pair(table)
            if self.at == start:  # not a text that tomllib accepted
                break
        return self.lines

    def _next(self) -> str | None:
        """Skip blanks, line ends and comments; return the next character."""
        match = _SPACE_AND_COMMENTS.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.text[self.at] if self.at < len(self.text) else None

    def _blanks(self) -> None:
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def _note(self, path: Path, at: int) -> None:
        self.lines.setdefault(path, bisect_right(self.starts, at))

    def _header(self, brackets: int) -> Path:
        start = self.at
        self.at += brackets
        keys = self._dotted_key()
        self._blanks()
        self.at += brackets
        path: Path = ()
        for key in keys[:-1]:
            path = self._entered((*path, key), start)
        path = (*path, keys[-1])
        if brackets == 2:
            self.items[path] = self.items.get(path, 0) + 1
        return self._entered(path, start)

    def _entered(self, path: Path, at: int) -> Path:
        """Note a table; the name of an array of tables means its last item."""
        self._note(path, at)
        if path in self.items:
            path = (*path, self.items[path] - 1)
            self._note(path, at)
        return path

    def _dotted_key(self) -> list[str]:
        keys = [self._key()]
        self._blanks()
        while self.text[self.at : self.at + 1] == ".":
            self.at += 1
            keys.append(self._key())
            self._blanks()
        return keys

    def _key(self) -> str:
        self._blanks()
        if self.text[self.at : self.at + 1] in ("'", '"'):
            return self._string()
        match = _BARE_KEY.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return match.group() if match else ""

    def _pair(self, table: Path) -> None:
        start = self.at
        path = table
        for key in self._dotted_key():
            path = (*path, key)
            self._note(path, start)
        if self.text[self.at : self.at + 1] == "=":
            self.at += 1
            self._blanks()
            self._value(path)

    def _value(self, path: Path) -> None:
        character = self.text[self.at : self.at + 1]
        if character in ("'", '"'):
            self._string()
        elif character == "[":
            self._array(path)
        elif character == "{":
            self._inline_table(path)
        else:
            match = _BARE_VALUE.match(self.text, self.at)
            self.at = match.end() if match else self.at

    def _array(self, path: Path) -> None:
        self.at += 1
        index = 0
        while self._next() not in ("]", None):
            self._note((*path, index), self.at)
            start = self.at
            self._value((*path, index))
            index += 1
            if self._next() == ",":
                self.at += 1
            elif self.at == start:
                return
        self.at += 1

    def _inline_table(self, path: Path) -> None:
        self.at += 1
        while self._next() not in ("}", None):
            start = self.at
            self._pair(path)
            if self._next() == ",":
                self.at += 1
            elif self.at == start:
                return
        self.at += 1

    def _string(self) -> str:
        """Read a string of any of the four kinds; return its text (as far as a key needs it)."""
        quote = self.text[self.at]
        if self.text.startswith(quote * 3, self.at):
            end = self.text.index(quote * 3, self.at + 3)
            while quote == '"' and _escaped(self.text, end):
                end = self.text.index(quote * 3, end + 1)
            while self.text.startswith(quote, end + 3):  # a string may end in one or two quotes of its own
                end += 1
            inner = self.text[self.at + 3 : end]
            self.at = end + 3
            return inner
        end = self.text.index(quote, self.at + 1)
        while quote == '"' and _escaped(self.text, end):
            end = self.text.index(quote, end + 1)
        inner = self.text[self.at + 1 : end]
        self.at = end + 1
        return _ESCAPE.sub(_unescaped, inner) if quote == '"' else inner


def _escaped(text: str, at: int) -> bool:
    """Tell whether the quote at ``at`` has an odd number of backslashes before it."""
    count = 0
    while text[at - 1 - count] == "\\":
        count += 1
    return count % 2 == 1


def _unescaped(match: re.Match[str]) -> str:
    code = match.group(1)
    return chr(int(code[1:], 16)) if code[0] in "uU" else _ESCAPED.get(code, code)
