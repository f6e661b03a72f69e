"""Cyclical learning rates, exp_range: the height falls exponentially with the steps (Smith 2017)."""

from __future__ import annotations

import numpy as np

from dlcore.fields import Field
from dlcore.schedules._fields import LOWEST, STEP_SIZE
from dlcore.specs import Schedule


def rates(base: float, steps: int, steps_per_epoch: int, step_size: float, lowest: float, gamma: float) -> np.ndarray:
    """As triangular, with the height above lowest · base multiplied by gamma^step."""
    half = max(step_size * steps_per_epoch, 1)
    step = np.arange(steps)
    cycle = np.floor(1 + step / (2 * half))
    height = np.maximum(0, 1 - np.abs(step / half - 2 * cycle + 1))
    return base * (lowest + (1 - lowest) * height * gamma**step)


SCHEDULE = Schedule(
    name="exp_range",
    title="Triangular cycles, fading",
    summary="Up and down in straight lines; the upper bound falls a little with every step.",
    fields=(
        STEP_SIZE,
        LOWEST,
        Field("gamma", "float", 0.9999, "Fading γ", "What is left of the height after each step.", 0.9, 1.0, unit="per step"),
    ),
    rates=rates,
    order=8,
)
