from __future__ import annotations

from dayzero.report.figures import palette
from dayzero.study.results import GroupInfo


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(colour: str, ground: str = "#ffffff") -> float:
    bright, dark = sorted((luminance(colour), luminance(ground)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def group(name: str, levels: int, colours: tuple[str, ...] = ()) -> GroupInfo:
    names = tuple(f"level {i}" for i in range(levels))
    return GroupInfo(name, name, names, (1,) * levels, 0, colours=colours)


def test_words_can_be_read() -> None:
    made = palette.styles((group("a", 6),))
    assert all(contrast(style.word) >= 4.5 for style in made.values())
    assert contrast(palette.MUTED) >= 4.5
    assert contrast(palette.NOTICE_INK, palette.NOTICE_FILL) >= 4.5


def test_groups_differ_in_colour_and_in_black_and_white() -> None:
    made = list(palette.styles((group("a", 6),)).values())
    assert len({style.line for style in made}) == 6
    assert len({style.dash for style in made}) == 6


def test_groupings_do_not_share_colours_while_there_are_enough() -> None:
    made = palette.styles((group("a", 2), group("b", 2)))
    assert len({style.line for style in made.values()}) == 4
    crowded = palette.styles((group("a", 4), group("b", 4)))
    assert len({crowded["b", f"level {i}"].line for i in range(4)}) == 4


def test_given_colours_are_taken() -> None:
    made = palette.styles((group("a", 2, ("red", "#123456")), group("b", 2, ("black", ""))))
    assert made["a", "level 0"].line == "#c8242b"
    assert made["a", "level 1"].line == "#123456"
    assert made["b", "level 0"].line == "#1a1a1a"
    assert made["b", "level 1"].line == "#0072b2"
