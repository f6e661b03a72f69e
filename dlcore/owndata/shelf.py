"""The data sets that are kept: `<home>/data/<name>/<version>/` holds `description.json` and arrays as .npy, nothing that is executed.

A version is named by its number and its hash ("2-9f3ac1d0b2e4") and never changes. It is a setting of the data set, so that an experiment
pins it in its JSON, link and script. A version that was deleted keeps its description: old runs still open, and say why they cannot train.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from dlcore.errors import Damaged, Invalid, Unavailable
from dlcore.fields import Field
from dlcore.specs import Dataset, Settings, Shape

NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
DESCRIPTION = "description.json"
NEEDED = {
    "name", "version", "number", "hash", "removed", "title", "summary", "shape", "scaling", "class_names", "feature_names", "target_unit",
    "splits", "split", "arrays",
}  # fmt: skip
SPLITS = {"stratified": "each class in proportion", "random": "at random", "group": "whole groups", "time": "the latest rows for the test"}

_borrowed: list[Path] = []  # folders beside the home's, with what a trainer elsewhere has sent to this worker
_read: dict[Path, tuple[int, Dataset | None]] = {}


def folder() -> Path:
    """Where data sets are kept: below `DLCORE_HOME`, as the store."""
    return Path(os.environ.get("DLCORE_HOME") or ".dlcore").absolute() / "data"


def borrow(place: Path) -> None:
    """Also look into this folder, laid out like the home's."""
    if place not in _borrowed:
        _borrowed.append(place)


def find(name: Any) -> Dataset | None:
    """The data set of one's own of that name, also one that was deleted; None when there never was one here."""
    if not isinstance(name, str) or not NAME.fullmatch(name):
        return None
    for place in (folder(), *_borrowed):
        if found := _dataset(place / name):
            return found
    return None


def members() -> dict[str, Dataset]:
    """Data sets with a version that is not deleted, by name."""
    place = folder()
    try:
        names = sorted(entry.name for entry in os.scandir(place) if NAME.fullmatch(entry.name))
    except OSError:
        return {}
    found = {name: _dataset(place / name) for name in names}
    return {name: spec for name, spec in found.items() if spec and any(not one["removed"] for one in descriptions(name))}


def descriptions(name: str) -> list[dict[str, Any]]:
    """What is known of all versions of a data set, oldest first; see ARCHITECTURE.md for what they hold."""
    for place in (folder(), *_borrowed):
        if found := _descriptions(place / name):
            return found
    return []


def description(name: str, version: str = "") -> dict[str, Any]:
    """One version's description ("": the newest that is not deleted). Raises `Invalid` for one that is not here."""
    known = descriptions(name) if NAME.fullmatch(name) else []
    kept = [one for one in known if not one["removed"]]
    chosen = [one for one in known if one["version"] == version] if version else kept[-1:]
    if not chosen:
        what = f"no version {version} of the data set {name}" if known and version else f"no data set of your own called {name!r}"
        raise Invalid(f"There is {what} here.", "`python -m dlcore data list` says what there is.")
    return chosen[0]


def version_folder(name: str, version: str) -> Path:
    """Where the version's arrays lie. Raises `Unavailable` when it was deleted or its folder is gone."""
    if description(name, version)["removed"]:
        raise Unavailable(
            f"Version {version} of the data set {name} was deleted.", "Add the file again: the same file gets the same version."
        )
    for place in (folder(), *_borrowed):
        if (place / name / version / DESCRIPTION).is_file():
            return place / name / version
    raise Unavailable(f"The files of the data set {name}, version {version}, are gone.", "Add the file again.")


def arrays(name: str, version: str) -> dict[str, np.ndarray]:
    """The version's arrays, read-only, mapped into memory and read from the disk as needed. Raises `Damaged`, `Unavailable`."""
    place, found = version_folder(name, version), {}
    for array, about in description(name, version)["arrays"].items():
        path = place / f"{array}.npy"
        try:
            found[array] = np.load(path, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise Damaged(f"{path} of the data set {name} cannot be read: {error}.", "Add the file again.") from None
        if list(found[array].shape) != about["shape"] or found[array].dtype.str != about["dtype"]:
            raise Damaged(f"{path} of the data set {name} is not what was kept.", "Delete the data set and add the file again.")
    return found


def chosen_arrays(found: Mapping[str, np.ndarray], split: str) -> dict[str, np.ndarray]:
    """What a run loads of a version's arrays: "group" only where rows are split by it, each row its own group for a random split."""
    raw = {name: array for name, array in found.items() if name in ("x", "y", "x_test", "y_test")}
    if split == "random":
        raw["group"] = np.arange(len(raw["y"]))
    elif split == "group":
        raw["group"] = found["group"]
    return raw


def _dataset(place: Path) -> Dataset | None:
    """The spec made from the folder's descriptions, kept until the folder changes."""
    try:
        stamp = place.stat().st_mtime_ns
    except OSError:
        return None
    if place not in _read or _read[place][0] != stamp:
        known = _descriptions(place)
        _read[place] = stamp, _made(place.name, known) if known else None
    return _read[place][1]


def _descriptions(place: Path) -> list[dict[str, Any]]:
    try:
        entries = [Path(entry.path) for entry in os.scandir(place) if entry.is_dir() and entry.name[0].isdigit()]
    except OSError:
        return []
    found = []
    for entry in entries:
        try:
            one = json.loads((entry / DESCRIPTION).read_text(encoding="utf-8"))
        except (OSError, ValueError):  # half copied by hand: what cannot be read is not there
            continue
        if isinstance(one, dict) and one.keys() >= NEEDED:
            found.append(one)
    return sorted(found, key=lambda one: one["number"])


def _made(name: str, known: list[dict[str, Any]]) -> Dataset:
    by_version = {one["version"]: one for one in known}
    newest = next((one for one in reversed(known) if not one["removed"]), known[-1])
    splits = tuple(dict.fromkeys([newest["split"], *(split for one in known for split in one["splits"])]))

    def load(*, seed: int, version: str, split: str) -> dict[str, Any]:
        return chosen_arrays(arrays(name, version), split)

    def shape(settings: Settings) -> Shape:
        body = by_version[str(settings["version"])]["shape"]
        return Shape(**{**body, "input": tuple(body["input"])})

    def of(settings: Settings) -> Dataset:
        chosen, split = by_version[str(settings["version"])], str(settings["split"])
        if split not in chosen["splits"]:
            allowed = ", ".join(chosen["splits"])
            raise Invalid(f"split = {split!r} is not allowed for version {chosen['version']} of {name}: it must be one of {allowed}.")
        return replace(
            spec, **_words(chosen), vocabulary=vocabulary if chosen["shape"].get("tokens") else None, in_order=split == "time", of=None
        )

    def vocabulary(settings: Settings) -> tuple[str, ...]:
        return vocabulary_of(by_version[str(settings["version"])])

    spec = Dataset(
        name=name, fields=_fields(newest, tuple(by_version), splits), shape=shape, load=load, origin="file", of=of, order=1000,
        **_words(newest),
    )  # fmt: skip
    return spec


def vocabulary_of(body: Mapping[str, Any]) -> tuple[str, ...]:
    """What the tokens of a version stand for, where its rows are texts that are read one by one; else nothing."""
    columns = (body.get("preparation") or {}).get("columns", ()) if body["shape"].get("tokens") else ()
    return tuple(columns[0]["vocabulary"]) if columns else ()


def _fields(newest: Mapping[str, Any], versions: tuple[str, ...], splits: tuple[str, ...]) -> tuple[Field, ...]:
    said = "; ".join(f"{split}: {SPLITS[split]}" for split in splits)
    return (
        Field("version", "choice", newest["version"], "Version", "Number and hash of what was kept; a run stays with its own.",
              choices=tuple(reversed(versions)), advanced=True),
        Field("split", "choice", newest["split"], "Split", f"How rows are set aside for validation and test. {said}.", choices=splits),
    )  # fmt: skip


def _words(body: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": body["title"], "summary": body["summary"], "scaling": body["scaling"], "class_names": tuple(body["class_names"]),
        "feature_names": tuple(body["feature_names"]), "target_unit": body["target_unit"],
    }  # fmt: skip
