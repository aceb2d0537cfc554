"""The JSON Schema of ``results.json``, made from the declared dataclasses so that the two cannot disagree."""

from __future__ import annotations

import json
import types
from dataclasses import fields, is_dataclass
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from dayzero.records import findings
from dayzero.study import results
from dayzero.study.results import SCHEMA_VERSION, Results

_PLAIN: dict[Any, str] = {str: "string", int: "integer", float: "number", bool: "boolean"}


def schema_text() -> str:
    """Return the published schema."""
    return json.dumps(results_schema(), indent=1, ensure_ascii=False) + "\n"


def results_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of the results."""
    definitions: dict[str, Any] = {}
    root = _object(Results, definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"dayzero-results-{SCHEMA_VERSION}",
        "title": "dayzero results",
        "description": _first_line(Results),
        **root,
        "$defs": dict(sorted(definitions.items())),
    }


def _object(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    hints = get_type_hints(kind, {**vars(results), **vars(findings)})
    properties = {field.name: _type(hints[field.name], definitions) for field in fields(kind)}
    if kind is Results:
        properties["schema_version"] = {"const": SCHEMA_VERSION}
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _type(hint: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _either(arguments, definitions)
    if origin is tuple:
        return {"type": "array", "items": _type(arguments[0], definitions)}
    if origin is dict:
        return {"type": "object"}
    if origin is Literal:
        return {"enum": list(arguments)}
    if is_dataclass(hint):
        return _reference(hint, definitions)
    return {"type": _PLAIN[hint]}


def _either(arguments: tuple[Any, ...], definitions: dict[str, Any]) -> dict[str, Any]:
    kinds = [_type(argument, definitions) for argument in arguments if argument is not type(None)]
    if len(kinds) < len(arguments):
        kinds.append({"type": "null"})
    if all(list(kind) == ["type"] for kind in kinds):
        return {"type": [kind["type"] for kind in kinds]}
    return {"anyOf": kinds}


def _reference(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    name = kind.__name__
    if name not in definitions:
        definitions[name] = {}  # stands while the parts are described
        described = _finding(definitions) if kind is findings.Finding else _object(kind, definitions)
        definitions[name] = {"description": _first_line(kind), **described}
    return {"$ref": f"#/$defs/{name}"}


def _finding(definitions: dict[str, Any]) -> dict[str, Any]:
    """Describe a finding as it is published: with its place flattened."""
    whole = _object(findings.Finding, definitions)
    place = _object(findings.Where, definitions)
    definitions.pop("Where", None)
    properties = whole["properties"]
    del properties["where"]
    ordered = {
        "id": properties.pop("id"),
        "severity": properties.pop("severity"),
        **place["properties"],
        **properties,
    }
    return {**whole, "properties": ordered, "required": list(ordered)}


def _first_line(kind: Any) -> str:
    return (kind.__doc__ or "").strip().split("\n")[0]
