"""From an experiment to the arrays that a run trains on: rows limited, split, scaled, labels made wrong, in this order.

The functions listed in `SOURCES` are copied into exported scripts, which thereby make bitwise the same arrays: they use NumPy as
`np`, each other, and nothing else.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlcore.engine.download import Progress, load
from dlcore.engine.rows import Rows
from dlcore.errors import Invalid
from dlcore.experiment import Experiment
from dlcore.forecast import on_disk
from dlcore.owndata.keeping import release
from dlcore.specs import Shape

HASHED_BYTES = 64 * 2**20  # of an array, at once
CACHE_BYTES = 600 * 2**20  # Fashion-MNIST, raw and prepared twice over; the newest entry is kept however large it is


@dataclass(frozen=True)
class Prepared:
    """What a run trains on.

    x_…: float32 of shape (rows, *shape.input), or `Rows`, which gives the same piece by piece. y_…, as Keras's losses and metrics want
    them beside outputs of shape (rows, outputs): class numbers as int64 (rows,), binary labels as float32 0 or 1 (rows, 1), targets as
    float32 (rows, outputs) in the data set's `target_unit`. Where the data have a target for each step, an axis of steps comes after
    the rows: (rows, steps) or (rows, steps, outputs). Validation and test rows may be none (first axis of length 0). All arrays are
    read-only.
    constants: {"mean": […], "scale": […]} from training rows, one number for all or one for each feature (last axis);
    a raw x becomes (x − mean) / scale in float32, which is what a saved model expects.
    hash: SHA-256 of the raw arrays as loaded, before any split.
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_val: np.ndarray
    y_val: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    constants: dict[str, list[float]]
    class_names: tuple[str, ...]
    shape: Shape
    hash: str

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        return {name: getattr(self, name) for name in ("x_train", "y_train", "x_val", "y_val", "x_test", "y_test")}


def prepare(experiment: Experiment, progress: Progress | None = None) -> Prepared:
    """The experiment's arrays, kept for the next run that asks for the same.

    progress(fraction, sentence) is called while files are fetched. Raises `Unavailable` or `Damaged` (see engine/download.py), and
    `Invalid` when the shares leave no row to train on.
    """
    spec = experiment.dataset_spec
    chosen = (spec.name, tuple(experiment.dataset.settings.items()))
    split = preparation(experiment)

    def make() -> Prepared:
        raw = raw_arrays(experiment, progress)
        try:
            made = (_on_disk if on_disk(experiment) else prepared_arrays)(raw, **split)
        except ValueError as error:
            raise Invalid(f"{spec.title}: {error}.", "Use more rows, or smaller validation and test shares.") from error
        for array in made.values():
            if isinstance(array, np.ndarray):
                array.flags.writeable = False
        shape = experiment.shape
        names = spec.class_names or tuple(str(number) for number in range(class_count(shape)))
        return Prepared(**made, class_names=names, shape=shape, hash=hash_of(raw))

    return _cache.get(("prepared", *chosen, *split.values()), make, lambda kept: _bytes_of(kept.arrays))


def raw_arrays(experiment: Experiment, progress: Progress | None = None) -> dict[str, Any]:
    """What the data set's loader gives ("x", "y", perhaps "x_test", "y_test"), kept like `prepare`'s arrays, with the same errors."""
    spec, settings = experiment.dataset_spec, experiment.dataset.settings
    seed = experiment.data_seed if spec.origin == "generated" else None
    key = ("raw", spec.name, tuple(settings.items()), seed)
    return _cache.get(key, lambda: load(spec, settings, experiment.data_seed, progress), _bytes_of)


def preparation(experiment: Experiment) -> dict[str, Any]:
    """The keyword arguments of `prepared_arrays` for this experiment: what an exported script passes to it."""
    return {
        "task": experiment.shape.task,
        "classes": class_count(experiment.shape),
        "scaling": experiment.dataset_spec.scaling,
        "examples": experiment.examples,
        "validation": experiment.validation,
        "test": experiment.test,
        "label_noise": experiment.label_noise,
        "seed": experiment.data_seed,
        **({"per_step": True} if experiment.shape.per_step else {}),
        **({"in_order": True} if experiment.dataset_spec.in_order else {}),
    }


def class_count(shape: Shape) -> int:
    """Classes of the task; 0 for a regression."""
    return {"classes": shape.outputs, "binary": 2, "regression": 0}[shape.task]


def prepared_arrays(
    data: dict,
    *,
    task: str,
    classes: int,
    scaling: str,
    examples: int,
    validation: float,
    test: float,
    label_noise: float,
    seed: int,
    per_step: bool = False,
    in_order: bool = False,
) -> dict:
    """The arrays x_train, y_train, x_val, y_val, x_test, y_test from raw data, and the constants they were scaled with.

    Where the data bring a test set ("x_test"), it is used whole and the share `test` is not taken from the rows. Rows with the same
    number in "group", where the data bring it, are not parted.
    """
    y = shaped_targets(data["y"], task, per_step)
    own_test = "x_test" in data
    train, val, kept = split_rows(y, classes, examples, validation, 0.0 if own_test else test, seed, in_order, data.get("group"))
    x_train = data["x"][train]
    constants = scaling_constants(x_train, scaling)
    return {
        "x_train": scaled(x_train, constants),
        "y_train": with_wrong_labels(y[train], label_noise, classes, seed),
        "x_val": scaled(data["x"][val], constants),
        "y_val": y[val],
        "x_test": scaled(data["x_test"] if own_test else data["x"][kept], constants),
        "y_test": shaped_targets(data["y_test"], task, per_step) if own_test else y[kept],
        "constants": constants,
    }


def shaped_targets(y: np.ndarray, task: str, per_step: bool = False) -> np.ndarray:
    """Class numbers as int64 (rows,); binary labels and targets as float32 (rows, outputs), the shape of the model's outputs.

    per_step: the same with an axis of steps after the rows.
    """
    steps = y.shape[1:2] if per_step else ()
    if task == "classes":
        return y.reshape(len(y), *steps).astype("int64")
    return y.reshape(len(y), *steps, -1).astype("float32")


def split_rows(
    y: np.ndarray, classes: int, examples: int, validation: float, test: float, seed: int, in_order: bool = False, group: Any = None
) -> tuple:
    """Row numbers for training, validation and test, drawn by the seed; with classes, each set holds them in proportion.

    Only `examples` rows are used (0: all). Shares are of those rows, rounded, and at least one row where the share is not 0.
    in_order: the last rows for the test, those before for validation, the first for training; of these rows the last `examples`.
    group (rows,): rows of one group stay together, groups are drawn by the seed; a set then ends with its last group, not within one.
    Raises ValueError when no row is left to train on.
    """
    rng = np.random.default_rng([seed, 1])
    order = rng.permutation(len(y))
    if in_order:
        order = np.arange(len(y))[::-1]
    elif group is not None:
        _, first, own = np.unique(group[order], return_index=True, return_inverse=True)
        order = order[np.argsort(first[own], kind="stable")]  # groups in the order in which the drawn rows meet them
    elif classes and y.size == len(y):  # a sequence of labels has no class of its own
        # Each class's rows are spread evenly over (0, 1): every stretch of the order then holds the classes in proportion.
        labels = y.reshape(-1)[order]
        place = np.empty(len(order))
        for label in np.unique(labels):
            rows = np.flatnonzero(labels == label)
            place[rows] = (np.arange(len(rows)) + 0.5) / len(rows)
        order = order[np.argsort(place, kind="stable")]
    order = order[: examples or None]
    tests = max(1, round(len(order) * test)) if test else 0
    validations = max(1, round(len(order) * validation)) if validation else 0
    if group is not None and not in_order:
        ends = np.append(np.flatnonzero(np.diff(group[order])) + 1, len(order))
        tests = int(ends[np.searchsorted(ends, tests)]) if tests else 0
        validations = int(ends[np.searchsorted(ends, min(tests + validations, len(order)))]) - tests if validations else 0
    if len(order) <= tests + validations:
        raise ValueError(f"{len(order)} rows, of which {validations} for validation and {tests} for the test, leave none to train on")
    # Shuffled once more: rows that tie above lie class beside class, and training may go through them in this order.
    return rng.permutation(order[tests + validations :]), order[tests : tests + validations], order[:tests]


def scaling_constants(x: np.ndarray, scaling: str) -> dict:
    """The numbers that scale x, from these rows alone: (x − mean) / scale.

    "standardize": mean and standard deviation of each feature (last axis) over rows, steps and pixels; a feature that
    never changes is only centred. "bytes": 0 and 255. "none": 0 and 1.
    """
    if scaling != "standardize":
        return {"mean": [0.0], "scale": [255.0 if scaling == "bytes" else 1.0]}
    x = x.reshape(-1, x.shape[-1]).astype("float64")
    mean, scale = x.mean(axis=0), x.std(axis=0)
    scale[scale <= 1e-7 * np.abs(mean)] = 1.0  # below what float32 tells apart
    return {"mean": mean.astype("float32").tolist(), "scale": scale.astype("float32").tolist()}


def scaled(x: np.ndarray, constants: dict) -> np.ndarray:
    """(x − mean) / scale in float32, a new array."""
    x = np.subtract(x, np.asarray(constants["mean"], "float32"), dtype="float32")
    x /= np.asarray(constants["scale"], "float32")
    return x


def with_wrong_labels(y: np.ndarray, share: float, classes: int, seed: int) -> np.ndarray:
    """y with this share of its labels (a whole number of them, drawn by the seed) replaced by another class, each equally likely.

    Without classes: every target blurred by Gaussian noise, its standard deviation `share` times the targets' own.
    """
    rng = np.random.default_rng([seed, 2])
    if not share:
        return y
    if not classes:
        return (y + rng.normal(0.0, 1.0, y.shape) * share * y.std(axis=0, dtype="float64")).astype("float32")
    flat = y.reshape(-1).copy()  # where each step has a label, labels are chosen, not rows
    chosen = rng.permutation(len(flat))[: round(share * len(flat))]
    flat[chosen] = (flat[chosen] + rng.integers(1, classes, len(chosen))) % classes
    return flat.reshape(y.shape)


def _on_disk(data: dict[str, Any], *, task: str, classes: int, scaling: str, examples: int, validation: float, test: float,
             label_noise: float, seed: int, **more: bool) -> dict[str, Any]:  # fmt: skip
    """What `prepared_arrays` gives of data that are not standardised, with inputs that are read and scaled when they are asked for."""
    y, constants = shaped_targets(data["y"], task, more.get("per_step", False)), scaling_constants(data["x"][:0], scaling)
    test = 0.0 if "x_test" in data else test
    train, val, kept = split_rows(y, classes, examples, validation, test, seed, more.get("in_order", False), data.get("group"))
    own = data.get("x_test")
    return {
        "x_train": Rows(data["x"], train, constants),
        "y_train": with_wrong_labels(y[train], label_noise, classes, seed),
        "x_val": Rows(data["x"], val, constants),
        "y_val": y[val],
        "x_test": Rows(data["x"], kept, constants) if own is None else Rows(own, np.arange(len(own)), constants),
        "y_test": y[kept] if own is None else shaped_targets(data["y_test"], task, more.get("per_step", False)),
        "constants": constants,
    }


SOURCES: tuple[Callable[..., Any], ...] = (prepared_arrays, shaped_targets, split_rows, scaling_constants, scaled, with_wrong_labels)


def hash_of(data: dict[str, np.ndarray]) -> str:
    """SHA-256 over names, types, shapes and bytes of the arrays."""
    digest = hashlib.sha256()
    for name, array in sorted(data.items()):
        digest.update(f"{name} {array.dtype.str} {array.shape}".encode())
        size = max(1, HASHED_BYTES // max(1, array.nbytes // max(1, len(array))))
        for first in range(0, len(array), size):
            digest.update(np.ascontiguousarray(array[first : first + size]).data)
            release(array)
    return digest.hexdigest()


class _Cache:
    """What was made last, up to a number of bytes; the newest entry stays however large it is."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._kept: OrderedDict[Any, tuple[Any, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Any, make: Callable[[], Any], size: Callable[[Any], int]) -> Any:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][0]
        made = make()  # outside the lock: a download must not hold up a job that needs other data
        with self._lock:
            self._kept[key] = made, size(made)
            while len(self._kept) > 1 and sum(held for _, held in self._kept.values()) > self.limit:
                self._kept.popitem(last=False)
        return made

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()


def _bytes_of(arrays: dict[str, np.ndarray]) -> int:
    return sum(getattr(array, "held", array.nbytes) for array in arrays.values())


_cache = _Cache(CACHE_BYTES)
