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


def response(options: Options) -> str:
    """Return what counts as MRD response to blinatumomab under these options."""
    return f"MRD below {fraction(options.mrd_negative_below)} after the first or second cycle"


DEFINITIONS = (
    proportion(
        "mrd_negative_before_transplant",
        "MRD negative before transplant",
        before_transplant(STANDARD),
        MRD,
        "patients transplanted on day 0 with an MRD result that can be classified",
    ),
    proportion(
        "blinatumomab_mrd_response",
        "MRD response to blinatumomab, of those transplanted",
        response(STANDARD),
        "Response within two cycles as in the trials of blinatumomab (general usage, not checked against a "
        "protocol); cut-off: " + MRD,
        "patients transplanted on day 0, given blinatumomab before it, with a positive MRD in the 42 days "
        "before its first cycle and a clear result after the cycles given: not a response rate of the drug, "
        "because who did not reach transplant is not counted",
    ),
)
