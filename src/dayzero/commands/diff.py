"""``dayzero diff``: what changed between two data locks, and which results moved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from dayzero.commands.reading import not_written
from dayzero.commands.status import DONE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dayzero.records.comparing import FactChange, RecordsDiff
    from dayzero.study.comparing import Moved, StudyDiff

_COLUMNS: Final = (
    "about",
    "change",
    "table",
    "id",
    "patient_id",
    "fact",
    "column",
    "old_row",
    "new_row",
    "old",
    "new",
    "difference",
)


@click.command()
@click.argument("a", type=click.Path(path_type=Path))
@click.argument("b", type=click.Path(path_type=Path))
@click.option(
    "--study",
    type=click.Path(path_type=Path),
    help="Also run this study on both: what moved, and by how much.",
)
@click.option(
    "--csv", "csv_file", type=click.Path(path_type=Path), help="Also write every difference to this file."
)
def diff(a: Path, b: Path, study: Path | None, csv_file: Path | None) -> int:
    """Say what changed from the data lock A to the data lock B.

    Patients and facts added, removed and changed, with table, row and column; with --study also every
    endpoint of a patient that is decided otherwise, and every number of the results that moved.

    \b
    Examples:
      dayzero diff lock-2024-03 lock-2024-09
      dayzero diff lock-2024-03 lock-2024-09 --study study.toml --csv moved.csv
    """
    from dayzero.records.comparing import compare_records
    from dayzero.records.locks import read_lock

    old, new = read_lock(a), read_lock(b)
    click.echo(f"A {a.name}: content {old.source.sha256}, {_cut_at(old)}")
    click.echo(f"B {b.name}: content {new.source.sha256}, {_cut_at(new)}")
    found = compare_records(old, new)
    results = None
    if study is not None:
        from dayzero.study.comparing import compare_study
        from dayzero.study.loading import load_study

        results = compare_study(load_study(study), old, new)
    for line in (*_records(found), *(_results(results) if results else ())):
        click.echo(line)
    if csv_file is not None:
        _write(csv_file, found, results)
    return DONE


def _cut_at(records: Any) -> str:
    return f"data cut-off {records.source.cutoff}" if records.source.cutoff else "no data cut-off"


def _records(found: RecordsDiff) -> Iterator[str]:
    counts = {
        name: [sum(each.change == name for each in changes) for changes in (found.patients, found.facts)]
        for name in ("added", "removed", "changed")
    }
    yield ""
    yield f"Patients: {counts['added'][0]} added, {counts['removed'][0]} removed"
    for patient in found.patients:
        yield f"  {patient.change} {patient.patient_id} ({patient.facts} facts)"
    yield ""
    cells = f"{counts['changed'][1]} cell{'s' if counts['changed'][1] != 1 else ''} changed"
    yield f"Facts of the other patients: {counts['added'][1]} added, {counts['removed'][1]} removed, {cells}"
    for change in found.facts:
        yield f"  {_fact(change)}"


def _fact(change: FactChange) -> str:
    about = ", ".join(part for part in (change.table, f"patient {change.patient_id}", change.fact) if part)
    rows = [f"{side} row {row}" for side, row in (("A", change.old_row), ("B", change.new_row)) if row]
    place = f" ({', '.join(rows)})" if rows else ""
    if change.change != "changed":
        return f"{change.change} {about}{place}"
    return f"changed {about}: {change.column} {_shown(change.old)} -> {_shown(change.new)}{place}"


def _shown(text: str) -> str:
    return f"'{text}'" if text else "empty"


def _results(results: StudyDiff) -> Iterator[str]:
    yield ""
    yield f"Endpoints decided otherwise: {len(results.endpoints)}"
    for each in results.endpoints:
        yield f"  {each.endpoint}, patient {each.patient_id}: {each.old or 'not counted'} -> " + (
            each.new or "not counted"
        )
        yield from (f"    {side}: {why}" for side, why in (("A", each.old_why), ("B", each.new_why)) if why)
    yield ""
    yield f"Numbers that moved: {len(results.moved)} of {results.compared}"
    for moved in results.moved:
        yield f"  {_moved(moved)}"
    yield from (f"  now refused: {name}" for name in results.refused)
    yield from (f"  no longer refused: {name}" for name in results.no_longer_refused)


def _moved(moved: Moved) -> str:
    old, new = ("none" if each is None else f"{each:.6g}" for each in (moved.old, moved.new))
    difference = "" if moved.difference is None else f" ({moved.difference:+.3g})"
    return f"{moved.id} {moved.quantity}: {old} -> {new}{difference}"


def _write(path: Path, found: RecordsDiff, results: StudyDiff | None) -> None:
    import polars as pl

    from dayzero.study.outputs import safe_cells

    rows = [*_record_rows(found), *(_result_rows(results) if results else ())]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(_COLUMNS, pl.String))
    try:
        safe_cells(frame).write_csv(path)
    except OSError as error:
        raise not_written(path, error) from None


def _record_rows(found: RecordsDiff) -> Iterator[dict[str, str | None]]:
    for patient in found.patients:
        yield _row(about="patient", change=patient.change, patient_id=patient.patient_id)
    for each in found.facts:
        yield _row(
            about="fact",
            change=each.change,
            table=each.table,
            patient_id=each.patient_id,
            fact=each.fact,
            column=each.column,
            old_row=each.old_row,
            new_row=each.new_row,
            old=each.old,
            new=each.new,
        )


def _result_rows(results: StudyDiff) -> Iterator[dict[str, str | None]]:
    for each in results.endpoints:
        yield _row(
            about="endpoint",
            change=each.change,
            id=each.endpoint,
            patient_id=each.patient_id,
            old=each.old,
            new=each.new,
        )
    for moved in results.moved:
        yield _row(
            about=moved.part,
            change="moved",
            id=moved.id,
            column=moved.quantity,
            old=moved.old,
            new=moved.new,
            difference=moved.difference,
        )
    for name in results.refused:
        yield _row(about="refusal", change="added", id=name)
    for name in results.no_longer_refused:
        yield _row(about="refusal", change="removed", id=name)


def _row(**cells: object) -> dict[str, str | None]:
    """Return one row of the file; numbers in full, what does not apply empty."""
    return {name: None if cells.get(name) in (None, "") else str(cells[name]) for name in _COLUMNS}
