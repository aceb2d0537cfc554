"""A figure's pixels: drawn from its PDF, so that every format shows the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def pixels(page: bytes, dpi: int) -> NDArray[np.uint8]:
    """Return red, green and blue of every pixel of the first page of a PDF, on white.

    Parameters
    ----------
    page : bytes
        A PDF with its fonts inside.
    dpi : int
        Pixels per inch.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
    """
    from pypdfium2 import PdfDocument

    document = PdfDocument(page)
    try:
        bitmap = document[0].render(scale=dpi / 72, rev_byteorder=True, may_draw_forms=False)
        # The array holds on to the memory that was drawn into, which outlives the document.
        made: NDArray[np.uint8] = bitmap.to_numpy()
    finally:
        document.close()
    return made
