"""Rewrite docs/validation.md from the stored results of R under tests/reference; R is not needed.

Usage: python scripts/validation.py [FILE]
"""

from __future__ import annotations

import sys
from pathlib import Path

from validation_page.page import page, parity_rows
from validation_page.sources import ROOT


def main(target: Path) -> None:
    target.write_text(page(parity_rows()), encoding="utf-8", newline="\n")
    print(f"{target.name}: written")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "validation.md")
