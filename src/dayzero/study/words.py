"""Counts in sentences."""

from __future__ import annotations


def patients(count: int) -> str:
    """Say how many patients: ``1 patient``, ``12 patients``."""
    return f"{count:,} patient" if count == 1 else f"{count:,} patients"
