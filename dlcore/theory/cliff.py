"""The cliff in the loss of a recurrent net, and gradient descent that meets it with and without clipping.

The net of Pascanu, Mikolov & Bengio (2013), section 2.3: h_t = w σ(h_{t−1}) + b, 50 steps from h_0 = 0.5, L = (σ(h_50) − 0.7)².
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

STEPS, START, TARGET = 50, 0.5, 0.7


@dataclass(frozen=True)
class Descent:
    """weights (n + 1,): where each update led; losses (n + 1,) and gradients (n + 1,) there."""

    weights: np.ndarray
    losses: np.ndarray
    gradients: np.ndarray


def loss(weight: np.ndarray | float, bias: float) -> tuple[np.ndarray, np.ndarray]:
    """The loss and its derivative by the weight, each of the weights' shape."""
    w = np.asarray(weight, float)
    h, slope = np.full_like(w, START), np.zeros_like(w)
    for _ in range(STEPS):
        fired = _sigmoid(h)
        slope = fired + w * fired * (1 - fired) * slope
        h = w * fired + bias
    fired = _sigmoid(h)
    return (fired - TARGET) ** 2, 2 * (fired - TARGET) * fired * (1 - fired) * slope


def descend(start: float, bias: float, rate: float, updates: int, limit: float = 0.0) -> Descent:
    """Plain gradient descent on the weight; limit: the longest gradient that is let through, 0 for all."""
    weights, losses, gradients = [start], [], []
    for number in range(updates + 1):
        here, slope = (float(part) for part in loss(weights[-1], bias))
        losses.append(here)
        gradients.append(slope)
        if number < updates:
            step = np.clip(slope, -limit, limit) if limit > 0 else slope
            weights.append(float(weights[-1] - rate * step))
    return Descent(np.array(weights), np.array(losses), np.array(gradients))


def _sigmoid(z: np.ndarray) -> np.ndarray:
    return np.asarray((1 + np.tanh(z / 2)) / 2)
