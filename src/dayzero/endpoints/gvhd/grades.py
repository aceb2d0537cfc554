"""Grades of acute GVHD as people write them: roman or arabic, alone or as a range."""

from __future__ import annotations

import narwhals as nw

from dayzero.endpoints.frames import choose

_PREFIX = r"^(?:overall|max(?:imum)?|acute|agvhd|gvhd|grade|stage|gr|magic|glucksberg|[:. ])*"
_DASH = r"\s*(?:[–—/]|-|\bor\b|\bto\b)\s*"
_ROMAN = {"0": 0, "i": 1, "ii": 2, "iii": 3, "iv": 4}
#: Every way to write one grade or a range of grades, to its lowest and highest grade.
GRADES: dict[str, tuple[int, int]] = {
    **{word: (n, n) for word, n in _ROMAN.items()},
    **{str(n): (n, n) for n in range(5)},
    **{f"{low}-{high}": (n, m) for low, n in _ROMAN.items() for high, m in _ROMAN.items() if n < m},
    **{f"{n}-{m}": (n, m) for n in range(5) for m in range(n + 1, 5)},
}


def grade_readings(at_least_2: nw.Expr, at_least_3: nw.Expr) -> tuple[nw.Expr, nw.Expr, nw.Expr]:
    """Read the column ``grade`` for rows that ask for grade II or more, or III or more; others ask for any.

    Parameters
    ----------
    at_least_2, at_least_3 : narwhals.Expr
        Which rows ask what.

    Returns
    -------
    counts, below, denies : tuple of narwhals.Expr
        The grade reaches what is asked; is surely below; or, of a row that says no, denies all of it: a no
        about grade III-IV leaves grade II open, a no without a grade denies every grade.
    """
    grade = (
        nw.col("grade")
        .fill_null("")
        .str.to_lowercase()
        .str.replace_all(_PREFIX, "")
        .str.replace_all(_DASH, "-")
        .str.replace_all(r"\.0$", "")
        .str.strip_chars()
    )
    never = nw.lit(value=False)
    counts = choose(
        [(at_least_2, grade.is_in(_reaching(2))), (at_least_3, grade.is_in(_reaching(3)))], ~never
    )
    below = choose([(at_least_2, grade.is_in(_below(2))), (at_least_3, grade.is_in(_below(3)))], never)
    denies = choose(
        [(at_least_2, grade.is_in(_denying(2))), (at_least_3, grade.is_in(_denying(3)))], grade == ""
    )
    return counts, below, denies


def _reaching(limit: int) -> list[str]:
    return [word for word, (low, _) in GRADES.items() if low >= limit]


def _below(limit: int) -> list[str]:
    return [word for word, (_, high) in GRADES.items() if high < limit]


def _denying(limit: int) -> list[str]:
    return ["", *(word for word, (low, _) in GRADES.items() if low <= limit)]
