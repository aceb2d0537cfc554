"""Slow twins: the definitions, patient by patient, with no event table."""

from __future__ import annotations

import numpy as np


def incidence(time, cause, weight, of_interest, when, entry=None):
    """Aalen-Johansen at one time by its definition; weights multiply people."""
    entry = np.full(len(time), -1.0) if entry is None else np.asarray(entry, dtype=float)
    survival = total = 0.0
    survival = 1.0
    for t in sorted({t for t, c in zip(time, cause, strict=True) if c and t <= when}):
        at_risk = sum(w for x, e, w in zip(time, entry, weight, strict=True) if e < t <= x)
        own = sum(w for x, c, w in zip(time, cause, weight, strict=True) if x == t and c == of_interest)
        failed = sum(w for x, c, w in zip(time, cause, weight, strict=True) if x == t and c)
        total += survival * own / at_risk
        survival *= 1 - failed / at_risk
    return total


def jackknife_variance(time, cause, weight, of_interest, when, entry=None, step=1e-5):
    """Sum over patients of (weight x numerical derivative of the curve to the patient's weight) squared."""
    out = 0.0
    for i in range(len(time)):
        up, down = np.array(weight, dtype=float), np.array(weight, dtype=float)
        up[i] += step
        down[i] -= step
        slope = incidence(time, cause, up, of_interest, when, entry)
        slope -= incidence(time, cause, down, of_interest, when, entry)
        out += (weight[i] * slope / (2 * step)) ** 2
    return out


def logrank(time, event, group, entry=None):
    """Two-group log-rank statistic from 2 x 2 tables."""
    entry = np.full(len(time), -1.0) if entry is None else entry
    first = sorted(set(group))[0]
    score = variance = 0.0
    for t in sorted({t for t, e in zip(time, event, strict=True) if e}):
        risk = [(g == first) for x, a, g in zip(time, entry, group, strict=True) if a < t <= x]
        dead = [g == first for x, e, g in zip(time, event, group, strict=True) if x == t and e]
        n, m, d = len(risk), sum(risk), len(dead)
        score += sum(dead) - d * m / n
        if n > 1:
            variance += d * (n - d) / (n - 1) * m / n * (1 - m / n)
    return score, variance


def gray_score(time, cause, group, rho=0.0):
    """Observed minus expected of the first group by Gray (1988), with estimated subdistribution risk sets."""
    time, cause, group = np.asarray(time), np.asarray(cause), np.asarray(group)
    labels = sorted(set(group))
    score = pooled = 0.0
    for t in sorted(set(time[cause == 1])):
        at_risk, reweighted = {}, {}
        for g in labels:
            own = group == g
            count = int((time[own] >= t).sum())
            left = 1 - sum(
                incidence(time[own], cause[own], np.ones(own.sum()), k, np.nextafter(t, -1)) for k in (1, 2)
            )
            f = incidence(time[own], cause[own], np.ones(own.sum()), 1, np.nextafter(t, -1))
            reweighted[g] = count / left if count else 0.0
            at_risk[g] = reweighted[g] * (1 - f)
        d = int(((time == t) & (cause == 1)).sum())
        d_first = int(((time == t) & (cause == 1) & (group == labels[0])).sum())
        weight = (1 - pooled) ** rho
        score += weight * (d_first - d * at_risk[labels[0]] / sum(at_risk.values()))
        pooled += d / sum(reweighted.values())
    return score
