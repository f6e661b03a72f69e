"""Data sets of one's own: add a file, look at what is kept, delete, ask which runs use it."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from dlcore import service
from dlcore.errors import Invalid, Refused, Unavailable
from dlcore.owndata import keeping, shelf
from dlcore.run import Run
from dlcore.services import listing
from dlcore.services.listing import Wanted
from dlcore.store import Store

if TYPE_CHECKING:
    from dlcore.owndata.image_set import ImagePlan
    from dlcore.owndata.preview import Preview
    from dlcore.owndata.table_set import Plan
    from dlcore.owndata.text_set import TextPlan

DAY = 86400.0
LARGE = 8 * 2**20
EXAMPLES = 24  # pictures that are shown before a set of them is kept


def add(
    path: Path, name: str = "", choices: Mapping[str, Any] | None = None, progress: Callable[[float], None] | None = None
) -> dict[str, Any]:
    """Reads the file and keeps it under `name` (one made from the file's, when empty), as a new version where there is one already.

    choices: what a person says instead of what would be guessed: "as" (`reading.kind_of`), and see `owndata.table_set.plan`,
    `image_set.plan_images` and `text_set.plan_text`. Returns the description. Raises `Invalid`.
    """
    from dlcore.owndata.reading import keep

    return keep(_file(path), name, choices, progress)


def _file(path: Path) -> Path:
    if not path.exists():
        raise Invalid(f"There is no file {path}.")
    return path.resolve()


def kept() -> list[dict[str, Any]]:
    """Descriptions of all versions that are not deleted, by name, the newest first."""
    return [one for name in shelf.members() for one in reversed(shelf.descriptions(name)) if not one["removed"]]


def show(name: str, version: str = "") -> dict[str, Any]:
    """One version's description ("": the newest). Raises `Invalid`."""
    return shelf.description(name, version)


def versions(name: str) -> list[dict[str, Any]]:
    """Descriptions of its versions that are not deleted, the newest first."""
    return [one for one in reversed(shelf.descriptions(name)) if not one["removed"]]


def other_target(body: Mapping[str, Any]) -> str:
    """The column that the newest other version predicts, where this one predicts another; else ""."""
    others = [one for one in versions(body["name"]) if one["version"] != body["version"]]
    before = _target(others[0]) if others else ""
    return before if before != _target(body) else ""


def _target(body: Mapping[str, Any]) -> str:
    return str(((body.get("preparation") or {}).get("target") or {}).get("name", ""))


def users(name: str, version: str = "", *, store: Store | None = None) -> list[Run]:
    """Runs, newest first, that were trained on the data set, or on one version of it; those in the trash too."""
    found = [
        run for trashed in (False, True)
        for run in listing.find(Wanted(datasets=(name,), trashed=trashed), limit=10_000, store=store).runs
    ]  # fmt: skip
    return [run for run in found if version in ("", service.experiment(run.id, store=store).dataset.settings.get("version"))]


def delete(name: str, version: str = "", *, anyway: bool = False, store: Store | None = None) -> list[str]:
    """Deletes one version or all; which. `Refused` while runs use it, unless `anyway`; then these cannot be trained further."""
    shelf.description(name, version)
    using = users(name, version, store=store)
    waiting = [run for run in using if not run.state.is_finished]
    if waiting:
        raise Refused(f"{name} cannot be deleted: {len(waiting)} of the runs on it have not ended.", "Stop them first.")
    if using and not anyway:
        raise Refused(
            f"{name} is used by {len(using)} run{'s' * (len(using) > 1)}. These open without it, but cannot go on or be exported.",
            "Say so once more to delete it (on the command line: --yes).",
        )
    return keeping.remove(name, version)


# What a page brings.
def stage(name: str, content: BinaryIO) -> Path:
    """Writes what was uploaded below the store, under a name of ours; the same content is written once. What is a day old is removed."""
    place = shelf.folder() / ".incoming"
    try:
        place.mkdir(parents=True, exist_ok=True)
        for old in place.iterdir():
            if time.time() - old.stat().st_mtime > DAY:
                shutil.rmtree(old, ignore_errors=True)
        digest = hashlib.file_digest(content, "sha256").hexdigest()[:16]  # type: ignore[arg-type]
        folder = place / digest
        folder.mkdir(exist_ok=True)
        path = folder / _safe(name)
        content.seek(0)
        with path.open("wb") as out:
            shutil.copyfileobj(content, out)
    except OSError as error:
        raise Unavailable(f"The file could not be written to {place}: {error.strerror}.", "Free some space.") from error
    return path


def _safe(name: str) -> str:
    """The file's own name with nothing in it that means something to a file system."""
    kept = "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in Path(name.replace("\\", "/")).name)
    return kept.lstrip(".-")[-100:] or "file"


@lru_cache(maxsize=64)
def _looked(path: Path, choices: str) -> tuple[Plan, Preview]:
    from dlcore.owndata.preview import preview
    from dlcore.owndata.table_set import plan

    made = plan(path, json.loads(choices))
    return made, preview(made)


def look(path: Path, choices: Mapping[str, Any]) -> tuple[Plan, Preview]:
    """What the file would become, from its first 20,000 rows; the same question is answered once. Raises `Invalid`."""
    return _looked(path, json.dumps(dict(choices), sort_keys=True))


def look_at_all(path: Path) -> tuple[Plan, Preview]:
    """`look` with nothing but guesses."""
    return look(path, {})


def kind_of(path: Path, chosen: str = "") -> str:
    """What the file is read as: "pictures", "text" (letter by letter) or "table"; `chosen` where a person says. Raises `Invalid`."""
    from dlcore.owndata import reading

    return reading.kind_of(path, {"as": chosen})


@lru_cache(maxsize=16)
def _looked_at_text(path: Path, choices: str) -> TextPlan:
    from dlcore.owndata.text_set import plan_text

    return plan_text(path, json.loads(choices))


def look_at_text(path: Path, choices: Mapping[str, Any]) -> TextPlan:
    """What a text would become; the same question is answered once. Raises `Invalid`."""
    return _looked_at_text(path, json.dumps(dict(choices), sort_keys=True))


@lru_cache(maxsize=16)
def _looked_at_images(path: Path, choices: str) -> tuple[ImagePlan, np.ndarray, list[str]]:
    from dlcore.owndata.image_set import examples, plan_images

    made = plan_images(path, json.loads(choices))
    return made, *examples(path, made, EXAMPLES)


def look_at_images(path: Path, choices: Mapping[str, Any]) -> tuple[ImagePlan, np.ndarray, list[str]]:
    """What a zip of pictures would become: the plan, and 24 pictures (24, height, width, channels) with their labels. Raises `Invalid`."""
    return _looked_at_images(path, json.dumps(dict(choices), sort_keys=True))


def is_large(path: Path) -> bool:
    """Whether reading it takes so long that a worker should."""
    return path.stat().st_size > LARGE


def start_add(path: Path, name: str, choices: Mapping[str, Any], *, store: Store | None = None) -> str:
    """The job that reads and keeps a large file; its result names the data set and the version."""
    place = store or service.open_store()
    keeping.check_name(name)
    inputs = {"home": str(place.home), "path": str(path), "name": name, "choices": dict(choices), "asked": time.time()}
    return service.submit_job("keep_table", inputs, store=place)


def profile(name: str, version: str = "") -> dict[str, Any]:
    """The columns in numbers, for pictures (`table_set.profile_of`); empty where there is none."""
    body = shelf.description(name, version)
    try:
        found: dict[str, Any] = json.loads((shelf.version_folder(name, body["version"]) / "profile.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found
