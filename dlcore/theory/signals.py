"""Short signals for a net to read."""

from __future__ import annotations

import numpy as np

NAMES = ("steps up and down", "one pulse", "a wave", "noise")


def signal(name: str, steps: int) -> np.ndarray:
    """(steps,) values around 0. One pulse comes at the second step, so that all after it is memory."""
    t = np.arange(steps)
    if name == "one pulse":
        return np.where(t == 1, 3.0, 0.0)
    if name == "steps up and down":
        return np.where(t // max(1, steps // 6) % 2, 1.5, -1.5)
    if name == "a wave":
        return 1.5 * np.sin(2 * np.pi * t / 20)
    return np.random.default_rng(0).standard_normal(steps)
