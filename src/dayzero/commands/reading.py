"""What several commands share: reading a source as its study file says, and saying what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from dayzero.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from dayzero.records.findings import Finding
    from dayzero.records.model import Records

#: The orders of dates that a person can declare.
DATE_ORDERS: Final = ("ymd", "dmy", "mdy")
date_order_option = click.option(
    "--date-order",
    type=click.Choice(DATE_ORDERS),
    help="How dates such as 03/04/2021 are meant; without it they are refused.",
)
partial_dates_option = click.option(
    "--partial-dates",
    type=click.Choice(("first", "middle", "last")),
    help="Which day of its month a date such as 2021-05 becomes; without it such dates are refused.",
)


def read_source(source: Path, study: Path | None, date_order: str, partial_dates: str = "") -> Records:
    """Return the records of a source; a study file maps a flat file's columns, or names the source itself."""
    from dayzero import records

    if study is None and source.suffix.lower() != ".toml":
        return records.read(source, date_order=date_order, partial_dates=partial_dates)
    from dayzero.study.inputs import mapping_of, read_data
    from dayzero.study.loading import load_study

    loaded = load_study(study or source)
    mapping = mapping_of(loaded)
    if study is None:
        return read_data(loaded, mapping)
    data = loaded.protocol.data
    return records.read(
        source,
        date_order=date_order or data.date_order,
        mapping=mapping,
        partial_dates=partial_dates or data.partial_dates,
    )


def cutoff_of(source: Path, study: Path | None) -> date | None:
    """Return the data cut-off that a study file states, ``None`` without a study file or a cut-off."""
    if study is None and source.suffix.lower() != ".toml":
        return None
    from dayzero.study.loading import load_study

    return load_study(study or source).protocol.study.data_cutoff


def worded(finding: Finding) -> str:
    """Return a finding in a few lines."""
    lines = [f"{finding.severity.upper():8}{finding.where}: {finding.what}"]
    lines += [f"        found: {finding.found}"] if finding.found else []
    lines += [f"        allowed: {finding.allowed}"] if finding.allowed else []
    lines += [f"        hint: {finding.hint}"] if finding.hint else []
    return "\n".join(lines)


def counted(read: Records, findings: Sequence[Finding]) -> str:
    """Return what was read, and how many findings of each severity."""
    from dayzero.records.findings import SEVERITIES

    counts = {severity: sum(f.severity == severity for f in findings) for severity in SEVERITIES}
    words = [f"{count} {name}{'s' if count != 1 else ''}" for name, count in counts.items() if count]
    rows = ", ".join(f"{name} {count}" for name, count in read.source.rows.items())
    return f"{read.source.name} ({rows} rows): {', '.join(words) if words else 'nothing found'}"


def not_written(path: Path, error: OSError) -> BadInputError:
    """Word the refusal of the system to write a file."""
    what = f"the file cannot be written ({error.strerror or type(error).__name__})"
    return BadInputError(what, where=path.name)
