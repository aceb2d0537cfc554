"""Text that XML can hold: an SVG or a Word file with a control character in it opens nowhere."""

from __future__ import annotations

import re

#: Everything but the characters of XML 1.0 (section 2.2).
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REPLACED = "\ufffd"


def xml_text(text: str) -> str:
    """Return a text with the replacement character in place of each that XML cannot hold."""
    return _FORBIDDEN.sub(_REPLACED, text)
