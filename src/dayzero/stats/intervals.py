"""Pointwise confidence intervals from an estimate and its standard error, as R's ``survival`` words them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dayzero.errors import BadInputError

if TYPE_CHECKING:
    from dayzero.stats.arrays import FloatArray

WALD_TYPES = ("log-log", "log", "plain", "logit", "arcsin")
BETA_TYPES = ("beta", "beta mid-p")
CONF_TYPES = (*WALD_TYPES, *BETA_TYPES)
# An estimate this near 0 or 1 is 0 or 1 up to the round-off of a cumulative product.
EDGE = 1e-12


def checked_conf_type(conf_type: str, allowed: tuple[str, ...] = CONF_TYPES) -> str:
    """Return ``conf_type``, or refuse an unknown one."""
    if conf_type not in allowed:
        raise BadInputError.unknown_name(kind="conf_type", found=str(conf_type), allowed=allowed)
    return conf_type


def checked_conf_level(conf_level: float) -> float:
    """Return ``conf_level``, or refuse one outside (0, 1)."""
    if not 0 < conf_level < 1:
        what = f"conf_level is {conf_level}"
        raise BadInputError(what, allowed="a number between 0 and 1, such as 0.95")
    return float(conf_level)


def normal_quantile(conf_level: float) -> float:
    """Return the two-sided normal quantile, 1.96 for 0.95."""
    from scipy.special import ndtri

    return float(ndtri(0.5 + checked_conf_level(conf_level) / 2))


def wald_limits(
    estimate: FloatArray, std_err: FloatArray, conf_type: str, conf_level: float
) -> tuple[FloatArray, FloatArray]:
    """Return lower and upper limits of a probability.

    At an estimate of 0 or 1, and where the standard error is 0, every such interval is undefined or has no
    width, so both limits are NaN there.

    Parameters
    ----------
    estimate, std_err : ndarray
        A probability and its standard error on the probability scale.
    conf_type : {"log-log", "log", "plain", "logit", "arcsin"}
        Scale on which the interval is symmetric; Kalbfleisch and Prentice (2002), section 1.4.1; Borgan and
        Liestol (1990). Same formulas, for survival and for incidence, as R ``survival:::survfit_confint``.
    conf_level : float
        Between 0 and 1.
    """
    return scaled_limits(estimate, normal_quantile(conf_level) * std_err, conf_type)


def scaled_limits(estimate: FloatArray, half: FloatArray, conf_type: str) -> tuple[FloatArray, FloatArray]:
    """Return limits symmetric on the scale of ``conf_type``, from the half-width on the probability scale."""
    inside = (estimate > EDGE) & (estimate < 1 - EDGE) & (half > 0)
    with np.errstate(over="ignore", divide="ignore"):  # a limit beyond the range of numbers is 0 or 1
        return _SCALES[conf_type](np.where(inside, estimate, np.nan), half)


def _plain(p: FloatArray, half: FloatArray) -> tuple[FloatArray, FloatArray]:
    return np.maximum(p - half, 0.0), np.minimum(p + half, 1.0)


def _log(p: FloatArray, half: FloatArray) -> tuple[FloatArray, FloatArray]:
    factor = np.exp(half / p)
    return p / factor, np.minimum(p * factor, 1.0)


def _log_log(p: FloatArray, half: FloatArray) -> tuple[FloatArray, FloatArray]:
    log_p = np.log(p)
    shift = np.exp(half / (p * log_p))  # below 1, as log p is negative
    return np.exp(log_p / shift), np.exp(log_p * shift)


def _logit(p: FloatArray, half: FloatArray) -> tuple[FloatArray, FloatArray]:
    odds, shift = p / (1 - p), np.exp(half / (p * (1 - p)))
    return odds / (odds + shift), odds / (odds + 1 / shift)


def _arcsin(p: FloatArray, half: FloatArray) -> tuple[FloatArray, FloatArray]:
    angle, shift = np.arcsin(np.sqrt(p)), half / (2 * np.sqrt(p * (1 - p)))
    lower, upper = np.maximum(angle - shift, 0.0), np.minimum(angle + shift, np.pi / 2)
    return np.sin(lower) ** 2, np.sin(upper) ** 2


_SCALES = {"plain": _plain, "log": _log, "log-log": _log_log, "logit": _logit, "arcsin": _arcsin}
