"""The commands: ``dayzero demo | template | init | run | app | endpoints``; others in :mod:`.commands`.

Every command imports what it needs when it runs, so that ``dayzero --help`` answers at once. A mistake of the
user ends in one message and exit status 2, a withheld result in status 1; neither ever shows a traceback.
"""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dayzero import __version__
from dayzero.commands.check import check
from dayzero.commands.diff import diff
from dayzero.commands.lock import lock
from dayzero.commands.mapping import map_file
from dayzero.commands.status import DONE, INTERNAL, REFUSED
from dayzero.commands.why import why
from dayzero.errors import BadInputError, DayzeroError

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="dayzero")
def cli() -> None:
    """From a transplant centre's own records to the outcome study it would publish.

    \b
    Start:
      dayzero demo                 the shipped examples, as reports
      dayzero template cohort.xlsx an empty workbook to fill in
      dayzero check cohort.xlsx    everything that is wrong in it
      dayzero init cohort.xlsx     a first study file
      dayzero map patients.csv     a mapping for a file of your own, proposed
      dayzero run study.toml       the study: tables, curves, sentences
      dayzero why study.toml A007  what it makes of one patient, and why
      dayzero lock cohort.xlsx     the records, frozen for good
      dayzero diff lock-1 lock-2   what changed between two locks
      dayzero app                  the same as a page on this machine

    \b
    Exit status: 0 done, 1 something was refused (the report says what to ask instead), 2 bad input.
    """


@cli.command()
@click.argument("name", required=False)
@click.option(
    "-o",
    "--output",
    default="out",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Folder of the reports.",
)
@click.option("-q", "--quiet", is_flag=True, help="No progress on stderr.")
def demo(name: str | None, output: Path, *, quiet: bool) -> int:
    """Run the shipped examples, or the one called NAME.

    \b
    Examples:
      dayzero demo
      dayzero demo perugia --output reports
    """
    examples = _examples()
    if name is not None and name not in examples:
        raise BadInputError.unknown_name(kind="example", found=name, allowed=examples)
    wanted = examples if name is None else {name: examples[name]}
    for example, study in wanted.items():
        target = output / example
        _run_into(study, target, quiet=quiet, label=f"{example}: ")
        click.echo(f"{example}: {target / 'report.html'}")
    return DONE


def _examples() -> dict[str, Path]:
    from dayzero import examples

    return {name: examples.study_path(name) for name in examples.names()}


@cli.command()
@click.argument("study", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Folder of the report  [default: STUDY without .toml]",
)
@click.option("-q", "--quiet", is_flag=True, help="No progress on stderr.")
def run(study: Path, output: Path | None, *, quiet: bool) -> int:
    """Run a study file and write its report.

    The folder gets report.html, report.docx, report.pdf, results.json, figures/, tables/,
    endpoints.csv, findings.csv and manifest.json. It is written aside and then renamed; a folder that
    dayzero did not write is never replaced.

    \b
    Examples:
      dayzero run study.toml
      dayzero run study.toml -o report
    """
    target = output or study.with_suffix("")
    if target == study:
        what = "the study file has no suffix, so the output folder needs a name"
        raise BadInputError(what, where=study.name, hint="give one: -o DIR")
    refuses = _run_into(study, target, quiet=quiet)
    click.echo(str(target / "report.html"))
    return REFUSED if refuses else DONE


def _run_into(study: Path, target: Path, *, quiet: bool, label: str = "") -> bool:
    """Run a study and write its folder; return whether something was refused."""
    from dayzero.commands.progress import Progress
    from dayzero.report.run_folder import run_into

    progress = Progress(label, quiet=quiet)
    try:
        done = run_into(study, target, progress=progress)
    finally:
        progress.close()
    for refusal in done.results.refusals:
        click.echo(f"{label}refused: {refusal.what}\n  ask instead: {refusal.instead}", err=True)
    return done.refuses


@cli.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace the file if it exists.")
def template(file: Path, *, force: bool) -> int:
    """Write an empty workbook with the six tables, their codes and an explanation of each column.

    \b
    Example:
      dayzero template cohort.xlsx
    """
    from dayzero import records

    if file.suffix.lower() != ".xlsx":
        what = f"'{file.suffix}' is not the ending of a workbook"
        raise BadInputError(what, where=file.name, allowed=".xlsx", hint="dayzero template cohort.xlsx")
    if file.exists() and not force:
        what = "the file exists; a template never replaces it"
        raise BadInputError(what, where=file.name, hint="choose another name, or say --force")
    aside = file.with_name(f".{file.stem}.writing-{os.getpid()}.xlsx")
    try:
        records.template(aside)
        aside.replace(file)
    except OSError as error:
        what = f"the file cannot be written ({error.strerror or type(error).__name__})"
        raise BadInputError(what, where=file.name) from None
    finally:
        aside.unlink(missing_ok=True)
    click.echo(str(file))
    return DONE


@cli.command()
@click.argument("source", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Study file  [default: study.toml beside SOURCE]"
)
@click.option(
    "--date-order",
    type=click.Choice(["ymd", "dmy", "mdy"]),
    help="How dates such as 03/04/2021 are meant; without it they are refused.",
)
@click.option("--force", is_flag=True, help="Replace the file if it exists.")
def init(source: Path, output: Path | None, date_order: str | None, *, force: bool) -> int:
    """Write a first study file for SOURCE, a workbook or folder: what its records can answer.

    \b
    Examples:
      dayzero init cohort.xlsx
      dayzero init cohort.xlsx --date-order dmy -o blinatumomab.toml
    """
    from dayzero.study.starter import starter

    file = output or source.parent / "study.toml"
    if file.exists() and not force:
        what = "the file exists; a first study file never replaces it"
        raise BadInputError(what, where=file.name, hint="choose another name with -o, or say --force")
    text = starter(source, beside=file.parent, date_order=date_order or "")
    try:
        file.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        what = f"the file cannot be written ({error.strerror or type(error).__name__})"
        raise BadInputError(what, where=file.name) from None
    click.echo(f"{file}\nRead it, edit it, then: dayzero run {file}")
    return DONE


@cli.command()
@click.argument("study", type=click.Path(path_type=Path), required=False)
@click.option("--port", default=0, show_default="a free one", type=click.IntRange(0, 65535))
@click.option("--no-browser", is_flag=True, help="Print the address only.")
def app(study: Path | None, port: int, *, no_browser: bool) -> int:
    """Open dayzero as a page on this machine: run studies, read reports, check a workbook.

    Only this machine can reach the page, and only with the address it prints. Stop it with Ctrl-C.

    \b
    Examples:
      dayzero app
      dayzero app study.toml --no-browser
    """
    from dayzero.app.serve import serve

    if study is not None and not study.is_file():
        what = "there is no such file"
        raise BadInputError(what, where=study.name, hint="give a study file, or none to see the examples")
    serve(study, port=port, open_browser=not no_browser, say=click.echo)
    return DONE


@cli.command()
@click.argument("name", required=False)
def endpoints(name: str | None) -> int:
    """List the endpoints that a study file can ask for, or the whole definition of NAME.

    \b
    Examples:
      dayzero endpoints
      dayzero endpoints CIR
    """
    from dayzero.endpoints import CATALOGUE, lookup

    if name is None:
        width = max(map(len, CATALOGUE))
        for definition in CATALOGUE.values():
            click.echo(f"{definition.name:{width}}  {definition.kind:10}  {definition.label}")
        return DONE
    definition = lookup(name)
    competing = "; ".join(definition.competing) or "none"
    for key, text in (
        ("name", definition.name),
        ("label", definition.label),
        ("kind", definition.kind),
        ("origin", definition.origin),
        ("event", definition.event),
        ("competing", competing),
        ("censoring", definition.censoring),
        ("eligible", definition.eligible),
        ("source", definition.source),
    ):
        click.echo(f"{key + ':':11}{text}")
    return DONE


for _command in (check, diff, lock, why, map_file):
    cli.add_command(_command)


def execute(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit status.

    Parameters
    ----------
    arguments : sequence of str, optional
        Without the program's name; default: those of the process.

    Returns
    -------
    int
        0 done, 1 something was refused, 2 bad input, 3 a fault of dayzero itself.
    """
    try:
        status = cli.main(args=arguments, prog_name="dayzero", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped; no half-written report is left", err=True)
        return 130
    except BrokenPipeError:  # the reader of a pipe has seen enough
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
        return DONE
    except DayzeroError as error:
        click.echo(f"error: {error}", err=True)
        return error.exit_status
    except Exception as error:
        if os.environ.get("DAYZERO_DEBUG"):
            raise
        click.echo(_fault(error), err=True)
        return INTERNAL
    return status if isinstance(status, int) else DONE


def _fault(error: Exception) -> str:
    """Word a fault of the program: where it happened, never what was in the data."""
    trace = error.__traceback__
    place = ""
    while trace is not None:
        name = trace.tb_frame.f_globals.get("__name__", "")
        if name.startswith("dayzero"):
            place = f" at {name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return (
        f"dayzero {__version__} failed ({type(error).__name__}{place}). This is a fault of dayzero, not of "
        "your data: please report this line. DAYZERO_DEBUG=1 shows more, which may include data."
    )


def main() -> None:
    """Run the console script."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a console that cannot print a dash must not stop a run
            stream.reconfigure(errors="replace")
    # A run makes many objects that live to its end: looking for cycles among them costs a twentieth of it.
    gc.set_threshold(200_000, 20, 100)
    sys.exit(execute())
