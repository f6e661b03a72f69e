"""Two interleaving half circles in the plane."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.datasets._fields import ROWS, noise
from dlcore.specs import Dataset, Shape


def load(*, seed: int, rows: int, noise: float) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    y = np.arange(rows) % 2
    angle = rng.uniform(0, np.pi, rows)
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    lower = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
    x = np.where(y[:, np.newaxis] == 0, upper, lower) + rng.normal(0, noise, (rows, 2))
    return {"x": x.astype("float32"), "y": y.astype("int64")}


DATASET = Dataset(
    name="moons",
    title="Two moons",
    summary="Two half circles of points that reach into each other: no straight line separates them.",
    fields=(ROWS, noise(0.1)),
    shape=lambda settings: Shape("vector", (2,), "binary", 1, int(settings["rows"])),  # type: ignore[arg-type]
    load=load,
    origin="generated",
    class_names=("upper", "lower"),
    feature_names=("x1", "x2"),
    order=20,
)
