"""The trained weights alone, as Keras's .weights.h5."""

from __future__ import annotations

import tempfile
from pathlib import Path

from dlcore.exports._bundle import Bundle
from dlcore.exports.keras import trained_model
from dlcore.specs import Export


def write(bundle: Bundle) -> bytes:
    """An HDF5 file that `model.load_weights` reads into the same architecture, such as that of the exported script."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.weights.h5"
        trained_model(bundle).save_weights(path)
        return path.read_bytes()


EXPORT = Export(
    "weights", "Weights", "The trained weights alone, for model.load_weights.", ".weights.h5", "application/x-hdf5", write,
    worker=True, order=2,
)  # fmt: skip
