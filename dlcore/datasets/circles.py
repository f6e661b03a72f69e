"""A circle inside a circle, in the plane."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.datasets._fields import ROWS, noise
from dlcore.fields import Field
from dlcore.specs import Dataset, Shape


def load(*, seed: int, rows: int, noise: float, factor: float) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    y = np.arange(rows) % 2
    angle = rng.uniform(0, 2 * np.pi, rows)
    radius = np.where(y == 0, 1.0, factor)
    x = radius[:, np.newaxis] * np.stack([np.cos(angle), np.sin(angle)], axis=1) + rng.normal(0, noise, (rows, 2))
    return {"x": x.astype("float32"), "y": y.astype("int64")}


DATASET = Dataset(
    name="circles",
    title="Two circles",
    summary="A circle of points inside another: the classes differ in their distance from the middle only.",
    fields=(
        ROWS,
        noise(0.08),
        Field("factor", "float", 0.5, "Inner radius", "Radius of the inner circle; the outer one has radius 1.", 0.05, 0.95, 0.05),
    ),
    shape=lambda settings: Shape("vector", (2,), "binary", 1, int(settings["rows"])),  # type: ignore[arg-type]
    load=load,
    origin="generated",
    class_names=("outer", "inner"),
    feature_names=("x1", "x2"),
    order=21,
)
