"""Differences and ratios of independent estimates of several groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dayzero.errors import BadInputError
from dayzero.stats.intervals import normal_quantile

if TYPE_CHECKING:
    import polars as pl

    from dayzero.stats.arrays import FloatArray, Label


def two_sided_p(z: FloatArray) -> FloatArray:
    """Return the two-sided normal p-value."""
    from scipy.special import ndtr

    p: FloatArray = 2 * ndtr(-np.abs(z))
    return p


def contrast_frame(
    groups: tuple[Label, ...],
    causes: tuple[int | None, ...],
    estimate: FloatArray,
    std_err: FloatArray,
    conf_level: float,
    *,
    reference: Label | None,
    ratio: bool,
) -> pl.DataFrame:
    """Compare each group with the reference (the first unless named), for each cause.

    Columns: group, reference, cause, estimate, std_err, lower, upper, z, p_value. A ratio is computed on the
    log scale, and its std_err is that of the log ratio.
    """
    import polars as pl

    if len(groups) < 2:
        what = "there is only one group"
        raise BadInputError(what, hint="a difference needs two groups")
    base = groups[0] if reference is None else reference
    if base not in groups:
        raise BadInputError.unknown_name(kind="group", found=str(base), allowed=[str(g) for g in groups])
    b = groups.index(base)
    rows: dict[str, list[Any]] = {"group": [], "reference": [], "cause": []}
    values: list[FloatArray] = []
    for g, group in enumerate(groups):
        if g == b:
            continue
        for j, cause in enumerate(causes):
            rows["group"].append(group)
            rows["reference"].append(base)
            rows["cause"].append(cause)
            pair = estimate[[g, b], j], std_err[[g, b], j]
            values.append(_one(*pair, normal_quantile(conf_level), ratio=ratio))
    columns: dict[str, Any] = rows | {"cause": pl.Series(rows["cause"], dtype=pl.Int64)}
    names = ("estimate", "std_err", "lower", "upper", "z")
    columns |= dict(zip(names, np.array(values).T, strict=True))
    columns["p_value"] = two_sided_p(columns["z"])
    return pl.DataFrame(columns)


def _one(estimate: FloatArray, std_err: FloatArray, quantile: float, *, ratio: bool) -> FloatArray:
    """Return estimate, standard error, limits and z of one contrast; NaN where there is no variance."""
    if ratio:
        known = bool((estimate > 0).all())
        estimate = np.log(estimate) if known else np.full(2, np.nan)
        std_err = std_err / np.exp(estimate)
    difference = estimate[0] - estimate[1]
    spread = float(np.hypot(*std_err))
    half = quantile * spread if spread > 0 else np.nan
    ends = np.array([difference, difference - half, difference + half])
    middle, lower, upper = np.exp(ends) if ratio else ends
    return np.array([middle, spread, lower, upper, difference / spread if spread > 0 else np.nan])
