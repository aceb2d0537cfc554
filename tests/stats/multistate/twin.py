"""Slow twins: multi-state estimates by the definition, one subject and one time after the other."""

from __future__ import annotations

import numpy as np


def at_risk_rows(h, t):
    return np.flatnonzero((h.start < t) & (t <= h.stop))


def weights(h):
    return np.ones(len(h.subject)) if h.weight is None else h.weight


def hazard_matrix(h, t):
    """The Nelson-Aalen increment at t, by counting rows."""
    size = len(h.model.states)
    w = weights(h)
    risk = at_risk_rows(h, t)
    total = np.zeros(size)
    matrix = np.zeros((size, size))
    for r in risk:
        total[h.origin[r]] += w[r]
    for r in risk:
        if h.stop[r] == t and h.target[r] >= 0:
            matrix[h.origin[r], h.target[r]] += w[r] / total[h.origin[r]]
    matrix -= np.diag(matrix.sum(axis=1))
    return matrix, total


def transition_times(h):
    return sorted(set(h.stop[h.target >= 0].tolist()))


def first_distribution(h):
    """Share of each state among those at risk at the first transition, and who they are."""
    size = len(h.model.states)
    rows = at_risk_rows(h, transition_times(h)[0])
    w = weights(h)
    share = np.zeros(size)
    for r in rows:
        share[h.origin[r]] += w[r]
    return share / share.sum(), rows, share.sum()


def occupancy(h):
    """p(t) after each transition time, and each subject's influence on it."""
    size = len(h.model.states)
    w = weights(h)
    p, rows, total = first_distribution(h)
    n = len(h.subjects)
    influence = np.zeros((n, size))
    if not (p == 1).any():
        for r in rows:
            influence[h.subject[r]] = (np.eye(size)[h.origin[r]] - p) / total
    subject_weight = np.zeros(n)
    for r in range(len(h.subject)):
        subject_weight[h.subject[r]] = w[r]
    out, cov = [p], [np.einsum("i,ij,ik->jk", subject_weight**2, influence, influence)]
    for t in transition_times(h):
        matrix, y = hazard_matrix(h, t)
        step = np.eye(size) + matrix
        new = influence @ step
        for r in at_risk_rows(h, t):
            j = h.origin[r]
            if y[j] == 0:
                continue
            new[h.subject[r]] -= p[j] / y[j] * matrix[j]
            if h.stop[r] == t and h.target[r] >= 0:
                new[h.subject[r]] += p[j] / y[j] * (np.eye(size)[h.target[r]] - np.eye(size)[j])
        influence = new
        p = p @ step
        out.append(p)
        cov.append(np.einsum("i,ij,ik->jk", subject_weight**2, influence, influence))
    return np.array(out), np.array(cov), influence


def transition_covariance(h, s):
    """P(s, t] and its S^2 x S^2 covariance by the recursion of Andersen et al. (1993), eq. 4.4.19."""
    size = len(h.model.states)
    product = np.eye(size)
    cov = np.zeros((size * size, size * size))
    products, covs = [product], [cov]
    for t in transition_times(h):
        if t <= s:
            continue
        matrix, y = hazard_matrix(h, t)
        step = np.eye(size) + matrix
        noise = np.zeros((size, size, size, size))
        for j in range(size):
            if y[j] > 0:
                noise[j, :, j, :] = (np.diag(step[j]) - np.outer(step[j], step[j])) / y[j]
        four = cov.reshape(size, size, size, size)
        moved = np.einsum("hkgl,km,ln->hmgn", four, step, step)
        moved += np.einsum("hj,gi,jkil->hkgl", product, product, noise)
        cov = moved.reshape(size * size, size * size)
        product = product @ step
        products.append(product)
        covs.append(cov)
    return np.array(products), np.array(covs)


def random_histories(
    seed, *, n=25, states=4, late=False, weighted=False, mixed=False, gaps=False, whole=True
):
    """Rows of subjects who wander between states at random; the last state is absorbing."""
    rng = np.random.default_rng(seed)
    rows = {name: [] for name in ("subject", "start", "stop", "from_state", "to_state", "weight")}
    for i in range(n):
        now = float(rng.integers(0, 6)) if late and rng.random() < 0.6 else 0.0
        state = int(rng.integers(0, states - 1)) if mixed else 0
        weight = float(rng.choice([0.5, 1.0, 2.25])) if weighted else 1.0
        for _ in range(6):
            stay = float(rng.integers(1, 7)) if whole else float(rng.exponential(4) + 1e-3)
            move = rng.random() < 0.7
            target = int(rng.choice([k for k in range(states) if k != state])) if move else -1
            rows["subject"].append(f"p{i}")
            rows["start"].append(now)
            rows["stop"].append(now + stay)
            rows["from_state"].append(f"s{state}")
            rows["to_state"].append(f"s{target}" if move else "censored")
            rows["weight"].append(weight)
            now += stay
            if not move and not (gaps and rng.random() < 0.5):
                break
            if not move:
                now += float(rng.integers(1, 4))
                continue
            state = target
            if state == states - 1:
                break
    return rows
