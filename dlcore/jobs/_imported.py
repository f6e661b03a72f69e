"""An imported .keras file as a model, for jobs."""

from __future__ import annotations

import importlib
import io
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from dlcore.errors import Invalid
from dlcore.exports._keras_file import MOST_BYTES, WEIGHTS, checked, own_modules


def opened(data: bytes) -> Any:
    """The model, not compiled, with one input and one output. `Invalid` says what was refused; see exports/_keras_file.py."""
    import keras

    safe = checked(data)
    _check_weights(safe)
    for name in own_modules(safe):
        importlib.import_module(name)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        path.write_bytes(safe)
        try:
            model = keras.saving.load_model(path, compile=False, safe_mode=True)
        except Exception as error:  # whatever Keras finds wrong with somebody's file
            first = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
            raise Invalid(f"Keras cannot make this model: {first}", "Save it again with Keras 3.") from error
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise Invalid(
            f"This model has {len(model.inputs)} inputs and {len(model.outputs)} outputs: the bench takes models with one of each."
        )
    return model


def _check_weights(data: bytes) -> None:
    """The weights hold plain arrays of sizes that they say; HDF5 could also point to other files of this computer."""
    import h5py

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        weights = archive.read(WEIGHTS)
    total = 0

    def look(name: str, place: Any) -> None:
        nonlocal total
        for key in place:
            link = place.get(key, getlink=True)
            if not isinstance(link, h5py.HardLink):
                raise Invalid(f"This .keras file is refused: {key[:60]!r} in its weights points elsewhere.")
            found = place[key]
            if isinstance(found, h5py.Dataset):
                if found.external or found.is_virtual or found.dtype.kind not in "biufV":
                    raise Invalid(f"This .keras file is refused: {key[:60]!r} in its weights is no plain array of numbers.")
                total += found.nbytes
            else:
                look(key, found)

    try:
        with h5py.File(io.BytesIO(weights), "r") as file:
            look("", file)
    except (OSError, KeyError, RuntimeError, RecursionError) as error:
        raise Invalid("The weights in this .keras file cannot be read: they are damaged.", "Save the model again.") from error
    if total > MOST_BYTES:
        raise Invalid(
            f"This .keras file is refused: its weights are {total / 2**20:,.0f} MB unpacked; {MOST_BYTES // 2**20:,} MB are allowed."
        )
