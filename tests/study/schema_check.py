"""A checker for the parts of JSON Schema that the published schema uses."""

from __future__ import annotations

from typing import Any


def valid(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> bool:
    """Check a value against the parts of JSON Schema that the published schema uses."""
    if "$ref" in schema:
        return valid(value, root["$defs"][schema["$ref"].rsplit("/", 1)[1]], root)
    if "anyOf" in schema:
        return any(valid(value, option, root) for option in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        return value in schema.get("enum", [schema.get("const")])
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    types = {
        "string": str,
        "integer": int,
        "number": (int, float),
        "boolean": bool,
        "null": type(None),
        "array": list,
        "object": dict,
    }
    if not any(isinstance(value, types[kind]) for kind in kinds):  # type: ignore[arg-type]
        return False
    if isinstance(value, list):
        return all(valid(item, schema["items"], root) for item in value)
    if isinstance(value, dict) and "properties" in schema:
        named = set(value) == set(schema["required"])
        return named and all(valid(value[key], part, root) for key, part in schema["properties"].items())
    return True
