"""What a centre knows: tables, readers, checks. Knows no statistics.

``read`` turns a workbook, a folder or a flat file into :class:`~dayzero.records.model.Records`: six tables on
a scale of days from day 0. ``check`` finds what cannot be true. Everything is loaded when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dayzero.records.checks import check
    from dayzero.records.checks_document import check_document
    from dayzero.records.documentation import document
    from dayzero.records.findings import Finding, Where
    from dayzero.records.mapping import FlatMapping, flat_mapping
    from dayzero.records.model import Records, Source
    from dayzero.records.proposing import propose
    from dayzero.records.queries import queries_from
    from dayzero.records.reading import read
    from dayzero.records.tables import TABLES
    from dayzero.records.template_book import template

__all__ = [
    "TABLES",
    "Finding",
    "FlatMapping",
    "Records",
    "Source",
    "Where",
    "check",
    "check_document",
    "document",
    "flat_mapping",
    "propose",
    "queries_from",
    "read",
    "template",
]

_HOME = {
    "TABLES": "tables",
    "Finding": "findings",
    "FlatMapping": "mapping",
    "Records": "model",
    "Source": "model",
    "Where": "findings",
    "check": "checks",
    "check_document": "checks_document",
    "document": "documentation",
    "flat_mapping": "mapping",
    "propose": "proposing",
    "queries_from": "queries",
    "read": "reading",
    "template": "template_book",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
