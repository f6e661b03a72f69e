"""Recurrent cell with connections that skip over steps; imported only where a model is made."""

from __future__ import annotations

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="dlcore")
class SkipCell(keras.layers.Layer):
    """One step of units with a connection over `skip` steps (Lin et al. 1996), for `keras.layers.RNN`.

    h_t = tanh(W x_t + U h_(t−1) + V h_(t−d) + b). A gradient that takes the connections over d steps passes through τ / d of them, not τ.
    keep_short False removes the connection over one step: h_t = tanh(W x_t + V h_(t−d) + b), d strands that do not touch.

    units: how many. skip: d ≥ 1; before the sequence begins, h is 0. The last d values of h are the state, newest first.
    call(inputs (batch, features), [history (batch, d · units)]) -> (h (batch, units), [history]).
    """

    def __init__(
        self, units: int, skip: int = 5, keep_short: bool = True, kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal", skip_initializer: Any = "orthogonal", **arguments: Any,
    ) -> None:  # fmt: skip
        super().__init__(**arguments)
        self.units, self.skip, self.keep_short = units, skip, keep_short
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.recurrent_initializer = keras.initializers.get(recurrent_initializer)
        self.skip_initializer = keras.initializers.get(skip_initializer)
        self.state_size, self.output_size = units * skip, units

    def build(self, input_shape: Any) -> None:
        square = (self.units, self.units)
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), initializer=self.kernel_initializer, name="kernel")
        if self.keep_short:
            self.recurrent_kernel = self.add_weight(shape=square, initializer=self.recurrent_initializer, name="recurrent_kernel")
        self.skip_kernel = self.add_weight(shape=square, initializer=self.skip_initializer, name="skip_kernel")
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")
        self.built = True

    def call(self, inputs: Any, states: Any, training: bool = False) -> Any:
        history = states[0]
        sums = keras.ops.matmul(inputs, self.kernel) + keras.ops.matmul(history[:, -self.units :], self.skip_kernel) + self.bias
        if self.keep_short:
            sums = sums + keras.ops.matmul(history[:, : self.units], self.recurrent_kernel)
        after = keras.ops.tanh(sums)
        return after, [keras.ops.concatenate([after, history[:, : -self.units]], axis=1)]

    def get_config(self) -> dict[str, Any]:
        own = {"units": self.units, "skip": self.skip, "keep_short": self.keep_short}
        for name in ("kernel_initializer", "recurrent_initializer", "skip_initializer"):
            own[name] = keras.initializers.serialize(getattr(self, name))
        return {**super().get_config(), **own}
