"""Reads a large table or set of pictures and keeps it as a data set, beside the app: minutes of work must not hold up the pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from dlcore.errors import Unavailable
from dlcore.owndata import shelf
from dlcore.owndata.reading import keep
from dlcore.specs import Job


def perform(
    inputs: Mapping[str, Any], files: Mapping[str, bytes], progress: Callable[[float], None]
) -> tuple[dict[str, Any], bytes | None]:
    """inputs: "home" (the lab's folder), "path" of a file on this machine, "name" and "choices" (`table_set.plan`,
    `image_set.plan_images`). The result: {"name", "version"}. Raises `Unavailable` on a machine that does not have the lab's folder."""
    path = Path(inputs["path"])
    if shelf.folder() != Path(inputs["home"]) / "data" or not path.is_file():
        raise Unavailable("This worker cannot see the file that was brought.", "Read it with a worker on the lab's own machine.")
    body = keep(path, inputs["name"], inputs["choices"], progress)
    return {"name": body["name"], "version": body["version"]}, None


JOB = Job("keep_table", "Read and keep data", perform)
