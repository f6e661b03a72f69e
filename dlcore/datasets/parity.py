"""Parity: is the number of ones so far even or odd? One bit of memory, that every input may flip."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.datasets._fields import sequences
from dlcore.fields import Field
from dlcore.specs import Baseline, Dataset, Settings, Shape


def load(*, seed: int, rows: int, steps: int, every_step: bool) -> dict[str, Any]:
    bits = np.random.default_rng(seed).integers(0, 2, (rows, steps))
    parity = bits.cumsum(axis=1) % 2
    return {"x": bits[..., np.newaxis].astype("float32"), "y": parity if every_step else parity[:, -1]}


def shape(settings: Settings) -> Shape:
    rows, every = int(settings["rows"]), bool(settings["every_step"])  # type: ignore[arg-type]
    return Shape("sequence", (int(settings["steps"]), 1), "binary", 1, rows, per_step=every)  # type: ignore[arg-type]


DATASET = Dataset(
    name="parity",
    title="Parity",
    summary="Random bits; the target is 1 where the number of ones so far is odd.",
    fields=(
        sequences(4000),
        Field("steps", "int", 8, "Steps", "Length of each sequence.", 2, 100, unit="steps"),
        Field("every_step", "bool", True, "Answer at every step", "Ask after each bit; off: only after the last, which is much harder."),
    ),
    shape=shape,
    load=load,
    scaling="none",
    origin="generated",
    class_names=("even", "odd"),
    feature_names=("bit",),
    baseline=lambda settings: Baseline("accuracy", 0.5, "tossing a coin"),
    order=28,
)
