"""What scripts and models need of data that a person brought: a loader and its file, and what turns raw rows into numbers."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import numpy as np

from dlcore.errors import Unavailable
from dlcore.experiment import Experiment
from dlcore.exports._source import module_source, source_of
from dlcore.forecast import show_bytes
from dlcore.owndata import features, pictures, row_files, shelf

MOST_BYTES = 2 * 2**30  # that are packed in memory
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
    size = sum(array.nbytes for array in _arrays(experiment).values())
    if size > MOST_BYTES:
        raise Unavailable(
            f"The data have {show_bytes(size)}; at most {show_bytes(MOST_BYTES)} travel with a script.",
            "Take the script alone, and the file that the data came from.",
        )
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **_arrays(experiment))  # type: ignore[arg-type]
    return buffer.getvalue()


def _arrays(experiment: Experiment) -> dict[str, np.ndarray]:
    settings = experiment.dataset.settings
    return shelf.chosen_arrays(shelf.arrays(experiment.dataset.name, str(settings["version"])), str(settings["split"]))


def preparation_of(experiment: Experiment) -> dict[str, Any] | None:
    """What turns raw rows ("columns") or pictures ("image") into the net's inputs, where the data are one's own; None for all others."""
    if not is_own(experiment):
        return None
    found: dict[str, Any] | None = shelf.description(experiment.dataset.name, str(experiment.dataset.settings["version"]))["preparation"]
    return found


def example_of(experiment: Experiment) -> str:
    """The name of a file that predict.py reads, as a person would give it."""
    prepared = preparation_of(experiment)
    if prepared is None:
        return "rows.npy"
    if "image" in prepared:
        return "picture.jpg"
    return "texts.txt" if features.is_tokens(prepared) else "rows.csv"


def raw_pictures_source() -> str:
    """The source of `pictures_of` and `read` for predict.py: the module by which the lab reads pictures, whole."""
    _, body = module_source(pictures.__name__)
    imports = "import io\nfrom dataclasses import dataclass\nfrom typing import Any"
    return "\n\n\n".join([imports, body, source_of(features.decode), RAW_PICTURES])


def raw_rows_source() -> str:
    """The source of `rows_of` for predict.py, with all that turns raw rows into numbers; it reads preparation.json beside it."""
    constants = (
        f"MISSING = {features.MISSING!r}\nLARGEST = {features.LARGEST!r}\nORIGIN = datetime.datetime(2000, 1, 1)\nDAY = {features.DAY!r}"
    )
    return "\n\n\n".join([RAW_IMPORTS, constants, *map(source_of, (*features.SOURCES, *row_files.SOURCES)), RAW_ROWS])


RAW_IMPORTS = "import csv\nimport datetime\nimport io\nimport math\nimport re\nfrom typing import Any"
RAW_ROWS = '''PREPARATION = json.loads((Path(__file__).parent / "preparation.json").read_text(encoding="utf-8"))


def rows_of(path: str) -> np.ndarray:
    """The net's inputs, of the raw rows in a file; for a forecast, of each stretch of rows that follow each other."""
    try:
        columns = columns_of(path, PREPARATION)
        told = {**PREPARATION, "decimal": told_decimal(columns, PREPARATION)}
        return windows(encode(columns, told), PREPARATION)
    except (OSError, ValueError, AttributeError) as error:
        raise SystemExit(f"{path} cannot be read: {error}")
'''

RAW_PICTURES = '''PREPARATION = json.loads((Path(__file__).parent / "preparation.json").read_text(encoding="utf-8"))
FORM = Form(**PREPARATION["image"])


def pictures_of(paths: list) -> list:
    """The pictures at these paths, and those that lie in the folders among them, by name."""
    found = []
    for path in map(Path, paths):
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        found += [one for one in inside if one == path or one.suffix.lower() in SUFFIXES]
    return found


def read(paths: list) -> tuple:
    """The names of those that can be read, and their pixels, upright and in the net's size; of others it is said why they cannot."""
    names, rows = [], []
    for path in paths:
        try:
            rows.append(pixels(path.read_bytes(), FORM))
            names.append(str(path))
        except (OSError, Unreadable) as error:
            print(f"{path} {error if isinstance(error, Unreadable) else error.strerror}", file=sys.stderr)
    return names, np.array(rows, "float32")
'''
