"""Where the files of downloaded data sets lie, and whether they are there. Imports no Keras."""

from __future__ import annotations

import os
from pathlib import Path

from dlcore import registry
from dlcore.specs import Dataset, RemoteFile


def keras_home() -> Path:
    """The folder below which Keras's own loaders look: KERAS_HOME, else ~/.keras, else its folder for temporary files."""
    temporary = Path("/tmp/.keras")  # as in keras.utils.get_file, whose rule this follows
    if "KERAS_HOME" in os.environ:
        home = Path(os.environ["KERAS_HOME"]).expanduser()
    else:
        home = Path.home() / ".keras" if os.access(Path.home(), os.W_OK) else temporary
    return temporary if home.exists() and not os.access(home, os.W_OK) else home


def path_of(file: RemoteFile) -> Path:
    """Where the file lies, or where it will be put when it is fetched."""
    if file.own_folder and (own := own_path(file)):
        return own
    return keras_home() / "datasets" / file.path


def own_path(file: RemoteFile) -> Path | None:
    """The file in the folder that DLCORE_DATA names (or in its sub-folder named as the data set's), where a person put it."""
    if not os.environ.get("DLCORE_DATA"):
        return None
    folder = Path(os.environ["DLCORE_DATA"]).expanduser()
    places = (folder / Path(file.path).name, folder / file.path)
    return next((place for place in places if place.is_file()), None)


def is_available(dataset: Dataset | str) -> bool:
    """Whether the data set can be loaded without a network: its files are there and of the right size (contents are not read)."""
    spec = registry.find("datasets", dataset) if isinstance(dataset, str) else dataset
    return all(has_right_size(file) for file in spec.files)


def stand_in(file: RemoteFile) -> Path | None:
    """The other file that serves instead, in the folder that DLCORE_DATA names or in its sub-folder `text`."""
    folder = Path(os.environ.get("DLCORE_DATA") or os.devnull).expanduser()
    places = (folder / file.stand_in, folder / "text" / file.stand_in) if file.stand_in else ()
    return next((place for place in places if place.is_file()), None)


def has_right_size(file: RemoteFile) -> bool:
    if stand_in(file):
        return True
    try:
        return path_of(file).stat().st_size == file.bytes
    except OSError:
        return False


def default_dataset() -> str:
    """The data set that a first visit starts with: Fashion-MNIST when its files are there, else digits."""
    return "fashion_mnist" if is_available("fashion_mnist") else "digits"
