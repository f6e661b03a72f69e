"""Checkpoints as bytes: named arrays and a JSON note, in NumPy's zip format, never a pickle."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np

from dlcore.errors import Damaged

NOTE = "note.json"


def pack(arrays: Mapping[str, Any], note: Mapping[str, Any]) -> bytes:
    """`arrays` or tensors by path and a JSON-able note, as bytes that `unpack` reads. Not compressed: weights do not shrink."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(NOTE, json.dumps(note))
        for path, array in arrays.items():
            given = np.asarray(array)
            whole = np.ascontiguousarray(given).reshape(given.shape)
            with archive.open(f"{path}.npy", "w") as entry:
                np.lib.format.write_array_header_1_0(entry, np.lib.format.header_data_from_array_1_0(whole))
                entry.write(whole.data.cast("B") if whole.size else b"")  # in one piece, which `write_array` would cut up and copy
    return buffer.getvalue()


def unpack(data: bytes) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """The arrays and the note; `Damaged` when the bytes are not a whole checkpoint."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            note = json.loads(archive.read(NOTE))
            arrays = {
                name.removesuffix(".npy"): np.lib.format.read_array(io.BytesIO(archive.read(name)), allow_pickle=False)
                for name in archive.namelist()
                if name != NOTE
            }
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError, OSError) as error:
        raise Damaged(f"This checkpoint is damaged: {error}.", "Go on from an earlier one.") from None
    return arrays, note
