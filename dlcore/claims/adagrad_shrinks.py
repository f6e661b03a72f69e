"""How Adagrad's step falls with time."""

from __future__ import annotations

import numpy as np

from dlcore.specs import Claim
from dlcore.theory.descent import Settings, descend

STEPS = 4000


def compute(seed: int) -> dict[str, list[float]]:
    """The slope of log(effective learning rate) over log(step) under gradients of steady size, after the first hundred steps."""
    path = descend("adagrad", np.zeros_like, (0.0, 0.0), Settings(rate=0.1), STEPS, noise=1.0, seed=seed)
    steps = np.arange(100, STEPS)
    return {"Adagrad": [float(np.polyfit(np.log(steps + 1), np.log(path.sizes[steps, 0]), 1)[0])]}


CLAIM = Claim(
    name="adagrad_shrinks",
    title="Does Adagrad's step shrink like 1/√t?",
    summary="Under gradients of steady size Adagrad's effective learning rate falls with the square root of the number of steps.",
    topic="optimizers",
    reference="Duchi, Hazan & Singer 2011",
    compute=compute,
    effect=lambda values: values["Adagrad"][0],
    quantity="exponent of the step number in the effective learning rate",
    region=(-0.55, -0.45),
    refuted="An exponent further than 0.05 from −½.",
    order=22,
)
