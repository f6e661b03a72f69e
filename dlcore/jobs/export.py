"""Writes an export that needs Keras."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

from dlcore import registry
from dlcore.exports._bundle import Bundle
from dlcore.exports._portable import COMPARISON
from dlcore.specs import Job


def perform(
    inputs: Mapping[str, Any], files: Mapping[str, bytes], progress: Callable[[float], None]
) -> tuple[dict[str, Any], bytes | None]:
    """inputs: `Bundle.job_inputs`; files: "checkpoint". The artefact is the exported file, the result its name and kind.

    Of a model it has "compared" as well: what came of loading it back in its own runtime, {"rows", "part", "difference" (the largest of
    all outputs), "size" (of the greatest output), "agree" (share of rows given the same class, None for a regression)}.
    """
    progress(0.1)
    spec = registry.find("exports", inputs["form"])
    bundle = Bundle.from_json(inputs["bundle"], files.get("checkpoint", b""))
    data = spec.write(bundle)
    progress(1.0)
    compared = _comparison(data)
    result = {"name": bundle.filename(spec.suffix), "mime": spec.mime, "bytes": len(data)}
    return result | ({"compared": compared} if compared else {}), data


def _comparison(data: bytes) -> dict[str, Any] | None:
    """What the exported model says of itself: a file of a zip, an attribute of HDF5."""
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return json.loads(archive.read(COMPARISON)) if COMPARISON in archive.namelist() else None
    if not data.startswith(b"\x89HDF"):
        return None
    import h5py

    with h5py.File(io.BytesIO(data), "r") as file:
        return json.loads(file.attrs[COMPARISON]) if COMPARISON in file.attrs else None


JOB = Job("export", "Export", perform)
