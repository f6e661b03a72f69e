"""How a net's answer to one row changes as each feature alone is moved over its range (individual conditional expectation, Goldstein et
al. 2015)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
    """inputs: "experiment", "x" one raw row (features,) of data of the kind "vector"; files: "checkpoint".

    The result has "features": [{"name", "at" (41,) raw values from the least to the greatest of the training rows, "outputs" (41,
    outputs), "moved"}], the one that moves the answer most first: the mean absolute change of the outputs from those of the row itself.
    All features but the one keep the row's values. "outputs": those of the row.
    """
    from dlcore.engine.data import prepare, scaled

    experiment = experiment_of(inputs)
    shape, prepared = experiment.shape, prepare(experiment)
    row = np.asarray(inputs["x"], "float32")
    if shape.kind != "vector" or row.shape != shape.input or not np.isfinite(row).all():
        raise Invalid(f"x of shape {row.shape} is not allowed: features are moved in rows of a table, here of shape {shape.input}.")
    progress(0.2)
    model = trained_model(experiment, files)
    count = min(len(row), MOST_FEATURES)
    ranges = _raw_ranges(prepared)[:, :count]
    at = np.linspace(ranges[0], ranges[1], PLACES).T  # (features, places)
    rows = np.tile(row, (count, PLACES, 1))
    for feature in range(count):
        rows[feature, :, feature] = at[feature]
    whole = np.concatenate([row[np.newaxis], rows.reshape(-1, len(row))])
    outputs = model.predict(scaled(whole, prepared.constants), batch_size=256, verbose=0).astype(float)
    answers = outputs[1:].reshape(count, PLACES, -1)
    moved = np.abs(answers - outputs[0]).mean(axis=(1, 2))
    names = experiment.dataset_spec.feature_names or tuple(f"feature {number}" for number in range(1, count + 1))
    features = [
        {"name": names[feature], "at": at[feature].tolist(), "outputs": answers[feature].tolist(), "moved": float(moved[feature])}
        for feature in np.argsort(-moved, kind="stable")
    ]
    return {"features": features, "outputs": outputs[0].tolist()}, None


def _raw_ranges(prepared: Any) -> np.ndarray:
    """Least and greatest raw value of each feature among the training rows, (2, features)."""
    x = prepared.x_train.astype("float64")
    mean, scale = (np.asarray(prepared.constants[name], "float64") for name in ("mean", "scale"))
    return np.stack([x.min(axis=0), x.max(axis=0)]) * scale + mean


JOB = Job("feature_effect", "What each feature does", perform)
