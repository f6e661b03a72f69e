"""Scaled hyperbolic tangent as a layer; imported only where a model is made."""

from __future__ import annotations

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="dlcore")
class ScaledTanh(keras.layers.Layer):
    """1.7159 · tanh(2x / 3) (LeCun et al. 1998, "Efficient BackProp"): f(±1) = ±1, and the curvature is largest there."""

    def call(self, inputs: Any) -> Any:
        return 1.7159 * keras.ops.tanh(inputs * (2 / 3))

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape
