"""``dayzero check``: everything that is wrong in a source."""

from __future__ import annotations

from pathlib import Path

import click

from dayzero.commands.reading import counted, date_order_option, not_written, read_source, worded
from dayzero.commands.status import DONE, REFUSED


@click.command()
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--study", type=click.Path(path_type=Path), help="Study file that maps a flat file's columns.")
@date_order_option
@click.option(
    "--csv", "csv_file", type=click.Path(path_type=Path), help="Also write the findings to this file."
)
def check(source: Path, study: Path | None, date_order: str | None, csv_file: Path | None) -> int:
    """List everything that is wrong in SOURCE: a workbook, a folder, a flat file, or a study file.

    Each line says sheet, row and column, what was found, and what is allowed.

    \b
    Examples:
      dayzero check cohort.xlsx
      dayzero check cohort.xlsx --date-order dmy --csv findings.csv
      dayzero check patients.csv --study study.toml
    """
    from dayzero import records
    from dayzero.records.findings import worst_first
    from dayzero.study.outputs import write_findings

    read = read_source(source, study, date_order or "")
    findings = worst_first([*read.findings, *records.check(read)])
    for finding in findings:
        click.echo(worded(finding))
    click.echo(counted(read, findings))
    if csv_file is not None:
        try:
            write_findings(findings, csv_file)
        except OSError as error:
            raise not_written(csv_file, error) from None
    return REFUSED if any(f.severity in ("refuse", "error") for f in findings) else DONE
