"""Thinning long curves for drawing without hiding a spike."""

from __future__ import annotations

import numpy as np

Curve = np.ndarray


def thin(x: Curve, y: Curve, limit: int) -> tuple[Curve, Curve]:
    """At most `limit` points of the curve y(x), both of shape (n,): the least and the greatest value of each bucket, in their order.

    Buckets are a power of two long and begin at 0, so that a curve that grows keeps the points that were drawn. A value that is not
    finite stays as it is (a gap); a bucket with nothing finite in it is one gap.
    """
    if len(y) <= limit:
        return x, y
    size = 2
    while 2 * -(-len(y) // size) > limit:
        size *= 2
    whole = len(y) // size * size
    blocks = y[:whole].reshape(-1, size)
    low = np.where(np.isfinite(blocks), blocks, np.inf).argmin(axis=1)
    high = np.where(np.isfinite(blocks), blocks, -np.inf).argmax(axis=1)
    starts = np.arange(len(blocks)) * size
    kept = np.unique(np.concatenate([starts + low, starts + high, _ends(y, whole)]))
    return x[kept], y[kept]


def _ends(y: Curve, whole: int) -> np.ndarray:
    """Places of the least, greatest and last value of the bucket that is not full yet."""
    rest = y[whole:]
    if not len(rest):
        return np.array([], int)
    finite = np.isfinite(rest)
    return whole + np.unique([np.where(finite, rest, np.inf).argmin(), np.where(finite, rest, -np.inf).argmax(), len(rest) - 1])
