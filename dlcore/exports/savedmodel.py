"""The trained model as a TensorFlow SavedModel, for TensorFlow Serving, Java, Go and C++."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from dlcore.exports._bundle import Bundle
from dlcore.exports._portable import Runtime, packed
from dlcore.specs import Export


def save(model: Any, path: Path, rows: np.ndarray) -> None:
    model.export(path, format="tf_saved_model", verbose=False)


def load(path: str) -> Callable[[np.ndarray], np.ndarray]:
    """A function from raw inputs, float32 (rows, *input), to outputs (rows, outputs)."""
    import tensorflow as tf

    loaded = tf.saved_model.load(path)
    return lambda rows: loaded.serve(tf.constant(rows)).numpy()


RUNTIME = Runtime("TensorFlow (SavedModel)", "model", save, load, ("tensorflow>=2.21", "numpy"))


def write(bundle: Bundle) -> bytes:
    """A zip of the SavedModel folder with predict.py and a model card."""
    return packed(bundle, RUNTIME)


EXPORT = Export(
    "savedmodel", "SavedModel", "A TensorFlow SavedModel with its preprocessing, predict.py and a model card, as a zip.", "-savedmodel.zip",
    "application/zip", write, worker=True, order=10,
)  # fmt: skip
