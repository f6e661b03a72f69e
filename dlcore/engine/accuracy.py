"""Accuracy as the compiled loop counts it: Keras's number, from comparisons that XLA turns into vector instructions."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

UNROLLED = 32  # classes; with more, the comparisons take longer to compile than they save


class UnrolledAccuracy(keras.metrics.SparseCategoricalAccuracy):
    """`SparseCategoricalAccuracy` whose argmax is written out, class by class.

    XLA's own argmax on a CPU goes through the rows of a batch one number at a time: 5 % of a step of a 784-256-128-10 net with batches of
    256. Hits are counted, and counts are exact, hence the same bits. Of equal outputs the first counts, as in `argmax`.
    """

    def __init__(self, name: str = "accuracy", dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self._fn = hits


def hits(true: Any, predicted: Any) -> Any:
    """1 where the greatest output is that of the true class, else 0: shape (batch, …). predicted (batch, …, classes); true without the last
    axis, or with one of length 1."""
    predicted, true = ops.convert_to_tensor(predicted), ops.convert_to_tensor(true)
    if len(true.shape) == len(predicted.shape):
        true = ops.squeeze(true, -1)
    true = ops.cast(true, "int32")
    best, chosen = predicted[..., 0], ops.zeros_like(true)
    for number in range(1, predicted.shape[-1]):
        is_greater = predicted[..., number] > best
        best = ops.where(is_greater, predicted[..., number], best)
        chosen = ops.where(is_greater, number, chosen)
    return ops.cast(ops.equal(chosen, true), keras.config.floatx())
