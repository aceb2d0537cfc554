"""When leukaemia in the marrow after remission is a relapse: the consensus of the Ponte-di-Legno group.

Buchmann et al., Blood 2022;139:1785, doi 10.1182/blood.2021012328, PMC8952186, table view-large/10495469.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

Verdict = Literal["relapse", "not confirmed", "no relapse", "no remission before"]

#: Percent of leukaemic cells in the first marrow that need no, one, or two more tests; and what a test must
#: show.
CERTAIN, LIKELY, POSSIBLE = 25.0, 5.0, 1.0
_CONFIRMS = 1.0
_TESTS_OF_SECOND = 2


def confirm_relapse(
    first: float,
    same_marrow: Sequence[float] = (),
    second_marrow: Sequence[float] = (),
    *,
    extramedullary: bool = False,
    after_remission: bool = True,
) -> Verdict:
    """Decide whether leukaemic cells found in the marrow are a relapse.

    Parameters
    ----------
    first : float
        Leukaemic cells by the first test of the marrow, percent.
    same_marrow : sequence of float
        Results of other tests of the same marrow (microscopy, flow cytometry, PCR, genetics), percent.
    second_marrow : sequence of float
        Results of the tests of a second marrow, percent.
    extramedullary : bool
        Leukaemia in the central nervous system, or documented elsewhere outside the marrow.
    after_remission : bool
        Complete remission had been reached; without it there is no relapse but a failure of treatment.

    Returns
    -------
    {"relapse", "not confirmed", "no relapse", "no remission before"}
        ``not confirmed``: 1% or more, but too few tests of at least 1%.

    Raises
    ------
    ValueError
        A result below 0 or above 100 percent.
    """
    if any(not 0 <= percent <= 100 for percent in (first, *same_marrow, *second_marrow)):
        message = "results are percent of leukaemic cells, from 0 to 100"
        raise ValueError(message)
    if not after_remission:
        return "no remission before"
    if extramedullary or first >= CERTAIN:
        return "relapse"
    if first < POSSIBLE:
        return "no relapse"
    needed = 1 if first >= LIKELY else 2
    confirmed = _confirming(same_marrow) >= needed or _confirming(second_marrow) >= _TESTS_OF_SECOND
    return "relapse" if confirmed else "not confirmed"


def _confirming(results: Sequence[float]) -> int:
    return sum(percent >= _CONFIRMS for percent in results)
