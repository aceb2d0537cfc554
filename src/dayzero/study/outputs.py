"""The files of a run beside the report: results, endpoints, findings, manifest. Same run, same bytes."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl

from dayzero.study.folder import MANIFEST
from dayzero.study.results_json import to_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from dayzero.records.findings import Finding
    from dayzero.study.runner import StudyRun

_FINDING_COLUMNS = (
    ("id", pl.String),
    ("severity", pl.String),
    ("table", pl.String),
    ("row", pl.Int64),
    ("column", pl.String),
    ("patient_id", pl.String),
    ("item", pl.String),
    ("what", pl.String),
    ("hint", pl.String),
    ("found", pl.String),
    ("allowed", pl.String),
    ("source", pl.String),
)
#: A spreadsheet program takes a cell that starts so for a formula, and runs it (OWASP, CSV injection).
_FORMULA = r"^[=+\-@\t\r]"
_PLAIN_NUMBER = r"^[+\-]?[0-9]+(\.[0-9]+)?([eE][+\-]?[0-9]+)?$"


def write_files(run: StudyRun, folder: Path) -> None:
    """Write ``results.json``, ``endpoints.parquet``, ``endpoints.csv`` and ``findings.csv``.

    Parameters
    ----------
    run : StudyRun
    folder : pathlib.Path
        An existing folder.
    """
    (folder / "results.json").write_text(to_json(run.results), encoding="utf-8", newline="\n")
    run.endpoints.write_parquet(folder / "endpoints.parquet", compression="zstd", statistics=False)
    safe_cells(run.endpoints).write_csv(folder / "endpoints.csv")
    write_findings(run.results.findings, folder / "findings.csv")


def write_findings(findings: Sequence[Finding], path: Path) -> None:
    """Write findings as CSV, one a row."""
    rows = [finding.as_dict() for finding in findings]
    frame = pl.DataFrame(rows, schema=dict(_FINDING_COLUMNS), orient="row")
    safe_cells(frame).write_csv(path)


def write_manifest(run: StudyRun, folder: Path) -> None:
    """Write ``manifest.json``: the only file that says when, and the hash of every other one."""
    others = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    manifest = {
        **run.manifest,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "files": {
            path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in others
        },
    }
    text = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8", newline="\n")


def safe_cells(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with a quote before every text that a spreadsheet would run as a formula.

    Numbers stay as they are, also a number that is text, such as ``-5``.
    """
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    return frame.with_columns(_escaped(name) for name in texts)


def _escaped(name: str) -> pl.Expr:
    cell = pl.col(name)
    risky = cell.str.contains(_FORMULA) & ~cell.str.contains(_PLAIN_NUMBER)
    return pl.when(risky).then(pl.lit("'") + cell).otherwise(cell).alias(name)
