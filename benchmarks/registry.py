"""Make a registry of any size as Parquet: a million patients have a hundred million measurements.

Everything is invented by arithmetic on the patient's number (`registry.sql`), the same on every machine, and
streamed from DuckDB to disk: no table is ever in memory. The columns are those of a data lock (days, no
dates), in compact types: ``python benchmarks/registry.py FOLDER PATIENTS``.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import duckdb

if TYPE_CHECKING:
    from collections.abc import Sequence

#: What is measured in each patient: unit, method, and the days of the results; a hundred in all.
PLAN: Final[dict[str, tuple[str, str | None, tuple[int, ...]]]] = {
    "ANC": ("10^9/L", None, tuple(range(30))),
    "platelets": ("10^9/L", None, tuple(range(36))),
    "CMV DNA": ("IU/mL", "PCR", tuple(range(7, 71, 7))),
    "EBV DNA": ("copies/mL", "PCR", (28, 56)),
    "adenovirus DNA": ("copies/mL", "PCR", (28, 56)),
    "bilirubin": ("mg/dL", None, (0, 3, 6, 9, 12, 15)),
    "weight": ("kg", None, (-1, 6, 13)),
    "haemoglobin": ("g/dL", None, (14, 28)),
    "LDH": ("U/L", None, (14, 28)),
    "urine protein/creatinine": ("mg/mg", None, (28,)),
    "MRD": ("fraction", "flow", (-60, -8, 60)),
    "chimerism": ("%", "STR", (30, 60, 100)),
}
MEASUREMENTS: Final = sum(len(days) for _, _, days in PLAN.values())
#: Events that a registry has a few of (event, site, cause, detail), so that no endpoint is without one.
_RARE: Final[tuple[tuple[str, str | None, str | None, str | None], ...]] = (
    ("graft failure", None, None, "primary"),
    ("graft rejection", None, None, None),
    ("engraftment syndrome", None, None, None),
    ("fever", None, None, None),
    ("rash", None, None, None),
    ("VOD", None, None, None),
    ("hepatomegaly", None, None, None),
    ("ascites", None, None, None),
    ("weight gain", None, None, None),
    ("TMA", None, None, None),
    ("schistocytes", None, None, None),
    ("hypertension", None, None, None),
    ("second malignancy", None, None, None),
    ("steroid-refractory aGVHD", None, None, None),
    ("molecular relapse", "marrow", None, None),
    ("infection", "blood", "EBV", None),
    ("infection", "blood", "adenovirus", None),
    ("infection", "blood", "Escherichia coli", "bacteraemia"),
    ("infection", "gut", "Clostridioides difficile", None),
    ("infection", "lung", "Aspergillus", None),
)


def make_registry(folder: Path, patients: int) -> dict[str, int]:
    """Write the six tables, and return their rows.

    Parameters
    ----------
    folder : pathlib.Path
        Made if it does not exist.
    patients : int
    """
    folder.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(config={"memory_limit": "2GB", "temp_directory": str(folder / "spill")})
    connection.execute("set enable_progress_bar = false")
    parts = _queries(patients)
    connection.execute(parts.pop("macros"))
    rows = {}
    for table, query in parts.items():
        target = folder / f"{table}.parquet"
        done = connection.execute(f"copy ({query}) to '{target}' (format parquet, compression zstd)")
        found = done.fetchone()
        rows[table] = int(found[0]) if found else 0
    connection.close()
    return rows


def _queries(patients: int) -> dict[str, str]:
    """Return the parts of `registry.sql` by name."""
    results = [(name, day, unit, method) for name, (unit, method, days) in PLAN.items() for day in days]
    text = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    parts = re.split(r"^-- (\w+)$", text, flags=re.MULTILINE)[1:]
    words = {
        "n": patients,
        "rows": MEASUREMENTS,
        "plan": _values(results),
        "rare": _values(_RARE),
        "rarities": len(_RARE),
    }
    return {name: query.format(**words) for name, query in zip(parts[::2], parts[1::2], strict=True)}


def _values(rows: Sequence[tuple[object, ...]]) -> str:
    """Return numbered rows as SQL values."""
    shown = [[number, *row] for number, row in enumerate(rows)]
    return ", ".join("(" + ", ".join("null" if v is None else repr(v) for v in row) + ")" for row in shown)


if __name__ == "__main__":
    print(make_registry(Path(sys.argv[1]), int(sys.argv[2])))
