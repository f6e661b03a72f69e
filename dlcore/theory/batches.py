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
    found = []
    for first in range(0, len(x), batch):
        chosen = order[first : first + batch]
        each = 2 * (x[chosen] @ w - y[chosen])[:, None] * x[chosen]
        found.append(each.mean(axis=0) if mean else each.sum(axis=0))
    return np.array(found)


def fit(x: np.ndarray, y: np.ndarray, *, batch: int, rate: float, epochs: int, mean: bool = True, seed: int = 0) -> Fit:
    """Descent from w = 0. A loss that leaves the range of 10¹² ends the fit."""
    w, losses, steps = np.zeros(2), [], 0
    variance = float(gradients(x, y, w, batch, seed, mean)[:, 0].var())
    losses.append(float(np.mean((x @ w - y) ** 2)))
    for epoch in range(epochs):
        order = np.random.default_rng([seed, epoch]).permutation(len(x))
        for first in range(0, len(x), batch):
            chosen = order[first : first + batch]
            each = 2 * (x[chosen] @ w - y[chosen])[:, None] * x[chosen]
            w = w - rate * (each.mean(axis=0) if mean else each.sum(axis=0))
            losses.append(float(np.mean((x @ w - y) ** 2)))
            steps += 1
            if not losses[-1] < 1e12:
                break
        if not losses[-1] < 1e12:
            break
    per_epoch = -(-len(x) // batch)
    return Fit(np.array(losses), np.arange(steps + 1) / per_epoch, variance)
