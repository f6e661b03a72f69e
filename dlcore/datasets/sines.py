"""Sums of sine waves: from a stretch of values, say the next one."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.fields import Field
from dlcore.specs import Dataset, Settings, Shape


def load(*, seed: int, rows: int, steps: int, waves: int, noise: float) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    frequency = rng.uniform(1, 5, (rows, waves, 1))  # periods within one stretch
    phase = rng.uniform(0, 2 * np.pi, (rows, waves, 1))
    height = rng.uniform(0.2, 1, (rows, waves, 1))
    time = np.arange(steps + 1) / steps
    series = (height / height.sum(axis=1, keepdims=True) * np.sin(2 * np.pi * frequency * time + phase)).sum(axis=1)
    x = series[:, :-1] + rng.normal(0, noise, (rows, steps))
    return {"x": x[..., np.newaxis].astype("float32"), "y": series[:, -1].astype("float32")}


def shape(settings: Settings) -> Shape:
    return Shape("sequence", (int(settings["steps"]), 1), "regression", 1, int(settings["rows"]))  # type: ignore[arg-type]


DATASET = Dataset(
    name="sines",
    title="Sine waves",
    summary="Noisy stretches of summed sine waves between −1 and 1; the target is the next value, without its noise.",
    fields=(
        Field("rows", "int", 2000, "Sequences", "How many sequences are drawn.", 50, 100_000, 50, log=True, unit="sequences"),
        Field("steps", "int", 50, "Steps", "Length of each sequence.", 5, 500, 5, unit="steps"),
        Field("waves", "int", 2, "Waves", "How many sine waves are summed in each sequence.", 1, 5),
        Field("noise", "float", 0.05, "Noise", "Standard deviation of the noise added to each input value.", 0.0, 1.0, 0.01),
    ),
    shape=shape,
    load=load,
    scaling="none",
    origin="generated",
    feature_names=("value",),
    target_unit="1 (the waves stay between −1 and 1)",
    order=25,
)
