"""Writes an export that needs Keras."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dlcore import registry
from dlcore.exports._bundle import Bundle
from dlcore.specs import Job


def perform(
    inputs: Mapping[str, Any], files: Mapping[str, bytes], progress: Callable[[float], None]
) -> tuple[dict[str, Any], bytes | None]:
    """inputs: `Bundle.job_inputs`; files: "checkpoint". The artefact is the exported file, the result its name and kind."""
    progress(0.1)
    spec = registry.find("exports", inputs["form"])
    bundle = Bundle.from_json(inputs["bundle"], files.get("checkpoint", b""))
    data = spec.write(bundle)
    progress(1.0)
    return {"name": bundle.filename(spec.suffix), "mime": spec.mime, "bytes": len(data)}, data


JOB = Job("export", "Export", perform)
