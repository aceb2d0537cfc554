"""What a manuscript states, beside what the results say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Claim:
    """A statement of a manuscript and the result that it is about.

    Attributes
    ----------
    text : str
        As the study file quotes it.
    of : str
        The result that it is about, as the study file names it.
    ref, field : str
        Id of that result, and which of its values; empty where there is none.
    stated, computed : float or None
        In ``unit``. ``computed`` is ``None`` where it cannot be computed.
    stated_of, computed_of : int or None
        The number of patients out of which a count is stated, and computed.
    unit : str
        ``%``, ``p`` (a p-value), ``patients``, or a unit of time or of a variable.
    decimals : int
        Decimals with which the number is stated.
    tolerance : float
        How far the computed number may be from the stated one, besides rounding.
    reason : str
        Why it cannot be computed, or what differs.
    """

    id: str
    text: str
    of: str
    stated: float
    decimals: int
    verdict: Literal["agrees", "computed otherwise", "cannot be computed"]
    ref: str = ""
    field: str = ""
    computed: float | None = None
    unit: str = ""
    stated_of: int | None = None
    computed_of: int | None = None
    tolerance: float = 0.0
    reason: str = ""
