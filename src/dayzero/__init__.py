"""dayzero: from a transplant centre's own records to the outcome study it would publish.

Day 0 is the day of transplant. ``import dayzero as dz`` gives ``dz.read``, ``dz.check``,
``dz.endpoint``, ``dz.run`` and ``dz.stats``; each is loaded when first used, so importing
dayzero costs nothing.
"""

from __future__ import annotations

__version__ = "0.1.0"
