"""Rewrite docs/results.schema.json from the declared results."""

from __future__ import annotations

from pathlib import Path

from dayzero.study.results_schema import schema_text

if __name__ == "__main__":
    target = Path(__file__).parents[1] / "docs" / "results.schema.json"
    target.write_text(schema_text(), encoding="utf-8", newline="\n")
    print(target.name)
