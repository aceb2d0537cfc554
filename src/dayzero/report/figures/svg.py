"""A scene as SVG: text stays text, so that it can be searched, read aloud, and edited by a co-author."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from dayzero.report.figures import typeface as face
from dayzero.report.figures.scene import Area, Line, Marks, Text, Ticks
from dayzero.report.figures.symbols import outline
from dayzero.report.xml_text import xml_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from dayzero.report.figures.scene import Point, Scene, Shape

_FAMILIES = f"{face.FAMILY}, Helvetica, Arial, 'DejaVu Sans', sans-serif"


def svg(scene: Scene, *, link: Callable[[str], str] | None = None) -> str:
    """Draw a scene.

    Parameters
    ----------
    scene : Scene
    link : callable, optional
        Without it, the drawing is a file of its own, with its size and its font inside. With it, it is a
        part of a page, which has the font and decides on the size; ``link`` gives the address in that page of
        a result's id, empty where there is none.
    """
    standalone = link is None
    width, height = _number(scene.width), _number(scene.height)
    title, description = f"figure-{scene.id}-title", f"figure-{scene.id}-description"
    size = f' width="{width}pt" height="{height}pt"' if standalone else ""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"{size} role="img" '
        f'aria-labelledby="{escape(title)} {escape(description)}" font-family="{escape(_FAMILIES)}">'
    )
    parts = [
        head,
        f'<title id="{escape(title)}">{escape(scene.title)}</title>',
        f'<desc id="{escape(description)}">{escape(scene.description)}</desc>',
    ]
    if standalone:
        parts.append(f"<style>{font_faces()}text{{font-kerning:none}}</style>")
        parts.append(f'<rect width="{width}" height="{height}" fill="#ffffff"/>')
    parts.extend(_element(shape, link) for shape in scene.shapes)
    return xml_text("\n".join([*parts, "</svg>"]) + "\n")


def printed_svg(scene: Scene) -> str:
    """Draw a scene as part of a printed page, which has the fonts and leads nowhere."""
    return svg(scene, link=_no_address)


def _no_address(_: str) -> str:
    return ""


def font_faces() -> str:
    """Return the CSS that carries both weights of the typeface, for a page or a file without any request."""
    from base64 import b64encode

    rules = []
    for weight, bold in ((400, False), (600, True)):
        data = b64encode(face.font_file(bold=bold).with_suffix(".woff2").read_bytes()).decode("ascii")
        rules.append(
            f'@font-face{{font-family:"{face.FAMILY}";font-weight:{weight};font-style:normal;'
            f'src:url("data:font/woff2;base64,{data}") format("woff2")}}'
        )
    return "".join(rules)


def _number(value: float) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _points(points: Iterable[Point]) -> str:
    return " ".join(f"{_number(x)},{_number(y)}" for x, y in points)


def _element(shape: Shape, link: Callable[[str], str] | None) -> str:
    if isinstance(shape, Text):
        address = link(shape.ref) if link and shape.ref else ""
        return f'<a href="{escape(address)}">{_text(shape)}</a>' if address else _text(shape)
    if isinstance(shape, Area):
        outline = f' stroke="{shape.outline}" stroke-width="{_number(shape.width)}"' if shape.outline else ""
        opacity = f' fill-opacity="{_number(shape.opacity)}"' if shape.opacity < 1 else ""
        return (
            f'<polygon points="{_points(shape.points)}" fill="{shape.fill}"{opacity}{outline}{_role(shape)}/>'
        )
    if isinstance(shape, Marks):
        return _marks(shape)
    if isinstance(shape, Line):
        return f'<polyline points="{_points(shape.points)}" fill="none"{_stroke(shape)}{_role(shape)}/>'
    path = "".join(
        f"M{_number(a)} {_number(b)}L{_number(c)} {_number(d)}" for (a, b), (c, d) in shape.segments
    )
    return f'<path d="{path}" fill="none"{_stroke(shape)}{_role(shape)}/>'


def _marks(shape: Marks) -> str:
    """Return all symbols as one path."""
    parts = []
    for x, y in shape.points:
        corners = outline(shape.symbol, x, y, shape.radius)
        parts.append("M" + "L".join(f"{_number(a)} {_number(b)}" for a, b in corners) + "Z")
    fill = shape.fill or "#ffffff"
    return (
        f'<path d="{"".join(parts)}" fill="{fill}" stroke="{shape.outline}" '
        f'stroke-width="{_number(shape.width)}" stroke-linejoin="round"{_role(shape)}/>'
    )


def _role(shape: Shape) -> str:
    return f' data-role="{shape.role}"' if shape.role else ""


def _stroke(shape: Line | Ticks) -> str:
    dash = getattr(shape, "dash", ())
    pattern = f' stroke-dasharray="{" ".join(map(_number, dash))}"' if dash else ""
    return f' stroke="{shape.colour}" stroke-width="{_number(shape.width)}"{pattern}'


def _text(text: Text) -> str:
    """Return a text whose width is fixed, so that a reader's other font can neither clip nor overlap it."""
    x, y = _number(text.x), _number(text.y)
    turn = f' transform="rotate(-90 {x} {y})"' if text.upwards else ""
    weight = ' font-weight="600"' if text.bold else ""
    anchor = f' text-anchor="{text.anchor}"' if text.anchor != "start" else ""
    length = _number(face.width(text.text, text.size, bold=text.bold))
    ref = f' data-id="{escape(text.ref)}"' if text.ref else ""
    return (
        f'<text x="{x}" y="{y}" font-size="{_number(text.size)}" fill="{text.colour}" '
        f'textLength="{length}" lengthAdjust="spacingAndGlyphs"{weight}{anchor}{turn}{ref}{_role(text)}>'
        f"{escape(text.text)}</text>"
    )
