"""The columns of the frames that a curve answers with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from dayzero.stats.arrays import TIE_TOLERANCE
from dayzero.stats.curves.curve import position

if TYPE_CHECKING:
    from dayzero.stats.arrays import FloatArray
    from dayzero.stats.curves.curve import Curve


def _tally(values: FloatArray) -> Any:
    """Return counts as whole numbers when they are, so that people print as people."""
    flat = values.reshape(-1)
    whole = np.rint(flat)
    return whole.astype(np.int64) if np.array_equal(whole, flat) else flat


def _long(curve: Curve, values: npt.NDArray[Any], rows: int) -> npt.NDArray[Any]:
    """Repeat a (G, rows) array for each cause, and flatten."""
    return np.broadcast_to(values[:, None, :], (len(curve.groups), len(curve.causes), rows)).reshape(-1)


def _keys(curve: Curve, rows: int) -> dict[str, Any]:
    import polars as pl

    group = [g for g in curve.groups for _ in range(len(curve.causes) * rows)]
    cause = [c for _ in curve.groups for c in curve.causes for _ in range(rows)]
    return {"group": group, "cause": pl.Series(cause, dtype=pl.Int64)}


def at_columns(curve: Curve, wanted: FloatArray, *, missing: bool = False) -> dict[str, Any]:
    """Return the columns of :meth:`Curve.at`."""
    step = position(curve.times, wanted)
    lower, upper = curve.limits
    import polars as pl

    columns = _keys(curve, len(wanted))
    columns["time"] = np.tile(wanted, len(curve.groups) * len(curve.causes))
    for name, values in (
        ("estimate", curve.estimate),
        ("std_err", curve.std_err),
        ("lower", lower),
        ("upper", upper),
    ):
        columns[name] = values[:, :, step].reshape(-1)
    at_risk, events = _counts_at(curve, wanted, step, curve.at_risk, curve.events)
    columns["at_risk"], columns["events"] = _tally(at_risk), _tally(events)
    last = np.where(np.isnan(curve.last), -1.0, curve.last)[:, None]
    beyond = wanted - last * (1 + TIE_TOLERANCE) > 0
    columns["beyond_follow_up"] = _long(curve, beyond, len(wanted))
    if missing:
        unknown = _long(curve, beyond & ~curve.complete[:, None], len(wanted))
        for name in ("estimate", "std_err", "lower", "upper"):
            columns[name] = np.where(unknown, np.nan, columns[name])
    flags = [text or None for text in curve.flags()[:, :, step].reshape(-1)]
    columns["flag"] = pl.Series(flags, dtype=pl.String)
    if curve.people is not None:
        at_risk, events = _counts_at(curve, wanted, step, curve.people[0], curve.people[1])
        columns["at_risk_people"], columns["events_people"] = _tally(at_risk), _tally(events)
    return columns


def _counts_at(
    curve: Curve, wanted: FloatArray, step: Any, at_risk: FloatArray, events: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return at risk just before the wanted times and cumulative events up to them."""
    slack = TIE_TOLERANCE * max(1.0, float(np.abs(curve.times).mean()))
    coming = np.searchsorted(curve.times, wanted - slack, side="left")
    padded = np.concatenate((at_risk, np.zeros((len(at_risk), 1))), axis=1)
    cumulative = np.concatenate((np.zeros((*events.shape[:2], 1)), events.cumsum(axis=-1)), axis=-1)
    return _long(curve, padded[:, coming], len(wanted)), cumulative[:, :, step]


def quantile_columns(curve: Curve, p: FloatArray) -> dict[str, Any]:
    """Return the columns of :meth:`Curve.quantile`."""
    columns = _keys(curve, len(p))
    columns["p"] = np.tile(p, len(curve.groups) * len(curve.causes))
    lower, upper = curve.limits
    # The limit that is reached first bounds the time from below.
    first, second = (lower, upper) if curve.falls else (upper, lower)
    for name, values in (("estimate", curve.estimate), ("lower", first), ("upper", second)):
        columns[name] = np.concatenate(
            [
                _crossing(curve, g, values[g, j], p)
                for g in range(len(curve.groups))
                for j in range(len(curve.causes))
            ]
        )
    return columns


def _crossing(curve: Curve, group: int, values: FloatArray, p: FloatArray) -> FloatArray:
    """Return when one step function first reaches ``p``; the middle of a part flat exactly at ``p``."""
    steps = _own_steps(curve, group)
    if not steps.size:
        return np.full(len(p), np.nan)
    height = np.concatenate(([0.0], (1 - values[1 + steps]) if curve.falls else values[1 + steps]))
    when = np.concatenate(([0.0], curve.times[steps]))
    final, last = height[-1], when[-1]
    known = ~np.isnan(height)
    order = np.argsort(height[known], kind="stable")
    height, when = height[known][order], when[known][order]
    fresh = np.concatenate(([True], np.diff(height) > 0))
    height, when = height[fresh], when[fresh]
    reach = np.concatenate((when, [np.nan]))
    early = reach[np.searchsorted(height + TIE_TOLERANCE, p, side="left")]
    late = reach[np.searchsorted(height - TIE_TOLERANCE, p, side="left")]
    at_end = np.abs(p - final) < TIE_TOLERANCE
    late = np.where(at_end, last, late)
    return np.where(p == 0, 0.0, (early + late) / 2)


def _own_steps(curve: Curve, group: int) -> Any:
    """Return the times at which somebody of this group left."""
    return np.flatnonzero(curve.events[group].any(axis=0) | (curve.censored[group] > 0))


def step_columns(curve: Curve) -> dict[str, Any]:
    """Return the columns of :meth:`Curve.steps`."""
    import polars as pl

    lower, upper = curve.limits
    pieces: dict[str, list[Any]] = {"group": [], "cause": []}
    table: dict[str, list[FloatArray]] = {}
    for g, group in enumerate(curve.groups):
        own = _own_steps(curve, g)
        start = curve.at_risk[g, :1] if own.size else np.zeros(1)
        for j, cause in enumerate(curve.causes):
            rows = np.concatenate(([0], own + 1))
            pieces["group"] += [group] * len(rows)
            pieces["cause"] += [cause] * len(rows)
            columns = {
                "time": np.concatenate(([0.0], curve.times[own])),
                "estimate": curve.estimate[g, j, rows],
                "std_err": curve.std_err[g, j, rows],
                "lower": lower[g, j, rows],
                "upper": upper[g, j, rows],
                "at_risk": np.concatenate((start, curve.at_risk[g, own])),
                "events": np.concatenate(([0.0], curve.events[g, j, own])),
                "censored": np.concatenate(([0.0], curve.censored[g, own])),
            }
            for name, values in columns.items():
                table.setdefault(name, []).append(values)
    out: dict[str, Any] = {"group": pieces["group"], "cause": pl.Series(pieces["cause"], dtype=pl.Int64)}
    for name, arrays in table.items():
        joined = np.concatenate(arrays)
        out[name] = _tally(joined) if name in {"at_risk", "events", "censored"} else joined
    return out
