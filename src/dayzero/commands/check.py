"""``dayzero check``: everything that is wrong in a source."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dayzero.commands.reading import (
    counted,
    cutoff_of,
    date_order_option,
    not_written,
    partial_dates_option,
    read_source,
    worded,
)
from dayzero.commands.status import DONE, REFUSED
from dayzero.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dayzero.records.findings import Finding
    from dayzero.records.model import Records
    from dayzero.records.query_list import Query


@click.command()
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--study", type=click.Path(path_type=Path), help="Study file that maps a flat file's columns.")
@date_order_option
@partial_dates_option
@click.option(
    "--csv", "csv_file", type=click.Path(path_type=Path), help="Also write the findings to this file."
)
@click.option(
    "--queries",
    "query_file",
    type=click.Path(path_type=Path),
    help="Also write a query list for the ward to this .xlsx or .csv: by patient, worst first.",
)
@click.option(
    "--previous",
    type=click.Path(path_type=Path),
    help="The query list made before: each query is then new, open or solved, and keeps its answer.",
)
def check(
    source: Path,
    study: Path | None,
    date_order: str | None,
    partial_dates: str | None,
    csv_file: Path | None,
    query_file: Path | None,
    previous: Path | None,
) -> int:
    """List everything that is wrong in SOURCE: a workbook, a folder, a flat file, or a study file.

    Each line says sheet, row and column, what was found, and what is allowed. With a study file that states a
    data cut-off, facts after it and patients last seen long before it are found too.

    \b
    Examples:
      dayzero check cohort.xlsx
      dayzero check cohort.xlsx --date-order dmy --csv findings.csv
      dayzero check patients.csv --study study.toml
      dayzero check cohort.xlsx --queries june.xlsx --previous may.xlsx
    """
    from dayzero import records
    from dayzero.records.findings import worst_first
    from dayzero.study.outputs import write_findings

    asked = _asked_before(query_file, previous)
    read = read_source(source, study, date_order or "", partial_dates or "")
    findings = worst_first([*read.findings, *records.check(read, cutoff_of(source, study))])
    for finding in findings:
        click.echo(worded(finding))
    click.echo(counted(read, findings))
    if csv_file is not None:
        try:
            write_findings(findings, csv_file)
        except OSError as error:
            raise not_written(csv_file, error) from None
    if query_file is not None:
        _write_queries(read, findings, asked, query_file)
    return REFUSED if any(f.severity in ("refuse", "error") for f in findings) else DONE


def _asked_before(query_file: Path | None, previous: Path | None) -> tuple[Query, ...]:
    from dayzero.study.query_files import read_queries, refuse_other_formats

    if query_file is not None:
        refuse_other_formats(query_file)
    if previous is None:
        return ()
    if query_file is None:
        what = "a previous query list is compared with a new one, and none is asked for"
        raise BadInputError(
            what, where="--previous", hint="say where to write the new one: --queries FILE.xlsx"
        )
    return read_queries(previous)


def _write_queries(
    read: Records, findings: Sequence[Finding], asked: tuple[Query, ...], query_file: Path
) -> None:
    from dayzero.records.query_list import STATUSES, queries
    from dayzero.study.query_files import write_queries

    made = queries(read, findings, asked)
    try:
        write_queries(made, query_file)
    except OSError as error:
        raise not_written(query_file, error) from None
    counts = Counter(query.status for query in made)
    said = ", ".join(f"{counts[status]} {status}" for status in STATUSES if counts[status])
    click.echo(f"{query_file}: {said or 'no query'}")
