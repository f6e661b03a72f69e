"""Gaussian clouds in the plane, one class each."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.datasets._fields import ROWS, noise
from dlcore.fields import Field
from dlcore.specs import Dataset, Shape


def load(*, seed: int, rows: int, noise: float, classes: int) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    y = np.arange(rows) % classes
    # Centres on a jittered ring: never two on one spot, whatever the seed.
    angle = 2 * np.pi * (np.arange(classes) + rng.uniform(-0.25, 0.25, classes)) / classes
    radius = rng.uniform(0.8, 1.2, classes)
    centres = radius[:, np.newaxis] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    x = centres[y] + rng.normal(0, noise, (rows, 2))
    return {"x": x.astype("float32"), "y": y.astype("int64")}


DATASET = Dataset(
    name="blobs",
    title="Blobs",
    summary="Round clouds of points, one class each; the noise decides how far they overlap.",
    fields=(ROWS, noise(0.25), Field("classes", "int", 3, "Classes", "How many clouds, each a class of its own.", 2, 10)),
    shape=lambda settings: Shape("vector", (2,), "classes", int(settings["classes"]), int(settings["rows"])),  # type: ignore[arg-type]
    load=load,
    origin="generated",
    feature_names=("x1", "x2"),
    order=23,
)
