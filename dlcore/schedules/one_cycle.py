"""One-cycle (Smith & Topin 2018), with two cosine phases as in fastai and PyTorch's `OneCycleLR`."""

from __future__ import annotations

import numpy as np

from dlcore.fields import Field
from dlcore.specs import Schedule


def rates(base: float, steps: int, steps_per_epoch: int, rise: float, start: float, final: float) -> np.ndarray:
    """From start · base up to base in the share `rise` of all steps, then down to final · start · base, each along half a cosine."""
    step = np.arange(steps)
    peak = max(rise * steps - 1, 1e-9)
    up = np.clip(step / peak, 0, 1)
    down = np.clip((step - peak) / max(steps - 1 - peak, 1e-9), 0, 1)
    rising = start + (1 - start) * (1 - np.cos(np.pi * up)) / 2
    falling = final * start + (1 - final * start) * (1 + np.cos(np.pi * down)) / 2
    return base * np.where(step <= peak, rising, falling)


SCHEDULE = Schedule(
    name="one_cycle",
    title="One cycle",
    summary="Climbs to the learning rate once and falls far below where it began. Allows higher rates than a constant one.",
    fields=(
        Field("rise", "float", 0.3, "Rising part", "Share of all steps in which the rate climbs.", 0.01, 0.99, 0.05),
        Field(
            "start",
            "float",
            0.04,
            "First rate",
            "The first rate, as a share of the learning rate.",
            0.0001,
            1.0,
            log=True,
            advanced=True,
        ),
        Field("final", "float", 0.0001, "Final rate", "The last rate, as a share of the first.", 0.000001, 1.0, log=True, advanced=True),
    ),
    rates=rates,
    order=5,
)
