from __future__ import annotations

import io

import numpy as np
from PIL import Image

from dayzero.report.figures.png import png


def test_another_reader_sees_the_same_picture() -> None:
    pixels = np.random.default_rng(7).integers(0, 256, (13, 17, 3)).astype(np.uint8)
    picture = Image.open(io.BytesIO(png(pixels, 300)))
    picture.load()
    assert picture.mode == "RGB"
    assert (np.asarray(picture) == pixels).all()
    assert [round(value) for value in picture.info["dpi"]] == [300, 300]
