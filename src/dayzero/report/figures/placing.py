"""Finding room in a plot for words, so that none covers a curve or another text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.report.figures.scene import Box

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dayzero.report.figures.curves import Step

#: Distance in points between the places that are tried.
_GRID = 4.0
_MARGIN = 3.0


def free(box: Box, taken: Iterable[Box]) -> bool:
    """Return whether a box touches none of the boxes taken."""
    return not any(box.overlaps(other) for other in taken)


def room_for(
    width: float, height: float, inside: Box, taken: Sequence[Box], avoided: Sequence[Box]
) -> Box | None:
    """Find the best place for a block of text in a plot.

    Parameters
    ----------
    width, height : float
        Of the block, in points.
    inside : Box
        The plot.
    taken : sequence of Box
        What must not be covered.
    avoided : sequence of Box
        What is covered only if nothing better is free, such as confidence bands.

    Returns
    -------
    Box or None
        The place that covers least of what is avoided, of these the one nearest to a side and to the top or
        the bottom; ``None`` when every place covers something taken.
    """
    within = inside.grown(-_MARGIN)
    best: tuple[float, float, float, float] | None = None
    for left in _places(within.left, within.right - width):
        for top in _places(within.top, within.bottom - height):
            box = Box(left, top, left + width, top + height)
            if not free(box, taken):
                continue
            sideways = min(left - within.left, within.right - box.right)
            upright = min(top - within.top, within.bottom - box.bottom)
            score = (_covered(box, avoided) + sideways + upright, -left, top, left)
            if best is None or score < best:
                best = score
    return None if best is None else Box(best[3], best[2], best[3] + width, best[2] + height)


def _places(low: float, high: float) -> list[float]:
    if high < low:
        return []
    count = int((high - low) // _GRID)
    return [*(low + _GRID * i for i in range(count + 1)), high]


def _covered(box: Box, others: Iterable[Box]) -> float:
    """Return how much of a box is covered, as a length comparable with distances on the page."""
    area = 0.0
    for other in others:
        width = min(box.right, other.right) - max(box.left, other.left)
        height = min(box.bottom, other.bottom) - max(box.top, other.top)
        if width > 0 and height > 0:
            area += width * height
    return 100 * area / (box.width * box.height)


def beside_curve(
    width: float, height: float, pieces: Sequence[Step], inside: Box, taken: Sequence[Box]
) -> Box | None:
    """Find a place for a name just above or below its own curve, from the curve's end backwards.

    Returns
    -------
    Box or None
        ``None`` when no place along the curve is free; the name is then left to the key.
    """
    within = inside.grown(-1.0)
    for piece in reversed(pieces):
        tries = int((piece.right - piece.left) // _GRID) + 1
        for right in (piece.right - _GRID * i for i in range(tries)):
            for top in (piece.y - height - 2.6, piece.y + 2.6):
                box = Box(right - width, top, right, top + height)
                if _contains(within, box) and free(box, taken):
                    return box
    return None


def _contains(outer: Box, inner: Box) -> bool:
    return (
        outer.left <= inner.left
        and outer.top <= inner.top
        and inner.right <= outer.right
        and inner.bottom <= outer.bottom
    )
