"""Runs of other tools come in: finished runs with a history, shown like all others and marked as imported."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from dlcore.errors import Invalid
from dlcore.experiment import Experiment
from dlcore.service import open_store
from dlcore.services import foreign
from dlcore.services.foreign import Found
from dlcore.store import Store, imports

KIND = imports.KIND
MOST_BYTES = 500 * 2**20
MOST_FILES = 20_000


def import_path(path: Path | str, *, owner: str = "", store: Store | None = None) -> list[str]:
    """The ids of the runs in a file, a zip of files or a folder; what is nobody's log in a folder is passed over.

    `Invalid` where there is none, or one cannot be read: then nothing is imported.
    """
    place = Path(path)
    if place.is_dir():
        return import_files(_of_folder(place), owner=owner, store=store)
    try:
        data = place.read_bytes()
    except FileNotFoundError:
        raise Invalid(f"There is no file or folder {place}.") from None
    except OSError as error:
        raise Invalid(f"{place} cannot be read: {error.strerror}.") from None
    return import_files({str(place.absolute()): data}, owner=owner, store=store)


def import_files(files: Mapping[str, bytes], *, owner: str = "", store: Store | None = None) -> list[str]:
    """The same for files that are read already, path → bytes; zips among them are opened."""
    opened: dict[str, bytes] = {}
    for name, data in files.items():
        opened |= _of_zip(name, data) if name.lower().endswith(".zip") else {name: data}
    found = foreign.read(opened)
    return [_add(store or open_store(), one, owner) for one in found]


def _add(store: Store, found: Found, owner: str) -> str:
    said = "".join(f"\n{name} = {value}" for name, value in found.settings.items())
    return imports.add(
        store, experiment_of(found), found.history, title=found.title, owner=owner, tags=(KIND,),
        note=f"Imported from {found.tool}. What the run was trained on and with is not known to the lab.{said}",
        environment={"imported_from": found.tool}, started=found.started, seconds=found.seconds, cause=found.cause,
    )  # fmt: skip


def experiment_of(found: Found) -> Experiment:
    """The lab's default experiment with what is known of the run: its epochs, and settings that the lab calls by the same name."""
    known = Experiment().with_(epochs=max([1, *(row["epoch"] for row in found.history)]))
    for name, value in found.settings.items():
        try:
            known = known.with_text({name: str(value)})
        except Invalid:
            continue  # it stands in the run's note
    return known


def _of_folder(folder: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for path in sorted(folder.rglob("*")):
        wanted = path.suffix.lower() == ".csv" or path.name == "trial.json" or foreign.EVENTS in path.name
        if wanted and path.is_file():
            found[str(path.absolute())] = path.read_bytes()
            _check_size(sum(map(len, found.values())), len(found), str(folder))
    # A folder may hold tables of all kinds: only those that Keras's CSVLogger might have written count.
    return {path: data for path, data in found.items() if not path.lower().endswith(".csv") or b"epoch" in data.partition(b"\n")[0]}


def _of_zip(name: str, data: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            listed = [info for info in archive.infolist() if not info.is_dir()]
            _check_size(sum(info.file_size for info in listed), len(listed), name)
            return {f"{Path(name).stem}/{info.filename}": archive.read(info) for info in listed}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise Invalid(f"{name} is no zip file that can be opened: {error}.", "Pack it again.") from None


def _check_size(size: int, count: int, name: str) -> None:
    if size > MOST_BYTES or count > MOST_FILES:
        raise Invalid(
            f"{name} holds {count:,} files of {size / 2**20:,.0f} MB: at most {MOST_FILES:,} and {MOST_BYTES // 2**20} MB are read."
        )
