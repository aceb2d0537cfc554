"""How far two results are apart, and the rows of the table that says so."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

SAME = 1e-9
ROUND_OFF = 1e-12
ZERO = 1e-12  # a value below this part of the largest of its quantity is the round-off of a zero


@dataclass(frozen=True)
class Parity:
    """One row: an estimator on a data set beside a function of R.

    Attributes
    ----------
    estimator, data, program : str
        What was computed, from what, and by which function and version of R too.
    compared, left_out : int
        Values compared; values that one program does not give, or that the note excludes.
    absolute, relative : float
        Largest differences.
    note : str
        Why values were left out, or why the difference is above 1e-9.
    """

    estimator: str
    data: str
    program: str
    compared: int
    left_out: int
    absolute: float
    relative: float
    note: str = ""

    @property
    def same(self) -> bool:
        """Whether every compared value agrees to the ninth digit."""
        return self.relative <= SAME


@dataclass(frozen=True)
class Pair:
    """Values of dayzero and of R in the same order; ``where`` keeps those that mean the same in both."""

    found: Any
    expected: Any
    where: Any = None


def _distances(pair: Pair) -> tuple[Any, Any, int]:
    expected = np.asarray(pair.expected, dtype=float).ravel()
    found = np.asarray(pair.found, dtype=float).ravel()
    if found.shape != expected.shape:
        msg = f"{found.shape} values beside {expected.shape}"
        raise ValueError(msg)
    keep = np.ones(found.shape, dtype=bool) if pair.where is None else np.asarray(pair.where).ravel()
    keep = keep & ~(np.isnan(found) & np.isnan(expected))
    both = keep & np.isfinite(found) & np.isfinite(expected)
    none = np.isnan(found) & np.isnan(expected)
    left_out = int((~both & ~none).sum())
    if not both.any():
        return np.zeros(0), np.zeros(0), left_out
    apart, size = np.abs(found - expected)[both], np.abs(expected[both])
    return apart, _relative(apart, size), left_out


def _relative(apart: Any, size: Any) -> Any:
    """Divide by each value of R; a zero of R, which has no relative difference, by the largest value."""
    largest = size.max() or 1.0
    return apart / np.where(size < ZERO * largest, largest, size)


def parity(
    estimator: str, data: str, program: str, pairs: list[Pair], note: str = "", remark: str = ""
) -> Parity:
    """Compare all values of some pairs; the note is printed where it is needed, the remark always."""
    parts = [_distances(pair) for pair in pairs]
    absolute = np.concatenate([a for a, _, _ in parts])
    relative = np.concatenate([r for _, r, _ in parts])
    left_out = sum(k for _, _, k in parts)
    largest = float(relative.max(initial=0.0))
    words = [remark, note if left_out or largest > SAME else ""]
    return Parity(
        estimator=estimator,
        data=data,
        program=program,
        compared=len(absolute),
        left_out=left_out,
        absolute=float(absolute.max(initial=0.0)),
        relative=largest,
        note=" ".join(word for word in words if word),
    )


def bound(value: float) -> str:
    """Print a difference as the next power of ten above it; less than 1e-12 is the machine's."""
    if value == 0:
        return "0"
    if value < ROUND_OFF:
        return "< 1e-12"
    return f"< 1e{math.floor(math.log10(value)) + 1:03d}"
