"""Cosine decay (Loshchilov & Hutter 2017, without restarts)."""

from __future__ import annotations

import numpy as np

from dlcore.fields import Field
from dlcore.schedules._fields import WARM_UP
from dlcore.specs import Schedule


def rates(base: float, steps: int, steps_per_epoch: int, final: float = 0.0, warm_up: float = 0.0) -> np.ndarray:
    """base · (final + (1 − final) · (1 + cos πt) / 2), where t runs from 0 to 1 after the warm-up."""
    step, warm = np.arange(steps), round(warm_up * steps_per_epoch)
    passed = np.maximum(step - warm, 0) / max(steps - warm, 1)
    return base * (final + (1 - final) * (1 + np.cos(np.pi * passed)) / 2) * np.minimum((step + 1) / (warm + 1), 1.0)


SCHEDULE = Schedule(
    name="cosine",
    title="Cosine decay",
    summary="Falls along half a cosine: slowly at first, fast in the middle, slowly to the end.",
    fields=(
        Field("final", "float", 0.0, "Final rate", "The rate at the end, as a share of the learning rate.", 0.0, 1.0, 0.01),
        WARM_UP,
    ),
    rates=rates,
    order=4,
)
