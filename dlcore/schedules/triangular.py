"""Cyclical learning rates, triangular (Smith 2017, "Cyclical learning rates for training neural networks")."""

from __future__ import annotations

import numpy as np

from dlcore.schedules._fields import LOWEST, STEP_SIZE
from dlcore.specs import Schedule


def rates(base: float, steps: int, steps_per_epoch: int, step_size: float, lowest: float) -> np.ndarray:
    """Straight up from lowest · base to base in `step_size` epochs, straight down again, and so on."""
    half = max(step_size * steps_per_epoch, 1)
    step = np.arange(steps)
    cycle = np.floor(1 + step / (2 * half))
    height = np.maximum(0, 1 - np.abs(step / half - 2 * cycle + 1))
    return base * (lowest + (1 - lowest) * height)


SCHEDULE = Schedule(
    name="triangular",
    title="Triangular cycles",
    summary="Up and down in straight lines between two bounds, again and again.",
    fields=(STEP_SIZE, LOWEST),
    rates=rates,
    order=6,
)
