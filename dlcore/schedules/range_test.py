"""The learning-rate range test (Smith 2017): one run in which the rate climbs from very small to very large.

Smith climbs in a straight line and looks at the accuracy; fastai (Gugger 2018) climbs exponentially and looks at the loss. The run ends by
itself once the loss has blown up: see engine/ceiling.py, which reads `stop_factor`.
"""

from __future__ import annotations

import numpy as np

from dlcore.fields import Field
from dlcore.specs import Schedule


def rates(base: float, steps: int, steps_per_epoch: int, ramp: str, first: float, stop_factor: float) -> np.ndarray:
    """From `first` in the first step to `base` in the last: equal ratios when `ramp` is "exponential", equal steps when "linear"."""
    low = min(first, base)
    passed = np.arange(steps) / max(steps - 1, 1)
    if ramp == "linear":
        return np.minimum(low + (base - low) * passed, base)
    return np.minimum(low * (base / low) ** passed, base)


SCHEDULE = Schedule(
    name="range_test",
    title="Range test",
    summary="Climbs once from very small to the learning rate, to see at which rates the net learns and where it diverges.",
    fields=(
        Field(
            "ramp", "choice", "exponential", "Ramp", "Exponential: equal ratios, for the loss. Linear: equal steps, for the accuracy.",
            choices=("exponential", "linear"),
        ),
        Field("first", "float", 1e-7, "First rate", "Where the climb begins; it ends at the learning rate.", 1e-10, 1.0, log=True),
        Field(
            "stop_factor", "float", 4.0, "Stop factor",
            "Ends the run once the smoothed loss is this many times its least value so far; 0 climbs to the end.",
            0.0, 100.0, 0.5,
        ),
    ),
    rates=rates,
    order=9,
)  # fmt: skip
