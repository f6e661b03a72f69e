"""Dropout in numbers: what a unit sees, and how a net with dropout is an average of many (Srivastava et al. 2014; Gal & Ghahramani 2016).

While training, each unit is dropped with probability `rate` and what is left is divided by 1 − rate, so that the next layer's sum
stays the same on average; nothing is dropped afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

UNITS = 64
PENALTY = 0.01


def masks(count: int, units: int, rate: float, seed: int = 0) -> np.ndarray:
    """Masks, float64 of shape (count, units): 0 where a unit is dropped, 1 / (1 − rate) where it is kept; rate from 0 to below 1."""
    if not 0 <= rate < 1:
        raise ValueError(f"rate = {rate} is not allowed: it must be from 0 to below 1")
    return (np.random.default_rng(seed).random((count, units)) >= rate) / (1 - rate)


def spread(rate: float, units: int) -> float:
    """The standard deviation of the mean of `units` outputs of 1 under dropout: √(rate / ((1 − rate) · units))."""
    return float(np.sqrt(rate / ((1 - rate) * units)))


@dataclass(frozen=True)
class Curve:
    """A net of one input fitted to noisy points. x (m,), truth (m,); points_x, points_y (n,). whole (m,): nothing dropped, what is used
    after training. each (samples, m): one dropped net each; mean, deviation (m,): over them."""

    x: np.ndarray
    truth: np.ndarray
    points_x: np.ndarray
    points_y: np.ndarray
    whole: np.ndarray
    each: np.ndarray

    @property
    def mean(self) -> np.ndarray:
        return self.each.mean(axis=0)

    @property
    def deviation(self) -> np.ndarray:
        return self.each.std(axis=0)


def fitted(rate: float, samples: int, seed: int = 0, noise: float = 0.15, rows: int = 24) -> Curve:
    """A sine with a gap, fitted by 64 fixed ReLU units whose output weights are those that training with dropout leads to."""
    draw = np.random.default_rng(seed)
    x = np.linspace(-1.5, 1.5, 121)
    points_x = np.sort(np.where(np.arange(rows) % 2, draw.uniform(-1.2, -0.3, rows), draw.uniform(0.2, 1.1, rows)))
    points_y = np.sin(3 * points_x) + noise * draw.standard_normal(rows)
    slopes, corners = draw.choice([-1.0, 1.0], UNITS), draw.uniform(-1.5, 1.5, UNITS)
    output = best_weights(np.maximum(0.0, slopes * (points_x[:, None] - corners)), points_y, rate)
    features = np.maximum(0.0, slopes * (x[:, None] - corners))
    each = masks(samples, UNITS, rate, seed + 1) @ (features * output).T
    return Curve(x, np.sin(3 * x), points_x, points_y, features @ output, each)


def best_weights(features: np.ndarray, targets: np.ndarray, rate: float) -> np.ndarray:
    """Weights (units,) with the least expected squared error when the features (rows, units) are dropped with that rate.

    The expectation is a ridge penalty of rate / (1 − rate) times each unit's sum of squares (Wager, Wang & Liang 2013; exact for a linear
    layer); PENALTY · Σw² is added so that rate 0 has one answer too.
    """
    squares = features.T @ features
    ridge = rate / (1 - rate) * np.diag(np.diag(squares)) + PENALTY * np.eye(len(squares))
    return np.linalg.solve(squares + ridge, features.T @ targets)
