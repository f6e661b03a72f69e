"""Handwritten digits, 8×8 pixels (scikit-learn's copy of the UCI Optical Recognition set, Alpaydin & Kaynak 1998)."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.specs import Dataset, Shape


def load(*, seed: int) -> dict[str, Any]:
    from sklearn.datasets import load_digits

    digits = load_digits()
    return {"x": digits.images[..., np.newaxis].astype("float32") / 16, "y": digits.target.astype("int64")}


DATASET = Dataset(
    name="digits",
    title="Handwritten digits",
    summary="1,797 grey images of 8×8 pixels, the digits 0 to 9. Small enough to train on in seconds.",
    fields=(),
    shape=lambda settings: Shape("image", (8, 8, 1), "classes", 10, 1797),
    load=load,
    scaling="none",
    class_names=tuple("0123456789"),
    order=1,
)
