"""What the two LiteRT exports share (LiteRT is the new name of TensorFlow Lite)."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from typing import Any

import numpy as np

REQUIREMENTS = ("ai-edge-litert>=2.3", "numpy")


def converted(model: Any, set_up: Callable[[Any], None] = lambda converter: None) -> bytes:
    """A Keras model as a LiteRT file, by way of a SavedModel; `set_up` is given TensorFlow's converter."""
    import tensorflow as tf

    with tempfile.TemporaryDirectory() as folder:
        model.export(folder, format="tf_saved_model", verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        set_up(converter)
        return bytes(converter.convert())


def load(path: str) -> Callable[[np.ndarray], np.ndarray]:
    """A function from raw inputs, float32 (rows, *input), to outputs (rows, outputs)."""
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_path=path)
    given, made = interpreter.get_input_details()[0]["index"], interpreter.get_output_details()[0]["index"]

    def predict(rows: np.ndarray) -> np.ndarray:
        interpreter.resize_tensor_input(given, rows.shape)
        interpreter.allocate_tensors()
        interpreter.set_tensor(given, rows)
        interpreter.invoke()
        return interpreter.get_tensor(made)

    return predict
