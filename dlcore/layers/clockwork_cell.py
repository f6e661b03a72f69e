"""Recurrent cell of units with clocks; imported only where a model is made."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np


@keras.saving.register_keras_serializable(package="dlcore")
class ClockworkCell(keras.layers.Layer):
    """One step of a clockwork RNN (Koutník et al. 2014), for `keras.layers.RNN`.

    The units are in `groups` of equal size; group g has the period 2^g. In step t (from 0) only the groups whose period divides t are
    computed, h_t = tanh(W x_t + U h_(t−1) + b); the others keep their value. A group hears itself and the slower ones only: the
    connections from faster groups are removed, which makes U block-triangular.

    units: how many, a multiple of `groups`. The state is h and the number of the step.
    call(inputs (batch, features), [h (batch, units), t (batch, 1)]) -> (h, [h, t + 1]).
    """

    def __init__(
        self, units: int, groups: int = 4, kernel_initializer: Any = "glorot_uniform", recurrent_initializer: Any = "orthogonal",
        **arguments: Any,
    ) -> None:  # fmt: skip
        super().__init__(**arguments)
        self.units, self.groups = units, groups
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.recurrent_initializer = keras.initializers.get(recurrent_initializer)
        self.state_size, self.output_size = [units, 1], units
        group = np.arange(units) // (units // groups)
        self.periods = (2.0**group).astype("float32")
        self.hears = (group[:, None] >= group[None, :]).astype("float32")  # from (row) a group as slow or slower, to (column)

    def build(self, input_shape: Any) -> None:
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), initializer=self.kernel_initializer, name="kernel")
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, self.units), initializer=self.recurrent_initializer, name="recurrent_kernel"
        )
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")
        self.built = True

    def call(self, inputs: Any, states: Any, training: bool = False) -> Any:
        before, step = states
        recurrent = self.recurrent_kernel * self.hears
        sums = keras.ops.matmul(inputs, self.kernel) + keras.ops.matmul(before, recurrent) + self.bias
        strikes = keras.ops.equal(step - self.periods * keras.ops.floor(step / self.periods), 0)  # (batch, units)
        after = keras.ops.where(strikes, keras.ops.tanh(sums), before)
        return after, [after, step + 1]

    def get_config(self) -> dict[str, Any]:
        own = {"units": self.units, "groups": self.groups}
        for name in ("kernel_initializer", "recurrent_initializer"):
            own[name] = keras.initializers.serialize(getattr(self, name))
        return {**super().get_config(), **own}
