"""The trained weights alone, as Keras's .weights.h5."""

from __future__ import annotations

import dataclasses
import json
import tempfile
from pathlib import Path

from dlcore.exports._bundle import Bundle
from dlcore.exports.keras import trained_model
from dlcore.specs import Export


def write(bundle: Bundle) -> bytes:
    """An HDF5 file that `model.load_weights` reads into the same architecture, such as that of the exported script.

    It is read back into a new model first and compared with the run's on held-out rows; the file's attribute "comparison" says how.
    """
    import h5py

    from dlcore.engine import build
    from dlcore.engine.data import prepare, scaled
    from dlcore.exports._portable import COMPARISON, ROWS, checked, comparison, held_out

    trained, (x, _, part) = trained_model(bundle), held_out(bundle)
    rows = scaled(x[:ROWS], prepare(bundle.experiment).constants)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.weights.h5"
        trained.save_weights(path)
        again = build.model_of(bundle.experiment)
        again.load_weights(path)
        expected, found = (model.predict(rows, batch_size=ROWS, verbose=0) for model in (trained, again))
        compared = checked(comparison(bundle, expected, found, part), "Keras's weights", 1e-5)
        with h5py.File(path, "a") as file:
            file.attrs[COMPARISON] = json.dumps(dataclasses.asdict(compared))
        return path.read_bytes()


EXPORT = Export(
    "weights", "Weights", "The trained weights alone, for model.load_weights.", ".weights.h5", "application/x-hdf5", write,
    worker=True, order=2,
)  # fmt: skip
