"""Minimal residual disease."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.endpoints.catalogue.words import MRD, fraction, proportion
from dayzero.endpoints.options import STANDARD

if TYPE_CHECKING:
    from dayzero.endpoints.options import Options


def before_transplant(options: Options) -> str:
    """Return what counts as MRD negative before transplant under these options."""
    cut = fraction(options.mrd_negative_below)
    return (
        f"last MRD within {options.mrd_window_days} days before day 0 below {cut}; a negative result of an "
        f"assay that cannot see {cut} is not negative"
    )


DEFINITIONS = (
    proportion(
        "mrd_negative_before_transplant",
        "MRD negative before transplant",
        before_transplant(STANDARD),
        MRD,
        "patients transplanted on day 0 with an MRD result that can be classified",
    ),
)
