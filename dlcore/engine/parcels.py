"""What a worker does with data sets that were sent with its assignment: it makes them findable, once for each version."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from dlcore.errors import Unavailable
from dlcore.owndata import shelf


def unpack(parcels: Sequence[Mapping[str, Any]]) -> None:
    """parcels: see dlcore/trainer/parcel.py. Raises `Unavailable` for one that the trainer could not send."""
    for parcel in parcels:
        if "refused" in parcel:
            raise Unavailable(parcel["refused"], "Use fewer rows, or a worker on the trainer's machine.")
        if "folder" in parcel:
            shelf.borrow(Path(parcel["folder"]))
        else:
            _put(_received(), parcel)


def _put(place: Path, parcel: Mapping[str, Any]) -> None:
    version = place / parcel["name"] / parcel["version"]
    if version.exists():
        return
    part = Path(tempfile.mkdtemp(dir=place))
    for name, data in parcel["files"].items():
        (part / Path(name).name).write_bytes(data)
    version.parent.mkdir(exist_ok=True)
    try:
        part.rename(version)
    except OSError:  # another thread of this worker was faster
        shutil.rmtree(part, ignore_errors=True)
    os.utime(version.parent)


@cache
def _received() -> Path:
    """This process's own folder for what was sent; it goes when the process ends."""
    place = Path(tempfile.mkdtemp(prefix="dlcore-data-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    shelf.borrow(place)
    return place
