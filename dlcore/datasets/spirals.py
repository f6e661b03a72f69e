"""Spiral arms in the plane, one class each (after Lang & Witbrock 1988)."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.datasets._fields import ROWS, noise
from dlcore.fields import Field
from dlcore.specs import Dataset, Shape


def load(*, seed: int, rows: int, noise: float, classes: int, turns: float) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    y = np.arange(rows) % classes
    radius = np.sqrt(rng.uniform(0.005, 1, rows))  # the square root spreads the points evenly over the disc
    angle = 2 * np.pi * (turns * radius + y / classes)
    x = radius[:, np.newaxis] * np.stack([np.cos(angle), np.sin(angle)], axis=1) + rng.normal(0, noise, (rows, 2))
    return {"x": x.astype("float32"), "y": y.astype("int64")}


DATASET = Dataset(
    name="spirals",
    title="Spirals",
    summary="Spiral arms wound around each other, one class each. The hardest of the plane for a small net.",
    fields=(
        ROWS,
        noise(0.02, 0.5),
        Field("classes", "int", 2, "Arms", "How many spiral arms, each a class of its own.", 2, 6),
        Field("turns", "float", 1.25, "Turns", "How often each arm goes around the middle.", 0.25, 4.0, 0.25, unit="turns"),
    ),
    shape=lambda settings: Shape("vector", (2,), "classes", int(settings["classes"]), int(settings["rows"])),  # type: ignore[arg-type]
    load=load,
    origin="generated",
    feature_names=("x1", "x2"),
    order=22,
)
