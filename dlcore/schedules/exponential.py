"""Exponential decay: the rate falls by the same factor in every epoch, a little in each step."""

from __future__ import annotations

import numpy as np

from dlcore.fields import Field
from dlcore.schedules._fields import WARM_UP
from dlcore.specs import Schedule


def rates(base: float, steps: int, steps_per_epoch: int, factor: float, warm_up: float = 0.0) -> np.ndarray:
    """base · factor^epochs, with epochs as a fraction, after the warm-up."""
    step, warm = np.arange(steps), round(warm_up * steps_per_epoch)
    epochs = np.maximum(step - warm, 0) / steps_per_epoch
    return base * factor**epochs * np.minimum((step + 1) / (warm + 1), 1.0)


SCHEDULE = Schedule(
    name="exponential",
    title="Exponential decay",
    summary="Multiplies the learning rate by the same factor in every epoch, evenly over its steps.",
    fields=(
        Field("factor", "float", 0.95, "Factor", "What is left of the learning rate after an epoch.", 0.001, 1.0, 0.01, unit="per epoch"),
        WARM_UP,
    ),
    rates=rates,
    order=3,
)
