"""Put the chapters together."""

from __future__ import annotations

from . import comparisons, conventions, defects, multistate, nonparametric, regression, worked
from .differences import Parity, bound
from .sources import r_version


def parity_rows() -> list[Parity]:
    """Return every row of the parity table."""
    return [part for module in (nonparametric, comparisons, multistate, regression) for part in module.rows()]


def parity_table(rows: list[Parity]) -> list[str]:
    """Return the table."""
    out = [
        "| estimator | data | R function and version | compared | left out | absolute | relative | note |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        cells = (row.estimator, row.data, row.program, f"{row.compared:,}", str(row.left_out))
        differences = (bound(row.absolute), bound(row.relative), row.note)
        out.append("| " + " | ".join((*cells, *differences)) + " |")
    return out


def parity_words(rows: list[Parity]) -> str:
    """Return the opening of the chapter, with the largest difference in it."""
    largest = max(row.relative for row in rows)
    above = [row for row in rows if not row.same]
    tail = "; rows above 1e-9 carry a note that says why." if above else ": none is above 1e-9."
    return worked.text("parity").format(r=r_version(), largest=bound(largest).removeprefix("< "), tail=tail)


def page(rows: list[Parity]) -> str:
    """Return the whole page around the rows of the parity table."""
    missing = defects.missing()
    if missing:
        msg = "these tests are named but do not exist: " + ", ".join(missing)
        raise ValueError(msg)
    values = sum(row.compared for row in rows)
    blocks = [
        [worked.text("opening")],
        [worked.text("worked")],
        worked.section(),
        [parity_words(rows)],
        [worked.text("data")],
        parity_table(rows),
        [f"Together {len(rows)} comparisons of {values:,} numbers."],
        [worked.text("without")],
        [worked.text("conventions")],
        conventions.presets(),
        conventions.stored_side_by_side(),
        [worked.text("why")],
        [worked.text("choices")],
        conventions.choices(),
        [worked.text("defects")],
        defects.section(),
    ]
    return "\n\n".join("\n".join(block).rstrip() for block in blocks) + "\n"
