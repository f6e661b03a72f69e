"""The Keras class behind `hinge` for several classes; imported only where a model is compiled."""

from __future__ import annotations

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="dlcore")
class MulticlassHinge(keras.losses.Loss):
    """Multi-class hinge loss of Weston & Watkins (1999): Σ over classes j ≠ y of max(0, 1 + s_j − s_y), averaged over the batch.

    y_true: class numbers of shape (batch,) or (batch, 1); y_pred: scores of shape (batch, classes).
    """

    def __init__(self, reduction: str = "sum_over_batch_size", name: str = "multiclass_hinge", **arguments: Any) -> None:
        super().__init__(reduction=reduction, name=name, **arguments)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        classes = keras.ops.shape(y_pred)[-1]
        right = keras.ops.one_hot(keras.ops.cast(keras.ops.reshape(y_true, (-1,)), "int32"), classes, dtype=y_pred.dtype)
        score = keras.ops.sum(right * y_pred, axis=-1, keepdims=True)
        return keras.ops.sum((1 - right) * keras.ops.relu(1 + y_pred - score), axis=-1)
