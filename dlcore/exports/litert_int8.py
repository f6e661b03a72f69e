"""The trained model for LiteRT in 8-bit integers: a quarter of the size, and faster on small boards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from dlcore.exports._bundle import Bundle
from dlcore.exports._litert import REQUIREMENTS, converted, load
from dlcore.exports._portable import Runtime, packed
from dlcore.specs import Export

# Weights by whose paths such nets are known. With 8-bit activations LiteRT 2.3 breaks down in these cells, and the worker with it.
FLOAT = ("embeddings", "leaky_cell", "skip_cell", "clockwork_cell")


def save(model: Any, path: Path, rows: np.ndarray) -> None:
    """Weights in 8 bits; activations too, within the ranges they have on the raw training rows (Jacob et al. 2018).

    Where each feature has a scale of its own, activations stay float: one 8-bit grid over all raw features would wipe out the small ones.
    So they do where inputs are tokens, which must not be rounded to others, and in recurrent cells of the lab's own.
    """
    import tensorflow as tf

    def examples() -> Iterator[list[np.ndarray]]:
        for row in rows:
            yield [row[np.newaxis]]

    def quantise(converter: Any) -> None:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        stays = any(name in weight.path for weight in model.weights for name in FLOAT)
        if np.size(model.get_layer("scaling").scale) == 1 and not stays:
            converter.representative_dataset = examples

    path.write_bytes(converted(model, quantise))


def told(path: str) -> str:
    """Says so where LiteRT has rounded nothing."""
    from ai_edge_litert.interpreter import Interpreter

    if any(tensor["dtype"] == np.int8 for tensor in Interpreter(model_path=path).get_tensor_details()):
        return ""
    return "nothing in it is in 8 bits: LiteRT rounds only layers of 1,024 weights or more"


# Rounding to 256 levels is meant to differ: what matters is said on the card, the share of rows given the same class.
RUNTIME = Runtime("LiteRT, 8-bit integers", "model.tflite", save, load, REQUIREMENTS, tolerance=0.5, unroll=True, told=told)


def write(bundle: Bundle) -> bytes:
    """A zip of model.tflite with predict.py and a model card."""
    return packed(bundle, RUNTIME)


EXPORT = Export(
    "litert_int8", "LiteRT, 8-bit", "LiteRT with 8-bit weights; the card says how far its predictions moved.", "-litert-int8.zip",
    "application/zip", write, worker=True, order=13,
)  # fmt: skip
