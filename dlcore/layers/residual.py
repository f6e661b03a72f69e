"""A residual link as a layer; imported only where a model is made."""

from __future__ import annotations

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="dlcore")
class Residual(keras.layers.Layer):
    """branch(x) + shortcut(x) (He et al. 2015, "Deep residual learning for image recognition").

    branch, shortcut: layers that follow each other; an empty shortcut hands x on as it is. Both must put out the same shape,
    (batch, …), which is that of the sum.
    """

    def __init__(self, branch: Any, shortcut: Any = (), **arguments: Any) -> None:
        super().__init__(**arguments)
        self.branch, self.shortcut = list(branch), list(shortcut)

    def build(self, input_shape: Any) -> None:
        sizes = []
        for path in (self.branch, self.shortcut):
            shape = input_shape
            for layer in path:
                if not layer.built:  # those of a loaded file are
                    layer.build(shape)
                shape = layer.compute_output_shape(shape)
            sizes.append(tuple(shape))
        if sizes[0] != sizes[1]:
            raise ValueError(f"The branch puts out {sizes[0]} and the shortcut {sizes[1]}: they cannot be added.")
        self.built = True

    def call(self, inputs: Any, training: bool = False) -> Any:
        return self._through(self.branch, inputs, training) + self._through(self.shortcut, inputs, training)

    def compute_output_shape(self, input_shape: Any) -> Any:
        for layer in self.branch:
            input_shape = layer.compute_output_shape(input_shape)
        return input_shape

    def get_config(self) -> dict[str, Any]:
        paths = {"branch": self.branch, "shortcut": self.shortcut}
        return {
            **super().get_config(),
            **{name: [keras.saving.serialize_keras_object(one) for one in path] for name, path in paths.items()},
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Residual:
        paths = {name: [keras.saving.deserialize_keras_object(one) for one in config[name]] for name in ("branch", "shortcut")}
        return cls(**{**config, **paths})

    def _through(self, path: Any, signal: Any, training: bool) -> Any:
        for layer in path:
            signal = layer(signal, training=training) if layer._call_has_training_arg else layer(signal)
        return signal
