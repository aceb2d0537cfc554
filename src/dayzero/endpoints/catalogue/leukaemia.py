"""Minimal residual disease."""

from __future__ import annotations

from dayzero.endpoints.catalogue.words import (
    MRD,
    proportion,
)

DEFINITIONS = (
    proportion(
        "mrd_negative_before_transplant",
        "MRD negative before transplant",
        "last MRD within 30 days before day 0 below 1e-4; a negative result of an assay that cannot see 1e-4 "
        "is not negative",
        MRD,
        "patients transplanted on day 0 with an MRD result that can be classified",
    ),
)
