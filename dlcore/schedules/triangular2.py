"""Cyclical learning rates, triangular2: the height halves after each cycle (Smith 2017)."""

from __future__ import annotations

import numpy as np

from dlcore.schedules._fields import LOWEST, STEP_SIZE
from dlcore.specs import Schedule


def rates(base: float, steps: int, steps_per_epoch: int, step_size: float, lowest: float) -> np.ndarray:
    """As triangular, with the height above lowest · base halved after each cycle."""
    half = max(step_size * steps_per_epoch, 1)
    step = np.arange(steps)
    cycle = np.floor(1 + step / (2 * half))
    height = np.maximum(0, 1 - np.abs(step / half - 2 * cycle + 1))
    return base * (lowest + (1 - lowest) * height / 2 ** (cycle - 1))


SCHEDULE = Schedule(
    name="triangular2",
    title="Triangular cycles, halving",
    summary="Up and down in straight lines; each cycle climbs half as high above the lower bound as the one before.",
    fields=(STEP_SIZE, LOWEST),
    rates=rates,
    order=7,
)
