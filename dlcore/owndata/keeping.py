"""Keeps a data set: files are written beside, hashed, and moved into place as a new version, whole or not at all."""

from __future__ import annotations

import fcntl
import hashlib
import json
import math
import mmap
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from dlcore.errors import Invalid, Unavailable
from dlcore.forecast import show_bytes
from dlcore.owndata import shelf
from dlcore.owndata.names import shown

FORMAT = 1
HASHED = ("kind", "shape", "scaling", "class_names", "feature_names", "target_unit", "splits", "preparation")
CHUNK = 1 << 24


class Draft:
    """A version under construction, in a folder of its own that is removed unless `keep` was called: `with Draft() as draft: …`.

    What a description must hold is written in ARCHITECTURE.md; `keep` fills in "format", "name", "version", "number", "hash", "created",
    "arrays" and "removed".
    """

    def __init__(self) -> None:
        try:
            shelf.folder().mkdir(parents=True, exist_ok=True)
            self.folder = Path(tempfile.mkdtemp(prefix=".draft-", dir=shelf.folder()))
        except OSError as error:
            raise Unavailable(f"{shelf.folder()} cannot be written: {error.strerror}.", "Free some space, or set DLCORE_HOME.") from None

    def __enter__(self) -> Draft:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def create(self, name: str, shape: tuple[int, ...], dtype: str) -> np.ndarray:
        """An array on the disk, mapped into memory and zero, to be filled piece by piece. Call `flush` of it, or drop it, before `keep`."""
        path = self.folder / f"{_plain(name)}.npy"
        try:
            made: np.ndarray = np.lib.format.open_memmap(path, mode="w+", dtype=np.dtype(dtype), shape=shape)
            with path.open("r+b") as file:  # room for all of it now: a write to a full disk would end the process
                os.posix_fallocate(file.fileno(), 0, path.stat().st_size)
        except OSError as error:
            raise Unavailable(
                f"The disk has no room for {show_bytes(math.prod(shape) * np.dtype(dtype).itemsize)}.", "Free some space."
            ) from error
        return made

    def put(self, name: str, array: np.ndarray) -> None:
        np.save(self.folder / f"{_plain(name)}.npy", array, allow_pickle=False)

    def path(self, filename: str) -> Path:
        """Where a file beside the arrays goes, such as "profile.json"; it is kept, but is no part of the hash."""
        if not re.fullmatch(r"[a-z][a-z0-9_]*\.[a-z0-9]+", filename):
            raise ValueError(f"{filename!r} is no plain file name")
        return self.folder / filename

    def keep(self, name: str, description: Mapping[str, Any]) -> dict[str, Any]:
        """Moves the draft into place and returns its whole description; the same content again is the version that is there already."""
        check_name(name)
        arrays = {path.stem: _about(path) for path in sorted(self.folder.glob("*.npy"))}
        counted = {key: description.get(key) for key in HASHED} | {"arrays": arrays}
        digest = hashlib.sha256(json.dumps(counted, sort_keys=True).encode()).hexdigest()
        with _alone():
            known = shelf.descriptions(name)
            same = next((one for one in known if one["hash"] == digest), None)
            if same and not same["removed"]:
                return same
            number = same["number"] if same else 1 + max((one["number"] for one in known), default=0)
            whole = {
                "format": FORMAT, **description, "name": name, "version": f"{number}-{digest[:12]}", "number": number, "hash": digest,
                "created": time.time(), "arrays": arrays, "removed": False,
            }  # fmt: skip
            self._land(shelf.folder() / name / str(whole["version"]), whole)
        return whole

    def _land(self, place: Path, description: Mapping[str, Any]) -> None:
        try:
            _write(self.folder / shelf.DESCRIPTION, description)
            place.parent.mkdir(exist_ok=True)
            if place.exists():  # a deleted version that comes again
                shutil.rmtree(place)
            for path in self.folder.iterdir():
                _sync(path)
            os.chmod(self.folder, 0o755)
            os.replace(self.folder, place)
            _touch(place.parent)
        except OSError as error:
            raise Unavailable(
                f"The data set could not be kept: {error.strerror or error}.", "Free some space; nothing was lost."
            ) from error


def release(array: np.ndarray) -> None:
    """Gives back the memory that pages of a mapped file take; what was written is kept by the file, and read again from it."""
    mapped = getattr(array, "_mmap", None)
    if mapped is not None:
        mapped.madvise(mmap.MADV_DONTNEED)


def remove(name: str, version: str = "") -> list[str]:
    """Deletes the files of one version, or of all; their descriptions stay for the runs that used them. Returns the versions deleted."""
    with _alone():
        known = [one for one in shelf.descriptions(name) if not one["removed"] and version in ("", one["version"])]
        if not known:
            shelf.description(name, version)  # says what is not there
            raise Invalid(f"Version {version} of the data set {name} is deleted already.")
        for one in known:
            place = shelf.folder() / name / one["version"]
            _write(place / shelf.DESCRIPTION, one | {"removed": True})
            for path in place.iterdir():
                if path.name != shelf.DESCRIPTION:
                    path.unlink()
        _touch(shelf.folder() / name)
    return [one["version"] for one in known]


def check_name(name: str) -> None:
    """Raises `Invalid` for a name that cannot stand in a link or folder, or that a built-in data set has."""
    from dlcore import registry

    if not shelf.NAME.fullmatch(name):
        raise Invalid(f"The name {shown(name)} is not allowed: it must be a small letter and then at most 59 small letters, digits or _.")
    if name in registry.built_in("datasets"):
        raise Invalid(f"The name {name} is not allowed: a data set of the lab is called so.", "Choose another with --name.")


def name_from(filename: str) -> str:
    """A name made from a file's: "My Sales (2024).csv" → "my_sales_2024"."""
    from dlcore import registry

    stem = Path(filename).name.partition(".")[0].lower()
    plain = re.sub(r"[^a-z0-9]+", "_", stem.encode("ascii", "ignore").decode()).strip("_")[:50]
    name = plain if plain[:1].isalpha() else f"data_{plain}".rstrip("_")
    return f"my_{name}" if name in registry.built_in("datasets") else name


def title_of(name: str) -> str:
    """The name as a title: "my_sales_2024" → "My sales 2024 (yours)"."""
    words = name.replace("_", " ")
    return f"{words[:1].upper()}{words[1:]} (yours)"


def _about(path: Path) -> dict[str, Any]:
    array = np.load(path, mmap_mode="r", allow_pickle=False)
    digest = hashlib.sha256()
    with path.open("rb") as content:
        while piece := content.read(CHUNK):
            digest.update(piece)
    return {"shape": list(array.shape), "dtype": array.dtype.str, "bytes": array.nbytes, "sha256": digest.hexdigest()}


def _plain(name: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise ValueError(f"{name!r} is no plain name of an array")
    return name


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time gives numbers and deletes."""
    shelf.folder().mkdir(parents=True, exist_ok=True)
    with open(shelf.folder() / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write(path: Path, body: Mapping[str, Any]) -> None:
    part = path.with_name(f".{path.name}.part")
    part.write_text(json.dumps(body, indent=1, allow_nan=False), encoding="utf-8")
    _sync(part)
    os.replace(part, path)


def _touch(place: Path) -> None:
    """The shelf reads a folder again when its time has changed; renaming inside a version does not change it."""
    stamp = max(time.time_ns(), place.stat().st_mtime_ns + 1)
    with suppress(OSError):
        os.utime(place, ns=(stamp, stamp))


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
