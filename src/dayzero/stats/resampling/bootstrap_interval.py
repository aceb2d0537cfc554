"""Percentile and BCa intervals from replicates, with what must be said about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from dayzero.stats.arrays import FloatArray, IntArray


class Interval(NamedTuple):
    """Limits of each component, and remarks."""

    lower: FloatArray
    upper: FloatArray
    notes: tuple[str, ...]


def percentile_interval(replicates: FloatArray, conf_level: float) -> Interval:
    """Return the percentile interval of each column; NaN where every replicate is the same.

    The p quantile is the (B + 1) p-th smallest replicate, interpolated on the normal scale: Davison and
    Hinkley (1997), eq. 5.8, as R ``boot::boot.ci``.
    """
    tail = (1 - conf_level) / 2
    levels = np.full((2, replicates.shape[1]), [[tail], [1 - tail]])
    return _interval(replicates, levels)


def bca_interval(
    replicates: FloatArray, estimate: FloatArray, acceleration: FloatArray, conf_level: float
) -> Interval:
    """Return the bias-corrected and accelerated interval of each column.

    Efron (1987), JASA 82:171, eq. 6.8 and 7.2; a replicate equal to the estimate counts half below it.

    Parameters
    ----------
    replicates : ndarray, shape (B, m)
    estimate, acceleration : ndarray, shape (m,)
    conf_level : float
    """
    from scipy.special import ndtr, ndtri

    known = ~np.isnan(replicates)
    with np.errstate(invalid="ignore"):
        below = (replicates < estimate).sum(axis=0) + 0.5 * (replicates == estimate).sum(axis=0)
    bias = ndtri(below / np.maximum(known.sum(axis=0), 1))
    z = ndtri([[(1 - conf_level) / 2], [(1 + conf_level) / 2]])
    with np.errstate(invalid="ignore", divide="ignore"):
        shrink = 1 - acceleration * (bias + z)
        levels = ndtr(bias + (bias + z) / shrink)
    usable = np.isfinite(bias) & np.isfinite(acceleration) & np.all(shrink > 0, axis=0)
    made = _interval(replicates, np.where(usable, levels, np.nan))
    if (~usable & ~_same(replicates)).any():
        note = (
            "no BCa interval: all replicates lie on one side of the estimate, or leaving one unit out decides"
        )
        return made._replace(notes=(*made.notes, note))
    return made


def _same(replicates: FloatArray) -> npt.NDArray[np.bool_]:
    """Tell which columns hold one value only (or none at all)."""
    smallest = np.where(np.isnan(replicates), np.inf, replicates).min(axis=0)
    largest = np.where(np.isnan(replicates), -np.inf, replicates).max(axis=0)
    same: npt.NDArray[np.bool_] = smallest >= largest
    return same


def _interval(replicates: FloatArray, levels: FloatArray) -> Interval:
    ordered = np.sort(replicates, axis=0)  # NaN last
    number = (~np.isnan(ordered)).sum(axis=0)
    flat = _same(replicates)
    limits = np.stack([_order_statistic(ordered, number, p) for p in levels])
    limits[:, flat] = np.nan
    return Interval(limits[0], limits[1], _notes(len(ordered), number, levels, flat))


def _order_statistic(ordered: FloatArray, number: IntArray, level: FloatArray) -> FloatArray:
    """Return the (number + 1) level-th smallest value of each column, between the extremes."""
    from scipy.special import ndtri

    usable = ~np.isnan(level) & (number > 0)
    wanted = np.where(usable, level, 0.5)
    most = np.maximum(number, 1)
    place = np.clip((most + 1) * wanted, 1, most)
    below = np.floor(place).astype(np.intp)
    above = np.minimum(below + 1, most)
    left, right = ndtri(below / (most + 1)), ndtri(above / (most + 1))
    span = np.where(right > left, right - left, 1.0)
    share = np.where(place > below, (ndtri(place / (most + 1)) - left) / span, 0.0)
    column = np.arange(ordered.shape[1])
    low, high = ordered[below - 1, column], ordered[above - 1, column]
    with np.errstate(invalid="ignore"):  # infinite replicates: not reached
        between = np.where((low == high) | (share == 0), low, low + share * (high - low))
    return np.where(usable, between, np.nan)


def _notes(
    replicates: int, number: IntArray, levels: FloatArray, flat: npt.NDArray[np.bool_]
) -> tuple[str, ...]:
    notes = []
    undefined = replicates - int(number.min(initial=replicates))
    if undefined:
        notes.append(f"in up to {undefined} of {replicates} replicates a group was empty; they were left out")
    if flat.any():
        notes.append("every replicate is the same: resampling cannot see what did not happen, so no interval")
    with np.errstate(invalid="ignore"):
        rank = (number + 1) * levels
        extreme = ((rank < 1) | (rank > number)) & ~flat
    if extreme.any():
        notes.append("an extreme replicate is a limit: more replicates are needed")
    return tuple(notes)


def acceleration(left_out: FloatArray, share: FloatArray, stratum: IntArray) -> FloatArray:
    """Return the acceleration of BCa from the jackknife.

    Parameters
    ----------
    left_out : ndarray, shape (u, m)
        The statistic without one unit of each kind.
    share : ndarray, shape (u,)
        Number of units of each kind.
    stratum : ndarray of int, shape (u,)
        Stratum of each kind.

    Notes
    -----
    With influence values l = (n - 1) (mean - left out) of the n units of a stratum, a = sum over strata of
    n^-3 sum l^3, over 6 (sum over strata of n^-2 sum l^2)^(3/2): Efron (1987), eq. 7.4, and Davison and
    Hinkley (1997), chapter 5, for several samples. NaN where the statistic is the same whoever is left out.
    """
    third = np.zeros(left_out.shape[1])
    second = np.zeros(left_out.shape[1])
    for s in np.unique(stratum):
        values, weight = left_out[stratum == s], share[stratum == s][:, None]
        n = weight.sum()
        influence = (n - 1) * ((weight * values).sum(axis=0) / n - values)
        third += (weight * influence**3).sum(axis=0) / n**3
        second += (weight * influence**2).sum(axis=0) / n**2
    flat = second <= 0
    return np.where(flat, np.nan, third / (6 * np.where(flat, 1.0, second) ** 1.5))
