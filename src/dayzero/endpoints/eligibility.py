"""Who can be counted: the first reason that applies leaves a patient out."""

from __future__ import annotations

import narwhals as nw

from dayzero.endpoints.wording import number, sentence


def transplanted() -> list[tuple[nw.Expr, nw.Expr]]:
    """Return the conditions, with their reasons, that leave a patient out of every endpoint from day 0."""
    first, death = nw.col("first_day"), nw.col("death_day")
    return [
        (first.is_null(), nw.lit("never transplanted: no allogeneic transplant is recorded")),
        (
            first != 0,
            sentence(
                "the first allogeneic transplant recorded is on day ", number("first_day"), ", not day 0"
            ),
        ),
        (death < 0, sentence("death recorded before the transplant, on day ", number("death_day"))),
    ]


def first_reason(reasons: list[tuple[nw.Expr, nw.Expr]]) -> nw.Expr:
    """Return the reason of the first condition that holds, null when none does."""
    return nw.coalesce(*(nw.when(condition).then(reason) for condition, reason in reasons))
