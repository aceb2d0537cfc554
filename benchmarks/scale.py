"""Derive every endpoint of a registry from Parquet on DuckDB, and of 200 patients from a workbook.

Each measurement is a fresh process, whose peak of resident memory holds DuckDB's as well. Made and removed in
a scratch folder: ``python benchmarks/scale.py 100000 1000000`` needs about 0.5 GB of disk, and some minutes.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from page_parts import renewed
from registry import make_registry

from dayzero import endpoints, examples, records
from dayzero.errors import RefusalError

#: Resident memory is counted in KiB.
_GIB = 2**20


@dataclass(frozen=True)
class Measured:
    """What a size took.

    Attributes
    ----------
    patients, rows : int
        Rows of all six tables.
    read, derived : float
        Seconds to read and verify the folder, and to derive all endpoints and variables.
    processor : float
        Processor seconds of all threads together.
    memory : float
        Peak of resident memory of the process, in GiB.
    endpoints : int
        How many were derived; none is refused.
    """

    patients: int
    rows: int
    read: float
    derived: float
    processor: float
    memory: float
    endpoints: int

    @property
    def seconds(self) -> float:
        """Return the whole time."""
        return self.read + self.derived


def derive_grouped(made: records.Records) -> tuple[int, list[str]]:
    """Derive the whole catalogue a group of patients at a time; return how many endpoints there were."""
    refused: list[str] = []
    seen: set[str] = set()
    try:
        for part in endpoints.derive_in_groups(made):
            seen.add(part.definition.name)
    except RefusalError as error:
        refused.append(error.what)
    return len(seen), refused


def derive_all(made: records.Records) -> tuple[int, list[str]]:
    """Derive the whole catalogue and all variables; return how many endpoints there are, and the refused."""
    refused = []
    for name in endpoints.CATALOGUE:
        try:
            endpoints.derive(name, made)
        except RefusalError:
            refused.append(name)
    endpoints.derive_variables(made)
    return len(endpoints.CATALOGUE) - len(refused), refused


def measure_folder(folder: str) -> dict[str, Any]:
    """Measure in this process; called in a fresh one."""
    start = time.perf_counter()
    made = records.read(folder, engine="duckdb")
    read = time.perf_counter()
    number, refused = derive_grouped(made)
    end = time.perf_counter()
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "read": read - start,
        "derived": end - read,
        "processor": used.ru_utime + used.ru_stime,
        "memory": used.ru_maxrss / _GIB,
        "rows": sum(made.source.rows.values()),
        "endpoints": number,
        "refused": refused,
    }


def measure_workbook(path: str) -> dict[str, Any]:
    """Measure reading a workbook and deriving all endpoints; called in a fresh process."""
    start = time.perf_counter()
    made = records.read(path)
    read = time.perf_counter()
    number, _ = derive_all(made)
    return {"read": read - start, "derived": time.perf_counter() - read, "endpoints": number}


def fresh(work: str, argument: str) -> dict[str, Any]:
    """Run a function of this file in a fresh process."""
    code = f"import json, scale; print(json.dumps(scale.{work}({argument!r})))"
    here = str(Path(__file__).parent)
    done = subprocess.run([sys.executable, "-c", code], cwd=here, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def sizes(*numbers: int) -> list[Measured]:
    """Make a registry of each number of patients, and measure it."""
    out = []
    for patients in numbers:
        with tempfile.TemporaryDirectory(prefix="dayzero-bench-") as scratch:
            folder = Path(scratch) / "registry"
            make_registry(folder, patients)
            found = fresh("measure_folder", str(folder))
        if found["refused"]:
            print("refused:", ", ".join(found["refused"]))
        del found["refused"]
        out.append(Measured(patients, **found))
    return out


def workbook_of(patients: int, path: Path) -> None:
    """Write a workbook of the shipped constructed patients, repeated under new ids."""
    import xlsxwriter
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(str(examples.study_path("algeri2025").with_name("cohort.xlsx")))
    people = [str(row[0]) for row in book.get_sheet_by_name("patients").to_python()[1:]]
    kept = set([f"{person}-{n}" for n in range(1, 4) for person in people][:patients])
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"}) as out:
        for name in book.sheet_names:
            header, *rows = book.get_sheet_by_name(name).to_python()
            sheet = out.add_worksheet(name)
            copies = [[f"{row[0]}-{n}", *row[1:]] for n in range(1, 4) for row in rows]
            for number, row in enumerate([header, *(r for r in copies if r[0] in kept)]):
                sheet.write_row(number, 0, [None if cell == "" else cell for cell in row])


def two_hundred(rounds: int = 3) -> dict[str, float]:
    """Return the best of some fresh processes that derive all endpoints of 200 patients from a workbook."""
    with tempfile.TemporaryDirectory(prefix="dayzero-bench-") as scratch:
        path = Path(scratch) / "cohort.xlsx"
        workbook_of(200, path)
        found = [fresh("measure_workbook", str(path)) for _ in range(rounds)]
    return min(found, key=lambda each: each["read"] + each["derived"])


def section(found: list[Measured], workbook: dict[str, float]) -> str:
    """Return the part of the page on scale."""
    lines = [
        "## A registry from Parquet on DuckDB",
        "",
        "`benchmarks/scale.py`: invented registries (`benchmarks/registry.py`), all endpoints of the",
        "catalogue by `derive_in_groups`, a fresh process each. Memory is the peak of the whole process,",
        "DuckDB's share in it. The target, at a million patients with 100 million measurements, is 8 GiB,",
        "and time linear in rows. On a busy machine only processor seconds can be compared.",
        "",
        "| patients | rows | elapsed | processor | ns a row | memory |",
        "|---|---|---|---|---|---|",
        *(
            f"| {each.patients:,} | {each.rows:,} | {each.seconds:.0f} s | {each.processor:.0f} s | "
            f"{1e9 * each.processor / each.rows:,.0f} | {each.memory:.2f} GiB |"
            for each in found
        ),
        "",
        f"200 patients from a workbook with raw counts: {workbook['read']:.2f} s to read,",
        f"{workbook['derived']:.2f} s for all endpoints and variables. The target is 1 s together.",
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure, print, and write into the page if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("patients", type=int, nargs="*", default=[100_000, 1_000_000])
    parser.add_argument("--output", type=Path, help="the page to write into")
    options = parser.parse_args()
    text = section(sizes(*options.patients), two_hundred())
    print(text)
    if options.output:
        page = options.output.read_text(encoding="utf-8")
        options.output.write_text(renewed(page, "scale", text), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
