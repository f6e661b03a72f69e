"""Step decay: the rate falls by a factor every so many epochs."""

from __future__ import annotations

import numpy as np

from dlcore.fields import Field
from dlcore.schedules._fields import WARM_UP
from dlcore.specs import Schedule


def rates(base: float, steps: int, steps_per_epoch: int, factor: float, every: int, warm_up: float = 0.0) -> np.ndarray:
    """base · factor^⌊epoch / every⌋, after the warm-up."""
    step, warm = np.arange(steps), round(warm_up * steps_per_epoch)
    drops = np.maximum(step - warm, 0) // (every * steps_per_epoch)
    return base * factor**drops * np.minimum((step + 1) / (warm + 1), 1.0)


SCHEDULE = Schedule(
    name="step",
    title="Step decay",
    summary="Multiplies the learning rate by a factor every few epochs.",
    fields=(
        Field("factor", "float", 0.5, "Factor", "What the learning rate is multiplied by at each drop.", 0.001, 1.0, 0.05),
        Field("every", "int", 10, "Drop every", "Epochs between two drops.", 1, 10_000, unit="epochs"),
        WARM_UP,
    ),
    rates=rates,
    order=2,
)
