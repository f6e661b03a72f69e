"""The trained model as one .keras file of stock Keras classes."""

from __future__ import annotations

import json
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from dlcore.exports._bundle import Bundle
from dlcore.exports._own_data import preparation_of
from dlcore.specs import Export

EPOCH = (1980, 1, 1, 0, 0, 0)


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
        if prepared := preparation_of(bundle.experiment):
            _attach(path, bundle, prepared)
        return path.read_bytes()


def _attach(path: Path, bundle: Bundle, prepared: dict[str, Any]) -> None:
    """Puts what turns raw rows into the model's inputs into the file, which is a zip; Keras passes over what it does not know."""
    from dlcore.engine.data import prepare

    with zipfile.ZipFile(path, "a") as archive:
        body = json.dumps({"preparation": prepared, "scaling": prepare(bundle.experiment).constants}, indent=1)
        archive.writestr(zipfile.ZipInfo("preparation.json", EPOCH), body)


EXPORT = Export(
    "keras", "Keras model", "The trained model with its optimizer, for keras.models.load_model.", ".keras", "application/zip", write,
    worker=True, order=1,
)  # fmt: skip
