"""Measures a trained model on its test set: loss, metrics, confusion matrix."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from dlcore.errors import Invalid
from dlcore.experiment import Experiment
from dlcore.jobs._model import experiment_of, in_batches, trained_model
from dlcore.metrics import class_numbers
from dlcore.specs import Job
from dlcore.theory import scores

MISTAKES = 24


def perform(
    inputs: Mapping[str, Any], files: Mapping[str, bytes], progress: Callable[[float], None]
) -> tuple[dict[str, Any], bytes | None]:
    """inputs: "experiment", and "part" ("test", the default, "val" or "train"); files: "checkpoint".

    The result has "part", "rows", "metrics" (flat: loss, accuracy, …), "class_names" and "confusion" (counts, true class by row,
    given class by column; None for a regression). The artefact is an .npz of "y" (rows,) or (rows, outputs) and "outputs" (rows, outputs);
    for classes also of the mistakes that the net was surest of, at most `MISTAKES`: "worst", their row numbers, and "worst_inputs", raw.
    Where the data have a target for each step, an axis of steps comes after the rows, and every step counts in "confusion".
    """
    from dlcore.engine.data import prepare

    experiment, part = experiment_of(inputs), inputs.get("part", "test")
    prepared = prepare(experiment)
    rows = prepared.arrays
    if part not in ("test", "val", "train"):
        raise Invalid(f"part = {part!r} is not allowed: it must be test, val or train.")
    x, y = rows[f"x_{part}"], rows[f"y_{part}"]
    if not len(x):
        raise Invalid(f"This run kept no rows for the {part} set.", "Give the data a test share above 0 and train again.")
    progress(0.3)
    model = trained_model(experiment, files)
    measured = {name: float(value) for name, value in model.evaluate(**in_batches(x, y), verbose=0, return_dict=True).items()}
    progress(0.7)
    outputs = model.predict(**in_batches(x), verbose=0)
    result = {"part": part, "rows": len(x), "metrics": measured, **_classes(experiment, y, outputs)}
    return result, _npz(y=y, outputs=outputs, **_worst(experiment, x, y, outputs, prepared.constants))


def confusion(given: np.ndarray, true: np.ndarray, classes: int) -> np.ndarray:
    """How often each true class (row) was taken for each class (column); int64 (classes, classes)."""
    return np.bincount(true.astype("int64") * classes + given, minlength=classes**2).reshape(classes, classes)


def _classes(experiment: Experiment, y: np.ndarray, outputs: np.ndarray) -> dict[str, Any]:
    if experiment.shape.task == "regression":
        return {"class_names": [], "confusion": None}
    classes = max(2, experiment.shape.outputs)
    given = class_numbers(outputs, experiment.shape.task, experiment.loss_spec.threshold)
    counts = confusion(given.reshape(-1), y.reshape(-1), classes)
    names = experiment.dataset_spec.class_names or tuple(map(str, range(classes)))
    return {"class_names": list(names), "confusion": counts.tolist()}


def _worst(
    experiment: Experiment, x: np.ndarray, y: np.ndarray, outputs: np.ndarray, constants: Mapping[str, Any]
) -> dict[str, np.ndarray]:
    task = experiment.shape.task
    if task == "regression" or outputs.ndim > 2:
        return {}
    given, sureness = scores.decisions(outputs, task == "binary", experiment.loss_spec.threshold)
    wrong = np.flatnonzero(given != y.reshape(-1))
    worst = wrong[np.argsort(-sureness[wrong], kind="stable")][:MISTAKES]
    raw = x[worst] * np.asarray(constants["scale"], np.float32) + np.asarray(constants["mean"], np.float32)
    as_bytes = experiment.dataset_spec.scaling == "bytes"
    return {"worst": worst.astype("int64"), "worst_inputs": np.rint(raw).astype(np.uint8) if as_bytes else raw.astype(np.float32)}


def _npz(**arrays: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


JOB = Job("evaluate", "Test", perform)
