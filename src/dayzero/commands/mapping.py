"""``dayzero map``: a mapping proposed for a flat file."""

from __future__ import annotations

from pathlib import Path

import click

from dayzero.commands.reading import not_written
from dayzero.commands.status import DONE
from dayzero.errors import BadInputError


@click.command("map")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Write it to this file; default: print it."
)
def map_file(file: Path, output: Path | None) -> int:
    """Propose a mapping for FILE, a flat file with one row per patient, for a person to confirm.

    The proposal is the [data] section of a study file, made from headers and values. Each line says why it
    was proposed and how sure that is; what could mean several things stands in comments; what is not
    understood is listed. Nothing is read with it until you run a study.

    \b
    Examples:
      dayzero map patients.csv
      dayzero map patients.csv -o study.toml
    """
    from dayzero import records

    text = records.propose(file)
    if output is None:
        click.echo(text, nl=False)
        return DONE
    if output.exists():
        what = "the file exists; a proposal never replaces anything"
        raise BadInputError(what, where=output.name, hint="choose another name: -o FILE")
    try:
        output.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise not_written(output, error) from None
    click.echo(f"{output}\nRead every line, correct it, add [study] and [[outcome]]: docs/study_file.md")
    return DONE
