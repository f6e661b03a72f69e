"""The trained model for LiteRT (formerly TensorFlow Lite): telephones, browsers, small boards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from dlcore.exports._bundle import Bundle
from dlcore.exports._litert import REQUIREMENTS, converted, load
from dlcore.exports._portable import Runtime, packed
from dlcore.specs import Export


def save(model: Any, path: Path, rows: np.ndarray) -> None:
    path.write_bytes(converted(model))


# LiteRT has no loop over a list of time steps: recurrent layers are written out, one copy for each step.
RUNTIME = Runtime("LiteRT", "model.tflite", save, load, REQUIREMENTS, unroll=True)


def write(bundle: Bundle) -> bytes:
    """A zip of model.tflite with predict.py and a model card."""
    return packed(bundle, RUNTIME)


EXPORT = Export(
    "litert", "LiteRT", "A LiteRT (TensorFlow Lite) model with its preprocessing, predict.py and a model card, as a zip.", "-litert.zip",
    "application/zip", write, worker=True, order=12,
)  # fmt: skip
