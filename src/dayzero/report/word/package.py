"""A Word file without anything that depends on the day: the same parts give the same bytes."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

#: A file must name a day; this one says nothing about when it was made.
NO_DAY = datetime(1980, 1, 1, tzinfo=UTC)
_CONTENT_TYPES = "[Content_Types].xml"
#: Already compressed.
_PICTURE = ".png"


def packed(parts: dict[str, bytes]) -> bytes:
    """Return a package of parts: types first, as readers expect, then by name, all of one fixed date."""
    out = io.BytesIO()
    with ZipFile(out, "w") as package:
        for name in sorted(parts, key=lambda part: (part != _CONTENT_TYPES, part)):
            info = ZipInfo(name, date_time=NO_DAY.timetuple()[:6])
            info.compress_type = ZIP_STORED if name.endswith(_PICTURE) else ZIP_DEFLATED
            # As on Unix, whatever the machine: the field is part of the bytes.
            info.create_system, info.external_attr = 3, 0o600 << 16
            package.writestr(info, parts[name])
    return out.getvalue()


def unpacked(package: bytes) -> dict[str, bytes]:
    """Return the parts of a package by name."""
    with ZipFile(io.BytesIO(package)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}
