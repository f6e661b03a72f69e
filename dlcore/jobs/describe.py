"""Describes a data set as a run would get it: samples, classes, features, splits, wrong labels."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlcore.errors import Invalid
from dlcore.experiment import Experiment
from dlcore.jobs._model import experiment_of
from dlcore.specs import Dataset, Job

PARTS = ("train", "val", "test")
SAMPLES = {"image": 240, "vector": 300, "sequence": 60}
POINTS = 2000  # samples of data in the plane, which are drawn as points
MOST_NUMBERS = 1_500_000  # numbers that all samples together may hold, and that are counted of each feature
MEAN_ROWS = 2000
BINS = 24
GRID = 40
MOST_FEATURES = 64
SPLIT_CLASSES = 8  # classes up to which a feature's values are counted for each class


@dataclass(frozen=True)
class _Rows:
    """The rows that are used, training rows first.

    x, x_test: raw, as loaded. place (n,): row number in x, or from -1 down in x_test. y (n,): class numbers or first targets as a run gets
    them (of the last step, where each has one), true (n,) as the data have them. part (n,): index into `PARTS`.
    """

    x: np.ndarray
    x_test: np.ndarray
    place: np.ndarray
    y: np.ndarray
    true: np.ndarray
    part: np.ndarray

    def inputs(self, chosen: np.ndarray) -> np.ndarray:
        """The raw inputs (rows, *shape) of the rows with these numbers; only they are copied."""
        places = self.place[chosen]
        found = np.empty((len(places), *self.x.shape[1:]), self.x.dtype)
        own = places >= 0
        found[own] = self.x[places[own]]
        found[~own] = self.x_test[-1 - places[~own]]
        return found


def perform(
    inputs: Mapping[str, Any], files: Mapping[str, bytes], progress: Callable[[float], None]
) -> tuple[dict[str, Any], bytes | None]:
    """inputs: "experiment", of which only the data set, its settings and the split count.

    The result, about the rows that are used ("rows": part → count):
    "classes": names, empty for a regression; "balance": part → rows of each class; "wrong": training rows with a wrong label
    "features": [{"name", "mean", "std", "least", "most"}] of the raw training rows, the first 64; for images one for each channel
    "histograms": [{"name", "edges" (bins + 1,), "counts" (classes or 1, bins)}] of the same; "counted": of how many training rows
    "target": such a histogram of a regression's targets, else None
    "arrays": [{"name", "shape", "type", "bytes"}] as a run trains on them; "scaling": {"mean", "scale"}
    The artefact is an .npz of samples: "x" (n, *shape) raw, "y" (n,) class numbers or first targets, "true" (n,) the same without noise,
    "part" (n,) as an index into `PARTS`; for images "means" (classes, *shape), the mean image of each class's training rows.
    """
    from dlcore.engine import data

    experiment = experiment_of(inputs)
    raw = data.raw_arrays(experiment, lambda fraction, sentence: progress(0.9 * fraction))
    progress(0.9)
    rows, classes = _rows(experiment, raw), data.class_count(experiment.shape)
    scaling = experiment.dataset_spec.scaling
    scaled_by = rows.x[rows.place[rows.part == 0]] if scaling == "standardize" else rows.x[:0]  # the others look at no row
    names = experiment.dataset_spec.class_names or tuple(str(number) for number in range(classes))
    result = {
        "rows": {name: int((rows.part == place).sum()) for place, name in enumerate(PARTS)},
        "classes": list(names) if classes else [],
        "balance": {name: _balance(rows, place, classes) for place, name in enumerate(PARTS)} if classes else {},
        "wrong": int((rows.y != rows.true).sum()) if classes else 0,
        **_features(experiment, rows, classes),
        "arrays": _arrays(experiment, rows),
        "scaling": data.scaling_constants(scaled_by, scaling),
    }
    progress(0.97)
    return result, _npz(**_samples(experiment, rows, classes))


def _rows(experiment: Experiment, raw: Mapping[str, np.ndarray]) -> _Rows:
    from dlcore.engine import data

    split, spec = data.preparation(experiment), experiment.dataset_spec
    task, classes, own_test = split["task"], split["classes"], "x_test" in raw
    per_step, in_order = split.get("per_step", False), split.get("in_order", False)
    y = data.shaped_targets(raw["y"], task, per_step)
    shares = (split["validation"], 0.0 if own_test else split["test"])
    try:
        numbers = list(data.split_rows(y, classes, split["examples"], *shares, split["seed"], in_order, raw.get("group")))
    except ValueError as error:
        raise Invalid(f"{spec.title}: {error}.", "Use more rows, or smaller validation and test shares.") from error
    true = [y[number] for number in numbers]
    if own_test:
        numbers[2], true[2] = -1 - np.arange(len(raw["x_test"])), data.shaped_targets(raw["y_test"], task, per_step)
    given = [data.with_wrong_labels(true[0], split["label_noise"], classes, split["seed"]), *true[1:]]
    part = np.concatenate([np.full(len(number), place, "int64") for place, number in enumerate(numbers)])
    given, true = ([y[:, -1] if per_step else y for y in parts] for parts in (given, true))
    return _Rows(raw["x"], raw.get("x_test", raw["x"][:0]), np.concatenate(numbers), _flat(given, classes), _flat(true, classes), part)


def _flat(parts: Sequence[np.ndarray], classes: int) -> np.ndarray:
    """Class numbers, or the first target, of all rows."""
    return np.concatenate([part if part.ndim == 1 else part[:, 0] for part in parts]).astype("int64" if classes else "float32")


def _balance(rows: _Rows, part: int, classes: int) -> list[int]:
    return [int(count) for count in np.bincount(rows.y[rows.part == part], minlength=classes)]


def _arrays(experiment: Experiment, rows: _Rows) -> list[dict[str, Any]]:
    """The arrays that a run gets, which are not made for this."""
    shape = experiment.shape
    target, kind = ((), "int64") if shape.task == "classes" else ((shape.outputs,), "float32")
    target = (*shape.input[:1], *target) if shape.per_step else target
    found = []
    for place, name in enumerate(PARTS):
        count = int((rows.part == place).sum())
        for letter, own, type_ in (("x", shape.input, "float32"), ("y", target, kind)):
            size = count * int(np.prod(own, dtype="int64")) * np.dtype(type_).itemsize
            found.append({"name": f"{letter}_{name}", "shape": [count, *own], "type": type_, "bytes": size})
    return found


def _features(experiment: Experiment, rows: _Rows, classes: int) -> dict[str, Any]:
    """Of as many training rows as may be counted: they come in random order."""
    shape = experiment.shape
    each = int(np.prod(shape.input[:-1], dtype="int64"))  # numbers of one feature in a row: the pixels of an image
    chosen = np.flatnonzero(rows.part == 0)[: max(1, MOST_NUMBERS // each)]
    values = rows.inputs(chosen).reshape(-1, shape.input[-1])[:, :MOST_FEATURES]
    labels = rows.y[chosen] if 0 < classes <= SPLIT_CLASSES else np.zeros(len(chosen), "int64")
    titles = _titles(experiment.dataset_spec, shape.kind, values.shape[1])
    spread = np.repeat(labels, each)
    return {
        "counted": len(chosen),
        "features": [_summary(name, values[:, place]) for place, name in enumerate(titles)],
        "histograms": [_histogram(name, values[:, place], spread) for place, name in enumerate(titles)],
        "target": None if classes else _histogram("target", rows.y[chosen], np.zeros(len(chosen), "int64")),
    }


def _samples(experiment: Experiment, rows: _Rows, classes: int) -> dict[str, np.ndarray]:
    """A few rows, classes in equal numbers as far as there are any; the same ones every time."""
    shape = experiment.shape
    most = POINTS if shape.kind == "vector" and shape.input == (2,) else SAMPLES[shape.kind]
    most = max(1, min(most, MOST_NUMBERS // int(np.prod(shape.input))))
    order = np.random.default_rng([experiment.data_seed, 5]).permutation(len(rows.y))
    if classes:
        # Each class's rows in turn: the first `most` hold all classes alike.
        turn = np.empty(len(order), "int64")
        for label in np.unique(rows.true):
            mine = np.flatnonzero(rows.true[order] == label)
            turn[mine] = np.arange(len(mine))
        order = order[np.argsort(turn, kind="stable")]
    chosen = order[:most]
    found = {"x": rows.inputs(chosen), "y": rows.y[chosen], "true": rows.true[chosen], "part": rows.part[chosen]}
    return found | ({"means": _means(rows, classes)} if shape.kind == "image" and classes else {})


def _means(rows: _Rows, classes: int) -> np.ndarray:
    """The mean image of each class among the training rows, float32 (classes, *shape); zeros for a class without any."""
    train = rows.part == 0
    sums = np.zeros((classes, *rows.x.shape[1:]), "float64")
    mine = [np.flatnonzero(train & (rows.y == label)) for label in range(classes)]
    for label, chosen in enumerate(mine):
        for first in range(0, len(chosen), MEAN_ROWS):
            sums[label] += rows.inputs(chosen[first : first + MEAN_ROWS]).sum(axis=0, dtype="float64")
    counts = np.array([max(1, len(chosen)) for chosen in mine], "float64")
    return (sums / counts.reshape(-1, *[1] * (sums.ndim - 1))).astype("float32")


def _titles(spec: Dataset, kind: str, count: int) -> list[str]:
    if spec.feature_names:
        return list(spec.feature_names[:count])
    if kind == "image":
        return ["brightness"] if count == 1 else ["red", "green", "blue"][:count]
    return [f"feature {number}" for number in range(1, count + 1)]


def _summary(name: str, values: np.ndarray) -> dict[str, Any]:
    values = values.astype("float64")
    return {
        "name": name,
        "mean": float(values.mean()),
        "std": float(values.std()),
        "least": float(values.min()),
        "most": float(values.max()),
    }


def _histogram(name: str, values: np.ndarray, labels: np.ndarray) -> dict[str, Any]:
    """Values (n,) in equally wide bins over their range, counted for each label (n,), whole numbers from 0."""
    values = values.astype("float64")
    edges = _edges(values)
    bins = len(edges) - 1
    place = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, bins - 1)
    counts = np.bincount(labels * bins + place, minlength=(int(labels.max()) + 1) * bins).reshape(-1, bins)
    return {"name": name, "edges": edges.tolist(), "counts": counts.tolist()}


def _edges(values: np.ndarray) -> np.ndarray:
    """One bin for each value where they lie on a grid of a few, else `BINS` of them: bins between a grid's values would look like gaps."""
    least, most = float(values.min()), float(values.max())
    if most <= least:
        return np.linspace(least - 0.5, least + 0.5, BINS + 1)
    few = np.unique(values)
    if len(few) <= GRID:
        step = float(np.diff(few).min())
        cells = (few - least) / step
        if cells[-1] < GRID and np.allclose(cells, np.round(cells), atol=1e-3):
            return least + step * (np.arange(round(cells[-1]) + 2) - 0.5)
    return np.linspace(least, most, BINS + 1)


def _npz(**arrays: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


JOB = Job("describe", "Describe data", perform)
