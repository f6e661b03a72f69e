"""One learning rate from beginning to end."""

from __future__ import annotations

import numpy as np

from dlcore.schedules._fields import WARM_UP
from dlcore.specs import Schedule


def rates(base: float, steps: int, steps_per_epoch: int, warm_up: float = 0.0) -> np.ndarray:
    step, warm = np.arange(steps), round(warm_up * steps_per_epoch)
    return base * np.minimum((step + 1) / (warm + 1), 1.0)


SCHEDULE = Schedule("constant", "Constant", "One learning rate from beginning to end.", (WARM_UP,), rates, order=1)
