"""Recurrent cell of leaky units; imported only where a model is made."""

from __future__ import annotations

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="dlcore")
class LeakyCell(keras.layers.Layer):
    """One step of leaky units (Mozer 1992; El Hihi & Bengio 1996; Jaeger et al. 2007), for `keras.layers.RNN`.

    h_t = α · h_(t−1) + (1 − α) · v_t with v_t = tanh(W x_t + U h_(t−1) + b): a unit keeps the share α of its last value in each step, so
    that what it took in has faded to half after ln ½ / ln α steps.

    units: how many. alpha: α of all units, 0 ≤ α < 1. spread: units have time scales 1 / (1 − α_i) spread evenly on a logarithmic scale
    from 1 step (α = 0) to that of `alpha`. learned: α_i = σ(a_i) are trained with the other weights (kept off 0 and 1 at the start).
    call(inputs (batch, features), [h (batch, units)]) -> (h, [h]).
    """

    def __init__(
        self, units: int, alpha: float = 0.9, spread: bool = False, learned: bool = False, kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal", **arguments: Any,
    ) -> None:  # fmt: skip
        super().__init__(**arguments)
        self.units, self.alpha, self.spread, self.learned = units, alpha, spread, learned
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.recurrent_initializer = keras.initializers.get(recurrent_initializer)
        self.state_size = self.output_size = units

    def build(self, input_shape: Any) -> None:
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), initializer=self.kernel_initializer, name="kernel")
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, self.units), initializer=self.recurrent_initializer, name="recurrent_kernel"
        )
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")
        self.leaks = self.starting_leaks()
        if self.learned:
            inside = [min(max(leak, 0.01), 0.999) for leak in self.leaks]
            begin = keras.ops.log(keras.ops.convert_to_tensor([leak / (1 - leak) for leak in inside], "float32"))
            self.leak_logits = self.add_weight(
                shape=(self.units,), initializer=lambda shape, dtype: keras.ops.cast(begin, dtype), name="leak"
            )
        self.built = True

    def starting_leaks(self) -> list[float]:
        """α of each unit as the net begins."""
        if not self.spread or self.units == 1:
            return [self.alpha] * self.units
        longest = 1 / (1 - self.alpha)
        return [1 - longest ** (-unit / (self.units - 1)) for unit in range(self.units)]

    def call(self, inputs: Any, states: Any, training: bool = False) -> Any:
        before = states[0]
        sums = keras.ops.matmul(inputs, self.kernel) + keras.ops.matmul(before, self.recurrent_kernel) + self.bias
        leaks = keras.ops.sigmoid(self.leak_logits) if self.learned else keras.ops.convert_to_tensor(self.leaks, inputs.dtype)
        after = leaks * before + (1 - leaks) * keras.ops.tanh(sums)
        return after, [after]

    def get_config(self) -> dict[str, Any]:
        own = {"units": self.units, "alpha": self.alpha, "spread": self.spread, "learned": self.learned}
        for name in ("kernel_initializer", "recurrent_initializer"):
            own[name] = keras.initializers.serialize(getattr(self, name))
        return {**super().get_config(), **own}
