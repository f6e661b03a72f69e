"""Gradients of mini-batches: how noisy they are, and what summing instead of averaging does (Robbins & Monro 1951; Bottou 1998)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Fit:
    """A line fitted by mini-batch descent. losses (steps + 1,): mean squared error over all rows, before the first step and after each.

    epochs (steps + 1,): passes through the rows until then. variance: of the first weight's gradient over batches, at the start.
    """

    losses: np.ndarray
    epochs: np.ndarray
    variance: float


def rows(count: int = 256, noise: float = 0.5, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Inputs (count, 2), the second all 1 (the bias), and targets (count,) = 2x − 1 + noise."""
    draw = np.random.default_rng(seed)
    x = draw.standard_normal(count)
    return np.stack([x, np.ones(count)], axis=1), 2 * x - 1 + noise * draw.standard_normal(count)


def gradients(x: np.ndarray, y: np.ndarray, w: np.ndarray, batch: int, seed: int = 0, mean: bool = True) -> np.ndarray:
    """The gradients (batches, 2) of the squared error of each batch of a shuffled pass; the last batch may be smaller."""
    order = np.random.default_rng(seed).permutation(len(x))
    each = 2 * (x[order] @ w - y[order])[:, None] * x[order]
    firsts = np.arange(0, len(x), batch)
    sums = np.add.reduceat(each, firsts, axis=0)
    return sums / np.diff(np.append(firsts, len(x)))[:, None] if mean else sums


def fit(x: np.ndarray, y: np.ndarray, *, batch: int, rate: float, epochs: int, mean: bool = True, seed: int = 0) -> Fit:
    """Descent from w = 0. A loss that leaves the range of 10¹² ends the fit."""
    walked, a, b = [(0.0, 0.0)], 0.0, 0.0
    for epoch in range(epochs):
        order = np.random.default_rng([seed, epoch]).permutation(len(x))
        # A batch's gradient is Hw − v with its own H and v: plain numbers, since 15,000 steps of small arrays would not be at once.
        for h_aa, h_ab, h_bb, v_a, v_b in _moments(x[order], y[order], batch, mean):
            a, b = a - rate * (h_aa * a + h_ab * b - v_a), b - rate * (h_ab * a + h_bb * b - v_b)
            walked.append((a, b))
            if not abs(a) < 1e9:
                break
        if not abs(a) < 1e9:
            break
    with np.errstate(over="ignore", invalid="ignore"):
        losses = _losses(x, y, np.array(walked))
    gone = np.flatnonzero(~(losses < 1e12))
    kept = int(gone[0]) + 1 if len(gone) else len(losses)
    variance = float(gradients(x, y, np.zeros(2), batch, seed, mean)[:, 0].var())
    return Fit(losses[:kept], np.arange(kept) / -(-len(x) // batch), variance)


def _losses(x: np.ndarray, y: np.ndarray, walked: np.ndarray) -> np.ndarray:
    """The mean squared error at each of the weights (steps, 2): that of the best line, and a parabola around it. 15,000 steps times all
    rows would not be at once."""
    best = np.linalg.lstsq(x, y, rcond=None)[0]
    away = walked - best
    return np.mean((x @ best - y) ** 2) + np.einsum("si,ij,sj->s", away, x.T @ x / len(x), away)  # type: ignore[no-any-return]


def _moments(x: np.ndarray, y: np.ndarray, batch: int, mean: bool) -> list[list[float]]:
    """For each batch of consecutive rows, what the gradient of its squared error is made of: twice Σx₁², Σx₁x₂, Σx₂², Σx₁y, Σx₂y."""
    firsts = np.arange(0, len(x), batch)
    products = np.stack([x[:, 0] ** 2, x[:, 0] * x[:, 1], x[:, 1] ** 2, x[:, 0] * y, x[:, 1] * y], axis=1)
    sums = 2 * np.add.reduceat(products, firsts, axis=0)
    rows: list[list[float]] = (sums / np.diff(np.append(firsts, len(x)))[:, None] if mean else sums).tolist()
    return rows
