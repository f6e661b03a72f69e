"""How a net's answer to one row changes as each feature alone is moved over its range (individual conditional expectation, Goldstein et
al. 2015)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from dlcore.errors import Invalid
from dlcore.jobs._model import experiment_of, trained_model
from dlcore.specs import Job

PLACES = 41
MOST_FEATURES = 64


def perform(
    inputs: Mapping[str, Any], files: Mapping[str, bytes], progress: Callable[[float], None]
) -> tuple[dict[str, Any], bytes | None]:
    """inputs: "experiment", "x" one raw row (features,) of data of the kind "vector", and perhaps "words": [[place, title, words], …], for
    each column of words where its first feature stands and what its features stand for, one of which is 1; files: "checkpoint".

    The result has "features": [{"name", "at" (41,) raw values from the least to the greatest of the training rows, "given" the row's own,
    "outputs" (41, outputs), "moved"}], the one that moves the answer most first: the mean absolute change of the outputs from those of the
    row itself. All features but the one keep the row's values. A column of words is one of them: "words" are its words, "at" their numbers,
    "given" None where the row has none of them. "outputs": those of the row.
    """
    from dlcore.engine.data import prepare, scaled

    experiment = experiment_of(inputs)
    shape, prepared = experiment.shape, prepare(experiment)
    row = np.asarray(inputs["x"], "float32")
    if shape.kind != "vector" or row.shape != shape.input or not np.isfinite(row).all():
        raise Invalid(f"x of shape {row.shape} is not allowed: features are moved in rows of a table, here of shape {shape.input}.")
    progress(0.2)
    model = trained_model(experiment, files)
    names = experiment.dataset_spec.feature_names or tuple(f"feature {number}" for number in range(1, len(row) + 1))
    features, rows = _moved(row, _raw_ranges(prepared), names, {place: (title, words) for place, title, words in inputs.get("words", ())})
    whole = np.concatenate([row[np.newaxis], *rows])
    outputs = model.predict(scaled(whole, prepared.constants), batch_size=256, verbose=0).astype(float)
    ends = np.cumsum([1, *map(len, rows)])
    for feature, first, end in zip(features, ends, ends[1:], strict=False):
        feature |= {"outputs": outputs[first:end].tolist(), "moved": float(np.abs(outputs[first:end] - outputs[0]).mean())}
    return {"features": sorted(features, key=lambda feature: -feature["moved"]), "outputs": outputs[0].tolist()}, None


def _moved(
    row: np.ndarray, ranges: np.ndarray, names: Sequence[str], words: Mapping[int, tuple[str, Sequence[str]]]
) -> tuple[list[dict[str, Any]], list[np.ndarray]]:
    """Each feature, or column of words, with the rows (places, features) in which it alone is moved."""
    features: list[dict[str, Any]] = []
    rows: list[np.ndarray] = []
    place = 0
    while place < len(row) and len(features) < MOST_FEATURES:
        title, own = words.get(place, (names[place], ()))
        at = np.arange(len(own)) if own else np.linspace(ranges[0, place], ranges[1, place], PLACES)
        moved, part = np.tile(row, (len(at), 1)), slice(place, place + max(1, len(own)))
        moved[:, part] = np.eye(len(own)) if own else at[:, np.newaxis]
        given: float | None = float(row[place])
        if own:
            given = float(row[part].argmax()) if row[part].any() else None
        features.append({"name": title, "at": at.tolist(), "given": given, **({"words": list(own)} if own else {})})
        rows.append(moved)
        place = part.stop
    return features, rows


def _raw_ranges(prepared: Any) -> np.ndarray:
    """Least and greatest raw value of each feature among the training rows, (2, features)."""
    x = prepared.x_train.astype("float64")
    mean, scale = (np.asarray(prepared.constants[name], "float64") for name in ("mean", "scale"))
    return np.stack([x.min(axis=0), x.max(axis=0)]) * scale + mean


JOB = Job("feature_effect", "What each feature does", perform)
