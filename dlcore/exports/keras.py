"""The trained model as one .keras file of stock Keras classes, with its preprocessing, a script that predicts with it and a model card."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from dlcore.exports._archive import zipped
from dlcore.exports._bundle import Bundle
from dlcore.specs import Export

MODEL = "model.keras"


def trained_model(bundle: Bundle) -> Any:
    """The run's model with its weights, compiled with the stock optimizer and its state. For workers: imports Keras."""
    from dlcore.engine import build, checkpoint

    variables, _ = checkpoint.unpack(bundle.checkpoint)
    return build.stock_model(bundle.experiment, variables)


def save(model: Any, path: Path, rows: np.ndarray) -> None:
    model.save(path)


def load(path: str) -> Callable[[np.ndarray], np.ndarray]:
    """A function from raw inputs, float32 (rows, *input), to outputs (rows, outputs)."""
    import keras

    model = keras.saving.load_model(path)
    return lambda rows: model.predict(rows, batch_size=256, verbose=0)


def write(bundle: Bundle) -> bytes:
    """A .keras file that `keras.models.load_model` opens, from raw inputs to outputs. `python FILE.keras rows.npy` predicts with it: the
    file is a zip, and beside the model holds the script and the model card."""
    from dlcore.exports._portable import Runtime, contents

    runtime = Runtime("Keras", MODEL, save, load, ("keras>=3.15", "tensorflow>=2.21", "numpy"), tolerance=1e-5, keras=True)
    found = contents(bundle, runtime)
    with zipfile.ZipFile(io.BytesIO(found.pop(MODEL))) as archive:
        model = {name: archive.read(name) for name in archive.namelist()}
    # Python runs a zip that holds a __main__.py, whose __file__ then lies below the zip itself.
    found["__main__.py"] = found.pop("predict.py").replace(f"MODEL = {MODEL!r}\n".encode(), b'MODEL = ""\n')
    found.pop("preparation.json", None)
    return zipped(model | found)


EXPORT = Export(
    "keras", "Keras model", "The trained model with its preprocessing and optimizer, for keras.models.load_model.", ".keras",
    "application/zip", write, worker=True, order=1,
)  # fmt: skip
