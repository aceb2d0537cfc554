"""``dayzero lock``: checked records, frozen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dayzero import __version__
from dayzero.commands.reading import counted, date_order_option, not_written, read_source, worded
from dayzero.commands.status import DONE
from dayzero.errors import BadInputError, RefusalError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from dayzero.records.findings import Finding
    from dayzero.records.model import Records


@click.command()
@click.argument("source", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Folder of the lock  [default: SOURCE without its ending, with -lock]",
)
@click.option("--study", type=click.Path(path_type=Path), help="Study file that maps a flat file's columns.")
@date_order_option
@click.option(
    "--cutoff",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="Data cut-off: nothing later enters. It cannot be applied to the lock, which has no dates.",
)
@click.option("--k", type=click.IntRange(min=2), help="Warn of patients with fewer than K alike; 5 is usual.")
@click.option(
    "--key",
    type=click.Path(path_type=Path),
    help="Also write patient_id and date of day 0 to this file, which must stay at the centre.",
)
@click.option("--accept-errors", is_flag=True, help="Lock although there are errors; lock.json says so.")
def lock(
    source: Path,
    output: Path | None,
    study: Path | None,
    date_order: str | None,
    cutoff: datetime | None,
    k: int | None,
    key: Path | None,
    *,
    accept_errors: bool,
) -> int:
    """Freeze the checked records of SOURCE in a folder with a content hash.

    The folder holds the six tables as Parquet (days from day 0, no calendar date but the cut-off),
    findings.csv and lock.json. It can be the source of a study, and be compared with `dayzero diff`. A lock
    is never replaced.

    \b
    Examples:
      dayzero lock cohort.xlsx -o lock-2024-03
      dayzero lock cohort.xlsx --cutoff 2024-03-31 --k 5
    """
    target = output or source.with_name(f"{source.stem}-lock")
    _refuse_existing(target, key)
    day = None if cutoff is None else cutoff.date()
    read, findings = _checked(source, study, date_order or "", day)
    errors = [finding for finding in findings if finding.severity in ("refuse", "error")]
    if errors and not accept_errors:
        for finding in errors:
            click.echo(worded(finding))
        click.echo(counted(read, findings))
        what = (
            f"{read.source.name} is not locked: it has {len(errors)} error{'s' if len(errors) != 1 else ''}"
        )
        raise RefusalError(what, instead="correct them at their source, or say --accept-errors")
    small = _small_cells(read, k)
    if key is not None:
        _write_key(read, key)
    content = _write(read, [*findings, *small], target, day or read.source.cutoff, accepted=bool(errors))
    click.echo(counted(read, findings))
    for finding in small[:1]:
        click.echo(f"{worded(finding)}\n        each of them: {target / 'findings.csv'}")
    click.echo(f"{target}\ncontent {content}")
    return DONE


def _refuse_existing(target: Path, key: Path | None) -> None:
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        what = "it exists; a lock never replaces anything"
        raise BadInputError(what, where=target.name, allowed="a new folder", hint="choose another: -o DIR")
    if key is None:
        return
    if key.exists():
        what = "the file exists; a key never replaces anything"
        raise BadInputError(what, where=key.name, hint="choose another name: --key FILE")
    if target.resolve() in key.resolve().parents:
        what = "the key would lie in the lock, which is made to leave the centre"
        raise BadInputError(what, where=key.name, allowed="a file outside the lock's folder")


def _checked(
    source: Path, study: Path | None, date_order: str, cutoff: date | None
) -> tuple[Records, tuple[Finding, ...]]:
    from dayzero import endpoints, records
    from dayzero.records.findings import worst_first

    read = read_source(source, study, date_order)
    found = [*read.findings, *records.check(read)]
    if cutoff is not None:
        if read.source.locked:
            what = "the source is a lock, which holds no dates to cut at"
            raise BadInputError(what, where=source.name, hint="lock its own source at the other cut-off")
        read = endpoints.at_cutoff(read, cutoff)
        found += read.findings
    return read, worst_first(found)


def _small_cells(read: Records, k: int | None) -> tuple[Finding, ...]:
    if k is None:
        return ()
    from dayzero.records.anonymity import small_cells

    return small_cells(read, k)


def _write_key(read: Records, key: Path) -> None:
    from dayzero.study.outputs import safe_cells

    if read.key is None:
        what = "there is no key to write: the source holds days and no dates"
        raise BadInputError(what, where=read.source.name)
    try:
        key.touch(mode=0o600)  # before there is anything to read in it
        safe_cells(read.key.sort("patient_id")).write_csv(key)
    except OSError as error:
        raise not_written(key, error) from None


def _write(
    read: Records, findings: Sequence[Finding], target: Path, cutoff: date | None, *, accepted: bool
) -> str:
    from dayzero.records.locks import write_lock
    from dayzero.study.folder import fresh_folder
    from dayzero.study.outputs import write_findings

    with fresh_folder(target) as folder:
        content = write_lock(read, findings, folder, version=__version__, cutoff=cutoff, accepted=accepted)
        write_findings(findings, folder / "findings.csv")
    return content
