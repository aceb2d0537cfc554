"""What a manuscript states, beside what its data give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.report import format as fmt
from dayzero.report.numbers import Span
from dayzero.report.tables.model import Column, Footnote, Row, Table, data_row

if TYPE_CHECKING:
    from dayzero.report.numbers import Numbers
    from dayzero.study.results import Claim, Results


def claims_table(results: Results, numbers: Numbers) -> Table | None:
    """Return the claims of a study with their verdicts; None when it lists none."""
    if not results.claims:
        return None
    columns = (
        Column("Claim"),
        Column("Stated", "right"),
        Column("Computed", "right"),
        Column("Verdict"),
        Column("Compared with"),
    )
    rows = tuple(_row(numbers, claim) for claim in results.claims)
    notes = (
        Footnote(
            "",
            "A claim agrees when the computed number, rounded to the decimals with which it is stated, "
            "is the number stated.",
        ),
    )
    return Table("claims", "Claims of the manuscript, compared with its data", columns, rows, notes)


def _row(numbers: Numbers, claim: Claim) -> Row:
    verdict = fmt.sentence(claim.verdict)
    # That the number differs is seen in the columns before.
    reason = claim.reason.removeprefix("the number differs").removeprefix("; ")
    return data_row(
        (
            claim.text,
            numbers.inline(claim.id, "stated"),
            numbers.inline(claim.id, "computed") if claim.computed is not None else fmt.EN_DASH,
            (Span(verdict, strong=claim.verdict != "agrees"), Span(f": {reason}" if reason else "")),
            _compared_with(claim),
        ),
        ref=claim.id,
    )


#: Values that the id of a result already tells, and words for those that it does not.
_TOLD = ("estimate", "p_value", "p")
_FIELDS = {"n": "patients", "without": "patients without the event", "at_risk": "patients at risk"}


def _compared_with(claim: Claim) -> str:
    if not claim.ref:
        return fmt.EN_DASH
    name = "cohort" if claim.ref == "study" else claim.ref.removeprefix("char.")
    told = claim.field in _TOLD or claim.ref.endswith(f".{claim.field}")
    return name if told else f"{name}, {_FIELDS.get(claim.field, claim.field)}"
