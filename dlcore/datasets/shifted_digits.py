"""Handwritten digits at random places on a larger empty picture: what is where no longer says which digit it is."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.fields import Field
from dlcore.specs import Dataset, Settings, Shape


def load(*, seed: int, shift: int) -> dict[str, Any]:
    from sklearn.datasets import load_digits

    digits = load_digits()
    rows, side = len(digits.target), 8 + shift
    corner = np.random.default_rng(seed).integers(0, shift + 1, (rows, 2))
    x = np.zeros((rows, side, side, 1), "float32")
    for row, (down, right) in enumerate(corner):
        x[row, down : down + 8, right : right + 8, 0] = digits.images[row] / 16
    return {"x": x, "y": digits.target.astype("int64")}


def shape(settings: Settings) -> Shape:
    side = 8 + int(settings["shift"])  # type: ignore[arg-type]
    return Shape("image", (side, side, 1), "classes", 10, 1797)


DATASET = Dataset(
    name="shifted_digits",
    title="Shifted digits",
    summary="The 1,797 handwritten digits of 8×8 pixels, each at a random place of a larger empty picture.",
    fields=(
        Field(
            "shift", "int", 8, "Room to move",
            "How far a digit may lie from the upper left corner; the picture is 8 pixels larger than that.", 1, 24, 1, unit="pixels",
        ),
    ),
    shape=shape,
    load=load,
    scaling="none",
    origin="generated",
    class_names=tuple("0123456789"),
    order=9,
)  # fmt: skip
