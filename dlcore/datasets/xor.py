"""Exclusive or, as points in four squares of the plane (Minsky & Papert 1969)."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.datasets._fields import ROWS, noise
from dlcore.specs import Dataset, Shape


def load(*, seed: int, rows: int, noise: float) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    quadrant = np.arange(rows) % 4
    signs = np.stack([1 - 2 * (quadrant % 2), 1 - 2 * (quadrant // 2)], axis=1)
    x = signs * rng.uniform(0.1, 1, (rows, 2)) + rng.normal(0, noise, (rows, 2))
    y = signs[:, 0] != signs[:, 1]  # decided before the noise, which may carry a point over the border
    return {"x": x.astype("float32"), "y": y.astype("int64")}


DATASET = Dataset(
    name="xor",
    title="Exclusive or",
    summary="Four squares of points; opposite squares share a class. One neuron cannot solve it, two hidden ones can.",
    fields=(ROWS, noise(0.05)),
    shape=lambda settings: Shape("vector", (2,), "binary", 1, int(settings["rows"])),  # type: ignore[arg-type]
    load=load,
    origin="generated",
    class_names=("same signs", "different signs"),
    feature_names=("x1", "x2"),
    order=24,
)
