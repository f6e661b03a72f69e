"""Look ahead: at each step, say the bit that comes two steps later. Only who reads from both ends can know."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.datasets._fields import sequences
from dlcore.fields import Field
from dlcore.specs import Baseline, Dataset, Settings, Shape


def load(*, seed: int, rows: int, steps: int, ahead: int) -> dict[str, Any]:
    """Where the sequence ends before that, the target is 0."""
    bits = np.random.default_rng(seed).integers(0, 2, (rows, steps))
    y = np.zeros_like(bits)
    y[:, : steps - ahead] = bits[:, ahead:]
    return {"x": bits[..., np.newaxis].astype("float32"), "y": y}


def shape(settings: Settings) -> Shape:
    return Shape("sequence", (int(settings["steps"]), 1), "binary", 1, int(settings["rows"]), per_step=True)  # type: ignore[arg-type]


def baseline(settings: Settings) -> Baseline:
    """Half of all bits, and the zeros after the end."""
    return Baseline("accuracy", 0.5 + 0.5 * int(settings["ahead"]) / int(settings["steps"]), "guessing")  # type: ignore[arg-type]


DATASET = Dataset(
    name="look_ahead",
    title="Look ahead",
    summary="Random bits; at each step the target is the bit that comes a few steps later, which no net that reads forwards has seen.",
    fields=(
        sequences(4000),
        Field("steps", "int", 50, "Steps", "Length of each sequence.", 12, 200, unit="steps"),
        Field("ahead", "int", 2, "Ahead", "How many steps later the bit comes that is to be said.", 1, 10, unit="steps"),
    ),
    shape=shape,
    load=load,
    scaling="none",
    origin="generated",
    class_names=("0", "1"),
    feature_names=("bit",),
    baseline=baseline,
    order=29,
)
