"""The gallery shows every kind of figure, and every picture of it exists."""

from __future__ import annotations

import importlib.util
import re
import struct
from pathlib import Path
from typing import get_args

from dayzero.study.protocol import FigureLooks, FigureSection

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "gallery.md").read_text(encoding="utf-8")
LINKED = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", PAGE)


def test_the_page_names_every_kind() -> None:
    for kind in get_args(FigureSection.model_fields["kind"].annotation):
        assert f'kind = "{kind}"' in PAGE, kind


def test_the_page_names_every_size_style_and_format() -> None:
    for size in get_args(FigureLooks.model_fields["size"].annotation):
        assert f"`{size}`" in PAGE, size
    for word in ('"grey"', '"papers"', '"svg", "pdf", "png", "tiff"'):
        assert word in PAGE, word


def test_every_picture_exists_and_is_described() -> None:
    made = {path.name for path in (ROOT / "docs" / "images" / "gallery").iterdir()}
    assert made == {Path(target).name for _, target in LINKED}
    for words, target in LINKED:
        data = (ROOT / "docs" / target).read_bytes()
        assert data[:8] == b"\x89PNG\r\n\x1a\n"
        width, height = struct.unpack(">II", data[16:24])
        assert 300 <= width <= 1000
        assert height <= 1200
        assert len(data) < 150_000
        assert len(words) > 15


def test_the_script_draws_the_pictures_of_the_page() -> None:
    spec = importlib.util.spec_from_file_location("gallery", ROOT / "scripts" / "gallery.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert {f"{name}.png" for name in module.PICTURES} == {Path(target).name for _, target in LINKED}
