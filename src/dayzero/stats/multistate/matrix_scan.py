"""Running products and sums of small matrices over many times, without a Python step a time.

A multi-state estimate is a recurrence over event times: ``P <- P H``. The times are cut into about sqrt(T)
blocks of about sqrt(T) times; every block runs its recurrence at once, from the identity, and one more pass
joins the blocks. Results are those of the plain loop up to round-off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from dayzero.stats.arrays import FloatArray, IntArray


def _block_length(n: int) -> int:
    return max(1, int(np.sqrt(n)))


def _blocks(values: FloatArray, length: int, filler: FloatArray) -> FloatArray:
    """Reshape (T, ...) to (length, blocks, ...), the last block filled up with ``filler``."""
    n = len(values)
    blocks = -(-n // length)
    missing = blocks * length - n
    if missing:
        tail = np.broadcast_to(filler, (missing, *values.shape[1:]))
        values = np.concatenate((values, tail))
    return np.ascontiguousarray(values.reshape(blocks, length, *values.shape[1:]).swapaxes(0, 1))


def _unblocked(values: FloatArray, n: int) -> FloatArray:
    length, blocks = values.shape[:2]
    return values.swapaxes(0, 1).reshape(length * blocks, *values.shape[2:])[:n]


def affine_scan(steps: FloatArray, added: FloatArray, start: FloatArray) -> FloatArray:
    """Run ``X <- X H + F`` and return X before the first time and after each one.

    Parameters
    ----------
    steps : ndarray, shape (T, S, S)
        The matrices H.
    added : ndarray, shape (T, R, S)
        The matrices F.
    start : ndarray, shape (R, S)
        X before the first time.

    Returns
    -------
    ndarray, shape (1 + T, R, S)
    """
    n, size = len(steps), steps.shape[-1]
    if not n:
        return start[None].astype(np.float64)
    length = _block_length(n)
    product = _blocks(steps, length, np.eye(size))
    total = _blocks(added, length, np.zeros(added.shape[1:]))
    for i in range(1, length):
        total[i] += total[i - 1] @ product[i]
        product[i] = product[i - 1] @ product[i]
    carried = np.empty((product.shape[1], *start.shape))
    carried[0] = start
    for b in range(1, len(carried)):
        carried[b] = carried[b - 1] @ product[-1, b - 1] + total[-1, b - 1]
    total += carried[None] @ product
    return np.concatenate((start[None], _unblocked(total, n)))


def product_scan(steps: FloatArray, start: FloatArray | None = None) -> FloatArray:
    """Return the running product of ``steps`` (T, S, S) from ``start`` (identity), shape (1 + T, R, S)."""
    begin = np.eye(steps.shape[-1]) if start is None else start
    return affine_scan(steps, np.zeros((len(steps), *begin.shape)), begin)


def congruence_scan(steps: FloatArray, added: FloatArray, start: FloatArray) -> FloatArray:
    """Run ``V <- H' V H + Q`` and return V before the first time and after each one.

    Parameters
    ----------
    steps : ndarray, shape (T, S, S)
        The matrices H.
    added : ndarray, shape (T, ..., S, S)
        The matrices Q; every leading index runs its own recurrence with the same H.
    start : ndarray, shape (..., S, S)
        V before the first time.

    Returns
    -------
    ndarray, shape (1 + T, ..., S, S)
    """
    n, size = len(steps), steps.shape[-1]
    if not n:
        return start[None].astype(np.float64)
    length = _block_length(n)
    product = _blocks(steps, length, np.eye(size))
    total = _blocks(added, length, np.zeros(added.shape[1:]))
    lead = (1,) * (total.ndim - 4)

    def across(matrix: FloatArray) -> FloatArray:
        """Give H the leading axes of Q."""
        return matrix.reshape(*matrix.shape[:-2], *lead, size, size)

    for i in range(1, length):
        step = across(product[i])
        total[i] += step.swapaxes(-1, -2) @ total[i - 1] @ step
        product[i] = product[i - 1] @ product[i]
    carried = np.empty(total.shape[1:])
    carried[0] = start
    for b in range(1, len(carried)):
        last = product[-1, b - 1]
        carried[b] = last.T @ carried[b - 1] @ last + total[-1, b - 1]
    whole = across(product)
    total += whole.swapaxes(-1, -2) @ carried[None] @ whole
    return np.concatenate((start[None], _unblocked(total, n)))


class RangeTree(NamedTuple):
    """The maps ``u -> u M - G_j`` over runs of 1, 2, 4, ... times, for states j = 0..S-1.

    ``products[l][i]`` and ``losses[l][i]`` belong to times ``i 2^l .. (i + 1) 2^l - 1``; row j of a loss is
    G_j.
    """

    products: tuple[FloatArray, ...]
    losses: tuple[FloatArray, ...]


def range_tree(steps: FloatArray, losses: FloatArray) -> RangeTree:
    """Build the tree of one-time maps with matrices ``steps`` and losses (T, S, S)."""
    product, loss = [steps], [losses]
    while len(product[-1]) > 1:
        last_product, last_loss = product[-1], loss[-1]
        even = len(last_product) // 2 * 2
        right = last_product[1:even:2]
        product.append(last_product[0:even:2] @ right)
        loss.append(last_loss[0:even:2] @ right + last_loss[1:even:2])
    return RangeTree(tuple(product), tuple(loss))


def apply_range(
    tree: RangeTree, vectors: FloatArray, begin: IntArray, end: IntArray, state: IntArray
) -> FloatArray:
    """Carry each row vector over times ``begin <= e < end`` spent in ``state``.

    State -1 is none: nothing is lost.

    Parameters
    ----------
    tree : RangeTree
    vectors : ndarray, shape (n, S)
    begin, end, state : ndarray of int, shape (n,)

    Returns
    -------
    ndarray, shape (n, S)
    """
    out = vectors.copy()
    at = begin.copy()
    levels = range(len(tree.products))
    for level in levels:  # climb while the position is not aligned to a longer run
        chosen = np.flatnonzero(((at >> level) & 1 == 1) & (at + (1 << level) <= end))
        _move(tree, level, out, at, state, chosen)
    for level in reversed(levels):
        chosen = np.flatnonzero(at + (1 << level) <= end)
        _move(tree, level, out, at, state, chosen)
    return out


def _move(
    tree: RangeTree, level: int, out: FloatArray, at: IntArray, state: IntArray, chosen: IntArray
) -> None:
    if not chosen.size:
        return
    node = at[chosen] >> level
    moved = (out[chosen, None, :] @ tree.products[level][node])[:, 0]
    here = state[chosen]
    lost = tree.losses[level][node, np.maximum(here, 0)]
    lost[here < 0] = 0.0
    out[chosen] = moved - lost
    at[chosen] += 1 << level
