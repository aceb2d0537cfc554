"""Simultaneous bands, and their critical values."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from dayzero import stats
from dayzero.errors import RefusalError
from dayzero.stats.curves.band_quantile import equal_precision_quantile, hall_wellner_quantile


def kolmogorov(x: float) -> float:
    """P(sup |W0| <= x) over the whole of [0, 1]."""
    return 1 - 2 * sum((-1) ** (j - 1) * math.exp(-2 * j * j * x * x) for j in range(1, 50))


@pytest.mark.parametrize("level", [0.90, 0.95, 0.99])
def test_over_the_whole_range_it_is_kolmogorovs(level):
    assert kolmogorov(hall_wellner_quantile(0, 1, level)) == pytest.approx(level, abs=1e-10)


def test_the_value_that_every_table_prints():
    assert hall_wellner_quantile(0, 1, 0.95) == pytest.approx(1.3581, abs=5e-5)


@pytest.mark.parametrize("high", [0.25, 0.5, 0.8])
def test_from_zero_it_is_the_formula_of_hall_and_wellner(high):
    """Hall and Wellner (1980): sum over j of (-1)^j exp(-2 j^2 k^2) P(|N(2 j k (1 - a), a (1 - a))| <= k)."""
    k = hall_wellner_quantile(0, high, 0.95)
    spread = math.sqrt(high * (1 - high))

    def below(x: float) -> float:
        return 0.5 * math.erfc(-x / math.sqrt(2))

    total = 0.0
    for j in range(-30, 31):
        mean = 2 * j * k * (1 - high)
        inside = below((k - mean) / spread) - below((-k - mean) / spread)
        total += (-1) ** j * math.exp(-2 * j * j * k * k) * inside
    assert total == pytest.approx(0.95, abs=1e-10)


def on_a_grid(low: float, high: float, barrier, points: int = 200, cells: int = 401) -> float:
    """P(|W0(x)| <= barrier(x) at all grid points): the bridge as a Markov chain, integrated numerically."""
    x = np.linspace(low, high, points)
    widest = max(barrier(v) for v in x)
    step = 2 * widest / cells
    y = -widest + step * (np.arange(cells) + 0.5)
    density = np.exp(-0.5 * y**2 / (low * (1 - low))) / math.sqrt(2 * math.pi * low * (1 - low))
    density = np.where(np.abs(y) <= barrier(low), density, 0)
    for a, b in pairwise(x):
        mean, variance = y * (1 - b) / (1 - a), (b - a) * (1 - b) / (1 - a)
        kernel = np.exp(-0.5 * (y[:, None] - mean[None, :]) ** 2 / variance)
        density = kernel @ density * step / math.sqrt(2 * math.pi * variance)
        density = np.where(np.abs(y) <= barrier(b), density, 0)
    return float(density.sum() * step)


def test_against_a_markov_chain():
    """A chain looks at the barrier only at its 200 points: it must be drawn in by 0.5826 sqrt(step) to match.

    Broadie, Glasserman and Kou (1997), Math Finance 7:325.
    """
    nearer = 0.5826 * math.sqrt(0.5 / 199)
    k = hall_wellner_quantile(0.2, 0.7, 0.95)
    assert on_a_grid(0.2, 0.7, lambda _: k - nearer) == pytest.approx(0.95, abs=5e-4)
    e = equal_precision_quantile(0.2, 0.7, 0.95)
    assert on_a_grid(0.2, 0.7, lambda x: e * math.sqrt(x * (1 - x)) - nearer) == pytest.approx(0.95, abs=1e-3)


def test_equal_precision_near_its_tail_formula():
    """Miller and Siegmund (1982): P(sup > e) is about 4 f(e)/e + f(e) (e - 1/e) log(odds ratio)."""
    e = equal_precision_quantile(0.1, 0.9, 0.99)
    f = math.exp(-e * e / 2) / math.sqrt(2 * math.pi)
    assert 4 * f / e + f * (e - 1 / e) * math.log(81) == pytest.approx(0.01, rel=0.01)


def test_a_short_range_needs_little_more_than_a_point():
    assert equal_precision_quantile(0.5, 0.5001, 0.95) == pytest.approx(1.96, abs=0.03)


@pytest.mark.parametrize("conf_type", ["log-log", "plain", "arcsin"])
@pytest.mark.parametrize("method", ["equal precision", "hall-wellner"])
def test_bands_hold_the_pointwise_limits(bmt137, method, conf_type):
    rows = (bmt137["os_time"], bmt137["dead"], bmt137["group"])
    band = stats.confidence_band(*rows, method=method, conf_type=conf_type, start=100, stop=600)
    frame = band.steps()
    assert frame["time"].min() >= 100
    assert frame["time"].max() <= 600
    point = stats.kaplan_meier(*rows, conf_type=conf_type)
    for group in (1, 2, 3):
        own = frame.filter(group=group)
        pointwise = point.at(own["time"]).filter(group=group)
        np.testing.assert_allclose(own["estimate"], pointwise["estimate"])
        if method == "equal precision":
            assert (own["lower"] <= pointwise["lower"]).all()
            assert (own["upper"] >= pointwise["upper"]).all()
        assert (own["lower"] <= own["estimate"]).all()


def test_equal_precision_is_the_pointwise_limit_with_another_quantile(bmt137):
    from scipy.special import ndtr

    rows = (bmt137["os_time"], bmt137["dead"])
    band = stats.confidence_band(*rows)
    level = 2 * ndtr(band.critical[0]) - 1
    frame = band.steps()
    pointwise = stats.kaplan_meier(*rows, conf_level=level).at(frame["time"])
    np.testing.assert_allclose(frame["lower"], pointwise["lower"], rtol=1e-9)
    assert "equal precision band" in str(band.convention)


def test_refusals():
    with pytest.raises(RefusalError, match="fewer than two events"):
        stats.confidence_band([1, 2, 3], [0, 1, 0])
    with pytest.raises(RefusalError, match="delayed entry"):
        stats.confidence_band(stats.EventTable.from_arrays([2, 3, 4], [1, 1, 0], entry=[1, 0, 0]))
