"""Critical values of simultaneous confidence bands, from the Brownian bridge, to full accuracy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dayzero.errors import BadInputError

if TYPE_CHECKING:
    from dayzero.stats.arrays import FloatArray

NODES = 64


def equal_precision_quantile(low: float, high: float, conf_level: float) -> float:
    """Return e with P(sup |W0(x)| / sqrt(x (1 - x)) <= e, low <= x <= high) = conf_level.

    Nair (1984), Technometrics 26:265. On the clock s = log(x / (1 - x)) / 2 the standardised bridge is a
    stationary Ornstein-Uhlenbeck process; its chance of staying in (-e, e) solves u_s = u_xx - x u_x with
    u = 0 at both ends, here by Chebyshev collocation.
    """
    if not 0 < low < high < 1:
        what = f"the equal-precision band runs over ({low:.4g}, {high:.4g})"
        raise BadInputError(
            what, allowed="a range inside (0, 1): start after the first event, end before S = 0"
        )
    from scipy.optimize import brentq

    span = 0.5 * np.log(high * (1 - low) / (low * (1 - high)))
    return float(brentq(lambda e: _ornstein_uhlenbeck_stays(e, span) - conf_level, 0.5, 8.0, xtol=1e-12))


def _ornstein_uhlenbeck_stays(barrier: float, span: float) -> float:
    """Return the chance that the stationary process with correlation exp(-s) stays within the barrier."""
    angle = np.pi * np.arange(NODES + 1) / NODES
    x = np.cos(angle)
    d = _chebyshev_derivative(x)
    inner = slice(1, NODES)
    operator = (d @ d / barrier**2 - x[:, None] * d)[inner, inner]
    values, vectors = np.linalg.eig(operator)
    start = np.linalg.solve(vectors, np.ones(NODES - 1))
    stays = (vectors @ (np.exp(values * span) * start)).real
    density = np.exp(-0.5 * (barrier * x[inner]) ** 2) / np.sqrt(2 * np.pi)
    return float((_clenshaw_curtis(angle)[inner] * density * stays).sum() * barrier)


def _chebyshev_derivative(x: FloatArray) -> FloatArray:
    """Return the differentiation matrix on Chebyshev points (Trefethen 2000, Spectral Methods, ch. 6)."""
    n = len(x) - 1
    c = np.ones(n + 1)
    c[0] = c[-1] = 2.0
    c *= (-1.0) ** np.arange(n + 1)
    gap = x[:, None] - x[None, :] + np.eye(n + 1)
    d = np.outer(c, 1 / c) / gap
    matrix: FloatArray = d - np.diag(d.sum(axis=1))
    return matrix


def _clenshaw_curtis(angle: FloatArray) -> FloatArray:
    """Return the quadrature weights on the same points (n even)."""
    n = len(angle) - 1
    k = np.arange(1, n // 2 + 1)
    b = np.where(k == n // 2, 1.0, 2.0)
    weights: FloatArray = 1 - (b * np.cos(2 * np.outer(angle, k)) / (4 * k**2 - 1)).sum(axis=1)
    weights *= 2 / n
    weights[0] /= 2
    weights[-1] /= 2
    return weights


def hall_wellner_quantile(low: float, high: float, conf_level: float) -> float:
    """Return k with P(sup |W0(x)| <= k, low <= x <= high) = conf_level.

    Hall and Wellner (1980), Biometrika 67:133. Given its ends the bridge between them is a Brownian bridge,
    whose chance of staying within two barriers is a series of images; the ends are integrated out.
    """
    if not 0 <= low < high <= 1:
        what = f"the Hall-Wellner band runs over ({low:.4g}, {high:.4g})"
        raise BadInputError(what, allowed="a range inside [0, 1]")
    from scipy.optimize import brentq

    return float(brentq(lambda k: _bridge_stays(k, low, high) - conf_level, 1e-3, 5.0, xtol=1e-12))


def _bridge_stays(barrier: float, low: float, high: float) -> float:
    y, y_weight = _end_nodes(barrier, low)
    z, z_weight = _end_nodes(barrier, high)
    y, z = y[:, None], z[None, :]
    density = _joint_density(y, z, low, high)
    return float(
        (y_weight[:, None] * z_weight[None, :] * density * _stays_between(barrier, y, z, high - low)).sum()
    )


def _end_nodes(barrier: float, x: float) -> tuple[FloatArray, FloatArray]:
    """Return where the bridge may be at ``x``, with quadrature weights; only 0 at its own ends."""
    spread = np.sqrt(x * (1 - x))
    if spread == 0:
        return np.zeros(1), np.ones(1)
    reach = min(barrier, 9 * spread)
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    return reach * nodes, reach * weights


def _joint_density(y: FloatArray, z: FloatArray, low: float, high: float) -> FloatArray:
    """Return the density of (W0(low), W0(high)): W0(low), then a bridge pinned to 0 at 1."""
    first = _normal(y, low * (1 - low))
    rest = 1 - low
    second = _normal(z - y * (1 - high) / rest, (high - low) * (1 - high) / rest)
    return first * second


def _normal(x: FloatArray, variance: float) -> FloatArray:
    """Return the normal density, 1 where there is no variance (a fixed end)."""
    if variance <= 0:
        return np.ones_like(x)
    density: FloatArray = np.exp(-0.5 * x * x / variance) / np.sqrt(2 * np.pi * variance)
    return density


def _stays_between(barrier: float, y: FloatArray, z: FloatArray, length: float) -> FloatArray:
    """Return the chance that a Brownian bridge from y to z over ``length`` stays within the barriers."""
    total = np.zeros(np.broadcast_shapes(y.shape, z.shape))
    direct = (z - y) ** 2
    for j in range(-12, 13):
        shift = 4 * barrier * j
        total += np.exp(-((z - y + shift) ** 2 - direct) / (2 * length))
        total -= np.exp(-((z + y - 2 * barrier + shift) ** 2 - direct) / (2 * length))
    return np.clip(total, 0.0, 1.0)
