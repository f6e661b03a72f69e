"""The trained model as ONNX, for ONNX Runtime and whatever else reads it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from dlcore.exports._bundle import Bundle
from dlcore.exports._portable import Runtime, packed
from dlcore.specs import Export


def save(model: Any, path: Path, rows: np.ndarray) -> None:
    model.export(path, format="onnx", verbose=False)


def load(path: str) -> Callable[[np.ndarray], np.ndarray]:
    """A function from raw inputs, float32 (rows, *input), to outputs (rows, outputs)."""
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda rows: session.run(None, {name: rows})[0]


RUNTIME = Runtime("ONNX Runtime", "model.onnx", save, load, ("onnxruntime>=1.32", "numpy"))


def write(bundle: Bundle) -> bytes:
    """A zip of model.onnx with predict.py and a model card."""
    return packed(bundle, RUNTIME)


EXPORT = Export(
    "onnx", "ONNX", "An ONNX model with its preprocessing, predict.py and a model card, as a zip.", "-onnx.zip", "application/zip", write,
    worker=True, order=11,
)  # fmt: skip
