"""Experiments that the claims about convolutional nets begin from: small images, small nets, so that a test takes minutes at most."""

from __future__ import annotations

from dlcore.claims._setups import DIGITS
from dlcore.experiment import Experiment

CONV = DIGITS.with_(model="cnn", **{"model.filters": (16, 32), "model.dense": ()})
# 9,930 weights: 16 and 32 filters of 3×3, then 4×4×32 numbers to ten classes.
SHIFTED = CONV.with_(dataset="shifted_digits", epochs=15)
# 20,490 weights: as above, and 7×7×32 numbers to ten classes.
CLOTHES = Experiment().with_(
    dataset="fashion_mnist", examples=6000, monitors=(), epochs=8, validation=0.3, test=0.0,
    model="cnn", **{"model.filters": (16, 32), "model.dense": ()},
)  # fmt: skip
