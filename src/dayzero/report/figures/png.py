"""A picture as PNG without transparency, which journals ask for, in a third of the usual time and space.

Chunks and filters: W3C, Portable Network Graphics (PNG) Specification (Third Edition), sections 5, 7 and 11.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
#: Flat colours and thin lines: unfiltered rows compress best, and level 4 as well as 9.
_NO_FILTER, _LEVEL = 0, 4
_INCHES_PER_METRE = 1 / 0.0254


def png(pixels: NDArray[np.uint8], dpi: int) -> bytes:
    """Return the bytes of a PNG file.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3)
        Red, green and blue.
    dpi : int
        Pixels per inch, written into the file.
    """
    import numpy as np

    height, width = pixels.shape[:2]
    rows = np.full((height, 1 + 3 * width), _NO_FILTER, dtype=np.uint8)
    rows[:, 1:] = pixels.reshape(height, 3 * width)
    per_metre = round(dpi * _INCHES_PER_METRE)
    return b"".join(
        (
            _SIGNATURE,
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
            _chunk(b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1)),
            _chunk(b"IDAT", zlib.compress(rows.data, _LEVEL)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
