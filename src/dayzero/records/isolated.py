"""Read .xls and .ods workbooks in a process of their own.

A damaged file of these formats can make the reading library end the whole process, or ask for all the
memory. Here that ends a child, and the parent says that the file is damaged.
``python -m dayzero.records.isolated FILE`` is the child: it prints the sheets as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from dayzero.records.sheets import Sheet, load_sheets

if TYPE_CHECKING:
    from dayzero.records.cells import Cell

#: How the child ends when the workbook has a password.
PASSWORD: Final = 3
#: Longest reading, in seconds, and most memory, in bytes, of a child.
_SECONDS: Final = 120
_MEMORY: Final = 4 * 1024**3


class DamagedError(Exception):
    """The child could not read the file."""


class ProtectedError(Exception):
    """The file has a password."""


def load_isolated(path: Path) -> list[Sheet]:
    """Return the sheets of a workbook, read by a child process.

    Raises
    ------
    ProtectedError
        When the workbook has a password.
    DamagedError
        When the child failed, crashed, or took too long.
    """
    command = [sys.executable, "-m", "dayzero.records.isolated", str(path)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603 - our own module
    except subprocess.TimeoutExpired as error:
        raise DamagedError from error
    if done.returncode == PASSWORD:
        raise ProtectedError
    if done.returncode != 0:
        raise DamagedError
    return [_decoded_sheet(number, each) for number, each in enumerate(json.loads(done.stdout), 1)]


def _decoded_sheet(number: int, each: dict[str, Any]) -> Sheet:
    merged = [(tuple(first), tuple(last)) for first, last in each["merged"]]
    rows = [[_decoded(cell) for cell in row] for row in each["rows"]]
    return Sheet(each["name"], number, each["hidden"], rows, merged)


def _decoded(cell: Any) -> Cell:
    if isinstance(cell, dict):
        return date.fromisoformat(cell["date"]) if "date" in cell else time()
    return cell  # type: ignore[no-any-return]


def _encoded(cell: Cell) -> Any:
    """Return a cell as JSON takes it; of a time nothing is kept but that it is one."""
    if isinstance(cell, datetime):
        return {"date": cell.date().isoformat()}
    if isinstance(cell, date):
        return {"date": cell.isoformat()}
    return {"time": ""} if isinstance(cell, (time, timedelta)) else cell


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def main(path: str) -> int:
    """Print the sheets of a workbook as JSON; return the exit status."""
    import python_calamine as calamine

    _limit_memory()
    try:
        sheets = load_sheets(Path(path), lambda _: True)
    except calamine.PasswordError:
        return PASSWORD
    shown = [
        {
            "name": sheet.name,
            "hidden": sheet.hidden,
            "rows": [[_encoded(cell) for cell in row] for row in sheet.rows],
            "merged": sheet.merged,
        }
        for sheet in sheets
    ]
    json.dump(shown, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
