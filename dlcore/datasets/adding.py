"""The adding problem (Hochreiter & Schmidhuber 1997): two of many numbers are marked; say their sum at the end."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.datasets._fields import sequences
from dlcore.fields import Field
from dlcore.specs import Baseline, Dataset, Settings, Shape


def load(*, seed: int, rows: int, steps: int) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    values = rng.uniform(0, 1, (rows, steps))
    early = rng.integers(0, steps // 2, rows)  # one mark in each half: the first is always far from the end
    late = rng.integers(steps // 2, steps, rows)
    marks = np.zeros((rows, steps))
    marks[np.arange(rows), early] = marks[np.arange(rows), late] = 1
    y = values[np.arange(rows), early] + values[np.arange(rows), late]
    return {"x": np.stack([values, marks], axis=2).astype("float32"), "y": y.astype("float32")}


def shape(settings: Settings) -> Shape:
    return Shape("sequence", (int(settings["steps"]), 2), "regression", 1, int(settings["rows"]))  # type: ignore[arg-type]


DATASET = Dataset(
    name="adding",
    title="Adding problem",
    summary="Numbers between 0 and 1 with a mark on two of them, one in each half; the target is the sum of the marked ones.",
    fields=(
        sequences(5000),
        Field("steps", "int", 50, "Steps", "Length of each sequence: how long to remember.", 4, 400, 2, unit="steps"),
    ),
    shape=shape,
    load=load,
    scaling="none",
    origin="generated",
    feature_names=("value", "mark"),
    target_unit="1 (the sum of two numbers between 0 and 1)",
    # The sum of two uniform numbers has the variance 2/12.
    baseline=lambda settings: Baseline("mse", 1 / 6, "always saying 1"),
    order=26,
)
