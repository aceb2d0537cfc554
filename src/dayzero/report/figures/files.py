"""A figure as files; PDF, PNG and TIFF by matplotlib without pyplot, axes or a layout engine."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from dayzero.report.figures import typeface as face
from dayzero.report.figures.formats import sized, tiff_name
from dayzero.report.figures.png import png
from dayzero.report.figures.scene import Area, Line, Marks, Text, Ticks
from dayzero.report.figures.svg import svg
from dayzero.report.figures.symbols import outline
from dayzero.report.figures.tiff import tiff

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import numpy as np
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure
    from matplotlib.transforms import Transform
    from numpy.typing import NDArray

    from dayzero.report.figures.scene import Anchor, Scene, Shape
    from dayzero.study.results import Looks

PNG_DPI = 300
#: The parts of matplotlib's settings that this module's drawing depends on.
_SETTINGS = ("agg.", "figure.", "font.", "lines.", "patch.", "path.", "pdf.", "savefig.", "text.")
_ALIGNMENT: dict[Anchor, Literal["left", "center", "right"]] = {
    "start": "left",
    "middle": "center",
    "end": "right",
}
#: Nothing that depends on the day or the machine may enter a file.
_PDF_METADATA: dict[str, Any] = {"Creator": "dayzero", "Producer": "matplotlib", "CreationDate": None}


def write_figure(scene: Scene, folder: Path, looks: Looks) -> None:
    """Write a figure in every format asked for, at the size asked for.

    SVG keeps text as text; a PDF embeds its fonts, its text can be selected; PNG and TIFF (LZW) have no
    transparency and state their resolution. No file holds a date: the same figure gives the same bytes.
    """
    made = sized(scene, looks.size)
    if "svg" in looks.formats:
        (folder / f"{scene.id}.svg").write_text(svg(made), encoding="utf-8", newline="\n")
    if set(looks.formats) <= {"svg"}:
        return
    with exact_drawing():
        figure = drawn(made)
        if "pdf" in looks.formats:
            _write_pdf(figure, made, folder)
        _write_pictures(figure, scene.id, folder, looks)


def picture(scene: Scene, dpi: int = PNG_DPI) -> bytes:
    """Return a figure as laid out, as PNG: what Word shows, and pages of the documentation."""
    with exact_drawing():
        return png(_pixels(drawn(scene), dpi), dpi)


def _write_pictures(figure: Figure, name: str, folder: Path, looks: Looks) -> None:
    """Write PNG and TIFF; a resolution is drawn once for both."""
    tiffs = looks.dpi if "tiff" in looks.formats else ()
    png_dpi = looks.dpi[0] if "png" in looks.formats else None
    for dpi in dict.fromkeys((*looks.dpi[:1], *tiffs)):
        if dpi != png_dpi and dpi not in tiffs:
            continue
        pixels = _pixels(figure, dpi)
        if dpi == png_dpi:
            (folder / f"{name}.png").write_bytes(png(pixels, dpi))
        if dpi in tiffs:
            tiff(pixels, dpi, folder / tiff_name(name, dpi))


def _write_pdf(figure: Figure, scene: Scene, folder: Path) -> None:
    from matplotlib.backends.backend_pdf import FigureCanvasPdf

    figure.dpi = 72
    FigureCanvasPdf(figure).print_pdf(  # type: ignore[no-untyped-call]
        folder / f"{scene.id}.pdf", metadata={**_PDF_METADATA, "Title": scene.title}
    )


def _pixels(figure: Figure, dpi: int) -> NDArray[np.uint8]:
    """Return red, green, blue and opacity of every pixel."""
    import numpy as np
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure.dpi = dpi
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    return np.asarray(canvas.buffer_rgba())  # type: ignore[no-untyped-call]


@contextmanager
def exact_drawing() -> Iterator[None]:
    """Draw alike on every machine, whatever its own matplotlib settings are.

    Fonts stay fonts in a PDF, every step is drawn, and letters stand where the layout measured them. A letter
    that no font at hand has is drawn as a box, which is seen and needs no warning.
    """
    import matplotlib as mpl

    with mpl.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        for name, value in mpl.rcParamsDefault.items():
            if name.startswith(_SETTINGS):
                mpl.rcParams[name] = value
        mpl.rcParams.update({"pdf.fonttype": 42, "path.simplify": False, "text.hinting": "none"})
        yield


def drawn(scene: Scene) -> Figure:
    """Return the scene as a matplotlib figure, its artists in the order of the shapes."""
    from matplotlib.figure import Figure
    from matplotlib.transforms import Affine2D

    figure = Figure(figsize=(scene.width / 72, scene.height / 72), dpi=72, facecolor="white")
    points = Affine2D().scale(1 / 72, -1 / 72).translate(0, scene.height / 72) + figure.dpi_scale_trans
    for shape in scene.shapes:
        figure.add_artist(_artist(shape, points))
    return figure


def _artist(shape: Shape, points: Transform) -> Artist:
    from matplotlib.collections import LineCollection, PolyCollection
    from matplotlib.patches import Polygon

    if isinstance(shape, Text):
        return _text(shape, points)
    if isinstance(shape, Area):
        return Polygon(
            shape.points,
            closed=True,
            facecolor=shape.fill,
            alpha=shape.opacity,
            edgecolor=shape.outline or "none",
            linewidth=shape.width,
            transform=points,
        )
    if isinstance(shape, Marks):
        return PolyCollection(
            [outline(shape.symbol, x, y, shape.radius) for x, y in shape.points],
            facecolors=shape.fill or "#ffffff",
            edgecolors=shape.outline,
            linewidths=shape.width,
            joinstyle="round",
            transform=points,
        )
    if isinstance(shape, Ticks):
        return LineCollection(
            list(shape.segments), colors=shape.colour, linewidths=shape.width, transform=points
        )
    return _line(shape, points)


def _line(shape: Line, points: Transform) -> Artist:
    from matplotlib.lines import Line2D

    dash: tuple[float, Sequence[float]] | None = (0, shape.dash) if shape.dash else None
    x, y = zip(*shape.points, strict=True)
    return Line2D(
        x,
        y,
        color=shape.colour,
        linewidth=shape.width,
        linestyle=dash or "solid",
        solid_capstyle="butt",
        dash_capstyle="butt",
        solid_joinstyle="miter",
        dash_joinstyle="miter",
        transform=points,
    )


def _text(text: Text, points: Transform) -> Artist:
    from matplotlib.font_manager import FontProperties
    from matplotlib.text import Text as TextArtist

    own = face.covers(text.text)
    weight = "bold" if text.bold else "normal"
    font = (
        FontProperties(fname=str(face.font_file(bold=text.bold)))
        if own
        else FontProperties(family="DejaVu Sans", weight=weight)
    )
    return TextArtist(
        text.x,
        text.y,
        text.text,
        fontproperties=font,
        fontsize=text.size,
        color=text.colour,
        horizontalalignment=_ALIGNMENT[text.anchor],
        verticalalignment="baseline",
        rotation=90 if text.upwards else 0,
        rotation_mode="anchor",
        transform=points,
        parse_math=False,
    )
