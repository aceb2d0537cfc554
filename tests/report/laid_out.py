"""What a good layout is: nothing clipped, no text on another, no text on a curve."""

from __future__ import annotations

from itertools import combinations

from dayzero.report.figures import typeface
from dayzero.report.figures.scene import Area, Box, Line, Marks, Scene, Text, Ticks
from dayzero.report.figures.symbols import outline


def texts(scene: Scene) -> list[Text]:
    return [shape for shape in scene.shapes if isinstance(shape, Text)]


def points(scene: Scene) -> list[tuple[float, float]]:
    found: list[tuple[float, float]] = []
    for shape in scene.shapes:
        if isinstance(shape, Line | Area):
            found += shape.points
        elif isinstance(shape, Ticks):
            found += [end for segment in shape.segments for end in segment]
        elif isinstance(shape, Marks):
            found += [p for x, y in shape.points for p in outline(shape.symbol, x, y, shape.radius)]
    return found


def assert_inside(scene: Scene) -> None:
    for text in texts(scene):
        box = typeface.extent(text)
        assert box.left >= 0 and box.top >= 0, text
        assert box.right <= scene.width and box.bottom <= scene.height, text
    for x, y in points(scene):
        assert -0.01 <= x <= scene.width + 0.01
        assert -0.01 <= y <= scene.height + 0.01


def assert_no_text_on_text(scene: Scene) -> None:
    boxes = [(text.text, typeface.extent(text).grown(-0.2)) for text in texts(scene)]
    for (one, box), (other, second) in combinations(boxes, 2):
        assert not box.overlaps(second), (one, other)


def assert_no_text_on_curve(scene: Scene) -> None:
    words = [t for t in texts(scene) if t.role in {"label", "estimate", "key name", "key heading", "test"}]
    for shape in scene.shapes:
        if not isinstance(shape, Line | Ticks) or shape.role not in {"curve", "censored"}:
            continue
        pairs = (
            list(shape.segments)
            if isinstance(shape, Ticks)
            else list(zip(shape.points, shape.points[1:], strict=False))
        )
        for (x1, y1), (x2, y2) in pairs:
            stroke = Box(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)).grown(0.3)
            for text in words:
                assert not typeface.extent(text).overlaps(stroke), text


def assert_good(scene: Scene) -> None:
    assert_inside(scene)
    assert_no_text_on_text(scene)
    assert_no_text_on_curve(scene)
