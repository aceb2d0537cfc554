"""Make a registry of any size as Parquet: a million patients have a hundred million measurements.

Everything is invented by arithmetic on the patient's number (`registry.sql`), the same on every machine, and
streamed from DuckDB to disk: no table is ever in memory. The columns are those of a data lock (days, no
dates), in compact types: ``python benchmarks/registry.py FOLDER PATIENTS``.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Final

import duckdb

#: Days of counts after transplant: daily, so that recovery and transfusions can be followed.
COUNTS: Final = 35
#: Rows of measurements of each patient: neutrophils, platelets, CMV, bilirubin, MRD and chimerism.
MEASUREMENTS: Final = 2 * COUNTS + 14 + 7 + 5 + 4
#: Events that a registry has a few of, so that no endpoint is without one.
_RARE: Final = (
    "graft failure",
    "engraftment syndrome",
    "VOD",
    "TMA",
    "second malignancy",
    "steroid-refractory aGVHD",
    "infection",
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
    rare = ", ".join(f"'{event}'" for event in _RARE)
    text = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    parts = re.split(r"^-- (\w+)$", text, flags=re.MULTILINE)[1:]
    words = {"n": patients, "rows": MEASUREMENTS, "counts": COUNTS, "rare": rare, "rarities": len(_RARE)}
    return {name: query.format(**words) for name, query in zip(parts[::2], parts[1::2], strict=True)}


if __name__ == "__main__":
    print(make_registry(Path(sys.argv[1]), int(sys.argv[2])))
