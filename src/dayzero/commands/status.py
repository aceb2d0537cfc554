"""How a command ends."""

from __future__ import annotations

from typing import Final

DONE: Final = 0
REFUSED: Final = 1
BAD_INPUT: Final = 2
INTERNAL: Final = 3
