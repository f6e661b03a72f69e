"""The trained model as one .keras file of stock Keras classes."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from dlcore.exports._bundle import Bundle
from dlcore.specs import Export


def trained_model(bundle: Bundle) -> Any:
    """The run's model with its weights, compiled with the stock optimizer and its state. For workers: imports Keras."""
    from dlcore.engine import build, checkpoint

    variables, _ = checkpoint.unpack(bundle.checkpoint)
    return build.stock_model(bundle.experiment, variables)


def write(bundle: Bundle) -> bytes:
    """A .keras file that `keras.models.load_model` opens without dlcore, unless the plan holds a layer of the lab's own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        trained_model(bundle).save(path)
        return path.read_bytes()


EXPORT = Export(
    "keras", "Keras model", "The trained model with its optimizer, for keras.models.load_model.", ".keras", "application/zip", write,
    worker=True, order=1,
)  # fmt: skip
