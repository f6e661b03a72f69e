"""Data sets of one's own that travel with an assignment: a folder's name to workers on this machine, the files to workers elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dlcore.errors import LabError
from dlcore.forecast import show_bytes
from dlcore.owndata import shelf

MOST_BYTES = 256 * 2**20  # sent at once; more would hold up every message between trainer and worker


def parcel(body: Any, home: Path, is_here: bool) -> list[dict[str, Any]]:
    """What a worker needs to find the data sets of one's own that are named anywhere in this JSON (an experiment, a job's inputs).

    Each is {"folder"} for a worker on this machine, else {"name", "version", "files": {file name: bytes}} or {"refused": sentence}.
    """
    wanted = sorted(set(_named(body)))
    if not wanted:
        return []
    return [{"folder": str(home / "data")}] if is_here else [_packed(name, version) for name, version in wanted]


def _named(body: Any) -> Iterator[tuple[str, str]]:
    """(name, version) of every "dataset" with a version, however deep."""
    if isinstance(body, Mapping):
        part = body.get("dataset")
        if isinstance(part, Mapping) and isinstance(part.get("name"), str) and isinstance(part.get("version"), str):
            yield part["name"], part["version"]
        body = list(body.values())
    if isinstance(body, (list, tuple)):
        for inner in body:
            yield from _named(inner)


def _packed(name: str, version: str) -> dict[str, Any]:
    try:
        paths = [path for path in shelf.version_folder(name, version).iterdir() if path.suffix in (".npy", ".json")]
        size = sum(path.stat().st_size for path in paths)
        if size > MOST_BYTES:
            limit = f"{show_bytes(size)}, and {show_bytes(MOST_BYTES)} are sent at most"
            return {"refused": f"The data set {name} is too large for a worker on another machine: it has {limit}."}
        return {"name": name, "version": version, "files": {path.name: path.read_bytes() for path in paths}}
    except (LabError, OSError) as error:
        return {"refused": str(error)}
