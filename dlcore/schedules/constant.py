"""One learning rate from beginning to end."""

from __future__ import annotations

import numpy as np

from dlcore.specs import Schedule


def rates(base: float, steps: int, steps_per_epoch: int) -> np.ndarray:
    return np.full(steps, base)


SCHEDULE = Schedule("constant", "Constant", "One learning rate from beginning to end.", (), rates, order=1)
