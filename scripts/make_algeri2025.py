"""Make the constructed cohort of the ``algeri2025`` example.

Searches for the days that reproduce what Algeri et al. printed, dresses them as a centre's records (six
dated tables), writes the workbook, and checks every printed number with dayzero. The same bytes come out
each time::

    python scripts/make_algeri2025.py src/dayzero/examples/algeri2025/cohort.xlsx
"""

from __future__ import annotations

import sys
from pathlib import Path

from algeri2025.after import add_after
from algeri2025.before import add_before
from algeri2025.cohort import cohort
from algeri2025.draw import Draw
from algeri2025.rows import Rows
from algeri2025.search import find_courses
from algeri2025.verify import checks
from algeri2025.workbook import write_workbook

_SEED = 607


def main(target: Path) -> int:
    courses = find_courses()
    draw = Draw(_SEED)
    rows = Rows()
    for patient in cohort(courses):
        add_before(patient, rows, draw)
        add_after(patient, rows, draw)
    write_workbook(rows, target)
    found = checks(courses)
    for check in found:
        met = "" if check.met else "   NOT MET"
        print(
            f"{check.name:<35} printed {check.printed:>6}   found {check.found:>6}   {check.value:.6f}{met}"
        )
    return 0 if all(check.met for check in found) else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
