"""A trained net whose recurrent layers are run step by step, so that somebody can look in between or feed back what was said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from dlcore.errors import Invalid


def recurrent_layers(model: Any) -> list[Any]:
    """The layers of a Keras model that read forwards, step by step; of two directions the forward one."""
    import keras

    found = [getattr(layer, "forward_layer", layer) for layer in model.layers]
    layers = [layer for layer in found if isinstance(layer, keras.layers.RNN)]
    if not layers:
        raise Invalid("This net has no recurrent layer.", "Choose a run of a recurrent net.")
    return layers


def before(model: Any, layer: Any, x: Any) -> Any:
    """What the model's layer reads (rows, steps, features) when the model is given x (rows, steps, features)."""
    import keras

    signal = x
    for own in model.layers:
        if getattr(own, "forward_layer", own) is layer:
            return signal
        arranges = (
            isinstance(own, keras.layers.Reshape) and len(own.target_shape) == 1
        )  # tokens; there may be fewer of them than in the data
        signal = keras.ops.reshape(signal, (len(signal), -1)) if arranges else own(signal)
    raise AssertionError("the layer is not the model's")


class Writer:
    """A net that answers at each step, fed with one step at a time for `rows` sequences side by side.

    `step(inputs)` takes the step's raw inputs (rows, features) and gives the outputs (rows, outputs), float32. Raises `Invalid` for a
    net that reads backwards too: it would need what comes later.
    """

    def __init__(self, model: Any, rows: int) -> None:
        import tensorflow as tf

        self._plan = [_stepped(layer) for layer in model.layers]
        self._states = [layer.get_initial_state(rows) if is_recurrent else [] for layer, is_recurrent in self._plan]
        self._call: Callable[..., Any] = tf.function(self._once)

    def step(self, inputs: np.ndarray) -> np.ndarray:
        import tensorflow as tf

        outputs, self._states = self._call(tf.constant(inputs, tf.float32), self._states)
        return np.asarray(outputs)

    def _once(self, inputs: Any, states: Sequence[Any]) -> tuple[Any, list[Any]]:
        import keras

        signal, after = inputs, []
        for (layer, is_recurrent), state in zip(self._plan, states, strict=True):
            if is_recurrent:
                signal, state = layer.cell(signal, list(state))
                state = list(state)
            elif layer is not None and "Embedding" in type(layer).__name__:
                whole = signal[:, None, :] if type(layer).__name__ == "CountedEmbedding" else signal
                signal = keras.ops.squeeze(layer(whole), axis=1)
            elif layer is not None:
                signal = layer(signal)
            after.append(state)
        return signal, after


def _stepped(layer: Any) -> tuple[Any, bool]:
    """The layer, None for what only arranges the steps, and whether it is recurrent."""
    import keras

    if isinstance(layer, keras.layers.Bidirectional):
        raise Invalid(
            "A net that also reads backwards cannot write: it would need what comes later.", "Train one that reads forwards only."
        )
    if isinstance(layer, (keras.layers.Reshape, keras.layers.Dropout)):
        return None, False
    return layer, isinstance(layer, keras.layers.RNN)
