"""Counts and labels in sentences."""

from __future__ import annotations


def patients(count: int) -> str:
    """Say how many patients: ``1 patient``, ``12 patients``."""
    return f"{count:,} patient" if count == 1 else f"{count:,} patients"


def inside(label: str) -> str:
    """Return a label as it stands inside a sentence: ``Disease`` small, ``MRD`` as it is."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label
