"""Gradient descent and momentum on ½(x² + κy²), each with the settings that are best for it there (Polyak 1964)."""

from __future__ import annotations

import math

import numpy as np

from dlcore.theory.descent import Settings, descend, steps_to
from dlcore.theory.surfaces import bowl

WITHIN = 0.001
MOST = 20_000


def values(seed: int, conditions: tuple[float, ...]) -> dict[str, list[float]]:
    """label → steps to within 0.001 of the lowest point from a start drawn by the seed, one number for each condition number κ.

    A path that does not get there, in five times as many steps as that should take, counts with these.
    """
    draw = np.random.default_rng(seed)
    x, y = draw.uniform(0.5, 2.0, 2) * draw.choice([-1.0, 1.0], 2)
    return {
        "gradient descent": [_steps("sgd", (x, y), condition, condition, 2 / (1 + condition), 0.0) for condition in conditions],
        "momentum": [_steps("momentum", (x, y), condition, 4 * math.sqrt(condition), *tuned(condition)) for condition in conditions],
    }


def tuned(condition: float) -> tuple[float, float]:
    """The learning rate and momentum of the fastest convergence: 4 / (√κ + 1)² and ((√κ − 1) / (√κ + 1))²."""
    root = math.sqrt(condition)
    return 4 / (root + 1) ** 2, ((root - 1) / (root + 1)) ** 2


def _steps(rule: str, start: tuple[float, float], condition: float, pace: float, rate: float, momentum: float) -> float:
    """pace: steps that the rule needs at most to come nearer by a factor of e²; to get there takes it about four times that."""
    surface = bowl(condition)
    steps = min(MOST, int(5 * pace) + 100)

    def gradient(point: np.ndarray) -> np.ndarray:
        return np.array(surface.gradient(point[0], point[1]))

    path = descend(rule, gradient, start, Settings(rate=rate, momentum=momentum), steps)
    reached = steps_to(path.points, (0.0, 0.0), WITHIN)
    return float(steps if reached is None else reached)
