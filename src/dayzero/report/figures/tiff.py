"""A picture as TIFF with LZW compression, as journals ask for line art: no transparency, no date.

Tags: Aldus, TIFF Revision 6.0 (1992), sections 8 and 13. Pillow compresses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray


def tiff(pixels: NDArray[np.uint8], dpi: int, target: Path) -> None:
    """Write a TIFF file.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3)
        Red, green and blue.
    dpi : int
        Pixels per inch, written into the file.
    target : pathlib.Path
    """
    from PIL import Image

    picture = Image.fromarray(pixels)
    picture.save(target, format="TIFF", compression="tiff_lzw", dpi=(dpi, dpi))
