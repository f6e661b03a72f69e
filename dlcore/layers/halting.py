"""Output layer that decides at each step whether to go on; imported only where a model is made."""

from __future__ import annotations

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="dlcore")
class Halting(keras.layers.Layer):
    """A Bernoulli output beside a softmax (Goodfellow et al. 2016, section 10.2.4): first whether to halt, then what to say.

    From features z (…, features) it gives (…, units): s = σ(w z + c) is the probability to halt, put at the place `halt`; the others get
    (1 − s) · softmax(W z + b). Each vector sums to 1, so that cross-entropy with the class `halt` for the end is that of both decisions.
    """

    def __init__(self, units: int, halt: int, kernel_initializer: Any = "glorot_uniform", **arguments: Any) -> None:
        super().__init__(**arguments)
        self.units, self.halt = units, halt
        self.kernel_initializer = keras.initializers.get(kernel_initializer)

    def build(self, input_shape: Any) -> None:
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), initializer=self.kernel_initializer, name="kernel")
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")
        self.built = True

    def call(self, inputs: Any) -> Any:
        sums, halt = keras.ops.matmul(inputs, self.kernel) + self.bias, self.halt
        stops = keras.ops.sigmoid(sums[..., halt : halt + 1])
        others = keras.ops.concatenate([sums[..., :halt], sums[..., halt + 1 :]], axis=-1)
        says = (1 - stops) * keras.ops.softmax(others, axis=-1)
        return keras.ops.concatenate([says[..., :halt], stops, says[..., halt:]], axis=-1)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (*input_shape[:-1], self.units)

    def get_config(self) -> dict[str, Any]:
        own = {"units": self.units, "halt": self.halt, "kernel_initializer": keras.initializers.serialize(self.kernel_initializer)}
        return {**super().get_config(), **own}
