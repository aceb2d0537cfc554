"""Remember what was derived from records that never change, for as long as they are alive."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from dayzero.records.model import Records

_T = TypeVar("_T")
_KEPT: dict[int, tuple[weakref.ref[Records], dict[str, Any]]] = {}


def remembered(records: Records, name: str, make: Callable[[Records], _T]) -> _T:
    """Return ``make(records)``, made once for each :class:`Records` and forgotten with it.

    The tables are then read once, however many endpoints are asked for.
    """
    key = id(records)
    if key not in _KEPT or _KEPT[key][0]() is not records:
        _KEPT[key] = (weakref.ref(records, lambda _: _KEPT.pop(key, None) and None), {})
    kept = _KEPT[key][1]
    if name not in kept:
        kept[name] = make(records)
    value: _T = kept[name]
    return value
