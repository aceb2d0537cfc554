"""Finding room in a plot for words, so that none covers a curve or another text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.report.figures.scene import Box

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from dayzero.report.figures.curves import Step

#: Distance in points between the places that are tried.
_GRID = 4.0
_MARGIN = 3.0


def free(box: Box, taken: Iterable[Box]) -> bool:
    """Return whether a box touches none of the boxes taken."""
    return not any(box.overlaps(other) for other in taken)


def room_for(
    width: float,
    height: float,
    inside: Box,
    taken: Sequence[Box],
    avoided: Sequence[Box],
    crossed: Sequence[Box] = (),
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
    crossed : sequence of Box
        What may be covered, though rather not, such as lines that are cut there.

    Returns
    -------
    Box or None
        A place that covers nothing avoided where there is one; of several the one that covers least and is
        nearest to a side and to the top or the bottom; ``None`` when every place covers something taken.
    """
    within = inside.grown(-_MARGIN)
    if width > within.width or height > within.height:
        return None
    tops = _places(within.top, within.bottom - height)
    spare = within.width - width
    likely = [within.left + share * spare for share in (0.0, 0.25, 0.5, 0.75, 1.0)]
    found: list[tuple[bool, float, float, float]] = []
    for lefts in (likely, _places(within.left, within.right - width)):
        for left in lefts:
            block = Box(left, 0, left + width, height)
            for score, top in _scores(block, tops, within, taken, (*avoided, *crossed)):
                place = Box(left, top, left + width, top + height)
                found.append((not free(place, avoided), score, -left, top))
        if found and not min(found)[0]:
            break
    if not found:
        return None
    _, _, negative, top = min(found)
    return Box(-negative, top, width - negative, top + height)


def _scores(
    block: Box, tops: Sequence[float], within: Box, taken: Sequence[Box], avoided: Sequence[Box]
) -> Iterator[tuple[float, float]]:
    """Return the free places of a block at one distance from the left, each with how bad it is."""
    near = [(b.top, b.bottom) for b in taken if b.left < block.right and block.left < b.right]
    pale = [
        (min(b.right, block.right) - max(b.left, block.left), b.top, b.bottom)
        for b in avoided
        if b.left < block.right and block.left < b.right
    ]
    sideways = min(block.left - within.left, within.right - block.right)
    for top in tops:
        bottom = top + block.height
        if any(high < bottom and top < low for high, low in near):
            continue
        area = sum(w * max(0.0, min(bottom, low) - max(top, high)) for w, high, low in pale)
        upright = min(top - within.top, within.bottom - bottom)
        yield 100 * area / (block.width * block.height) + sideways + upright, top


def _places(low: float, high: float) -> list[float]:
    count = int((high - low) // _GRID)
    return [*(low + _GRID * i for i in range(count + 1)), high]


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
