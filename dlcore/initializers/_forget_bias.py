"""The Keras class behind an LSTM's forget bias; imported only where a model is made."""

from __future__ import annotations

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="dlcore")
class ForgetBias(keras.initializers.Initializer):
    """Biases of an LSTM (4 · units,) in Keras's order input, forget, candidate, output: `value` for the forget gates, 0 for the others.

    Above 0 the gates begin open and the cell remembers (Gers et al. 2000; Jozefowicz et al. 2015 recommend 1, Keras's own start).
    """

    def __init__(self, value: float = 1.0) -> None:
        self.value = value

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        units = shape[0] // 4
        zeros, forget = keras.ops.zeros((units,), dtype), keras.ops.full((units,), self.value, dtype)
        return keras.ops.concatenate([zeros, forget, zeros, zeros])

    def get_config(self) -> dict[str, Any]:
        return {"value": self.value}
