"""Captions of figures other than curves: what is shown, how to read it, who is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.report import format as fmt
from dayzero.report.numbers import Inline, Span
from dayzero.study.results import Course, MrdStages, Stacks, Swimmer, Timeline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dayzero.report.figures.scene import Scene
    from dayzero.study.results import Figure


def caption_of(figure: Figure, scene: Scene) -> Inline:
    """Return the caption of a picture."""
    said = [Span(f"{scene.title.rstrip('.')}. ", strong=True)]
    if figure.refused:
        return (*said, Span(f"Not drawn: {figure.refused}"))
    said += [Span(f"{text} ") for text in _reading(figure)]
    notes = figure.picture.notes if figure.picture is not None else ()
    said += [Span(f"{fmt.sentence(note)}. ") for note in notes]
    last = said[-1]
    return (*said[:-1], Span(last.text.rstrip(), strong=last.strong))


def _reading(figure: Figure) -> Iterator[str]:
    """Yield how to read a picture, one sentence each."""
    picture = figure.picture
    if isinstance(picture, Swimmer | Timeline):
        lanes = picture.lanes if isinstance(picture, Swimmer) else (picture.lane,)
        if isinstance(picture, Swimmer):
            order = "by group, then by time observed" if picture.group_by else "by time observed"
            yield f"One bar a patient, {order}."
        yield "Symbols that would cover each other are moved to the right."
        if any(bar.stop is None for lane in lanes for bar in lane.bars):
            yield "A treatment whose last day is not recorded is a short stroke at its first day."
    elif isinstance(picture, Stacks):
        yield f"At each time the layers add up to 100%: {picture.method}."
        yield "The stack ends at the last time observed."
    elif isinstance(picture, Course):
        if picture.lines:
            yield "Thin lines: patients."
        yield (
            "Thick line: median with quartiles, of each patient's result nearest to that time, half-way to "
            "the neighbouring times at most; none of fewer than three patients."
        )
        yield "A result that is only a bound counts as its limit, and is drawn there with an open symbol."
        if picture.levels:
            yield "Dotted: levels that definitions use."
    elif isinstance(picture, MrdStages):
        yield (
            "Each patient's last result of each stage, joined by a line. Symbols are spread sideways where "
            "they would cover each other. Dotted: the level below which MRD counts as negative."
        )
