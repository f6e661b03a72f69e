"""What a script needs of data that a person brought: a loader that reads a file beside it, and that file."""

from __future__ import annotations

import hashlib
import io

import numpy as np

from dlcore.experiment import Experiment
from dlcore.owndata import shelf

LOADER = '''def load(*, seed: int, version: str, split: str) -> dict:
    """The data set {name}, version {version}, from {file} beside this file. It was kept in the lab, which exports it with the script."""
    import hashlib

    folder = os.path.dirname(os.path.abspath(__file__)) if "__file__" in globals() else "."
    path = os.path.join(folder, {file!r})
    if not os.path.exists(path):
        raise SystemExit("The data are missing: put {file} beside this file (export the run as a script with its data).")
    with np.load(path, allow_pickle=False) as kept:
        data = {{name: kept[name] for name in kept.files}}
    digests = {{name: hashlib.sha256(np.ascontiguousarray(array).data).hexdigest() for name, array in data.items()}}
    if digests != {digests!r}:
        raise SystemExit("{file} is not the data set that the run was trained on.")
    return data'''


def is_own(experiment: Experiment) -> bool:
    return experiment.dataset_spec.origin == "file"


def file_name(experiment: Experiment) -> str:
    """Name, version and split: what the file's rows depend on."""
    settings = experiment.dataset.settings
    return f"{experiment.dataset.name}-{settings['version']}-{settings['split']}.npz"


def loader(experiment: Experiment) -> str:
    """The source of `load` for a script. Raises `Unavailable` or `Damaged` where the data are gone."""
    digests = {name: hashlib.sha256(np.ascontiguousarray(array).data).hexdigest() for name, array in _arrays(experiment).items()}
    version = experiment.dataset.settings["version"]
    return LOADER.format(name=experiment.dataset.name, version=version, file=file_name(experiment), digests=digests)


def file_bytes(experiment: Experiment) -> bytes:
    """The .npz that the loader reads; the same data give the same bytes."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **_arrays(experiment))  # type: ignore[arg-type]
    return buffer.getvalue()


def _arrays(experiment: Experiment) -> dict[str, np.ndarray]:
    settings = experiment.dataset.settings
    return shelf.chosen_arrays(shelf.arrays(experiment.dataset.name, str(settings["version"])), str(settings["split"]))
