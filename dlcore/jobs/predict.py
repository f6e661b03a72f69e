"""What a trained model says about rows: those of a set of its data by number, or new ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from dlcore.errors import Invalid
from dlcore.experiment import Experiment
from dlcore.jobs._model import experiment_of, trained_model
from dlcore.metrics import class_numbers
from dlcore.specs import Job

MOST_ROWS = 10_000


def perform(
    inputs: Mapping[str, Any], files: Mapping[str, bytes], progress: Callable[[float], None]
) -> tuple[dict[str, Any], bytes | None]:
    """inputs: "experiment" and either "x" (rows, *shape.input), raw as the data set gives them, or "rows" (row numbers of the set
    "part", the test set by default); files: "checkpoint".

    The result has "outputs" (rows, outputs), and for classes "classes" (the numbers) and "names"; each with an axis of steps after the
    rows where the data have a target for each step.
    """
    experiment = experiment_of(inputs)
    x = new_rows(experiment, inputs["x"]) if "x" in inputs else _own_rows(experiment, inputs)
    progress(0.3)
    outputs = trained_model(experiment, files).predict(x, batch_size=256, verbose=0)
    result: dict[str, Any] = {"outputs": outputs.astype(float).tolist()}
    if experiment.shape.task != "regression":
        numbers = class_numbers(outputs, experiment.shape.task, experiment.loss_spec.threshold)
        names = experiment.dataset_spec.class_names
        result |= {"classes": numbers.tolist(), "names": _named(numbers.tolist(), names)}
    return result, None


def _named(numbers: Any, names: Sequence[str]) -> Any:
    """Class numbers, one for each row or for each step of a row, as the classes' names."""
    if isinstance(numbers, list):
        return [_named(number, names) for number in numbers]
    return names[numbers] if names else str(numbers)


def new_rows(experiment: Experiment, given: Any, most: int = MOST_ROWS) -> np.ndarray:
    """Raw rows, scaled as the training rows were; `Invalid` for another shape or more than `most`."""
    from dlcore.engine.data import prepare, scaled

    shape = experiment.shape.input
    try:
        x = np.asarray(given, "float32")
    except (TypeError, ValueError):
        raise Invalid(f"x is not allowed: each row must be numbers of shape {shape}.") from None
    if x.shape[1:] != shape or not 0 < len(x) <= most:
        raise Invalid(f"x of shape {x.shape} is not allowed: it must be 1 to {most:,} rows of shape {shape}.")
    return scaled(x, prepare(experiment).constants)


def _own_rows(experiment: Experiment, inputs: Mapping[str, Any]) -> np.ndarray:
    from dlcore.engine.data import prepare

    part = inputs.get("part", "test")
    if part not in ("test", "val", "train"):
        raise Invalid(f"part = {part!r} is not allowed: it must be test, val or train.")
    x = prepare(experiment).arrays[f"x_{part}"]
    numbers = list(inputs.get("rows", range(min(len(x), MOST_ROWS))))
    if any(not isinstance(number, int) or not 0 <= number < len(x) for number in numbers) or not 0 < len(numbers) <= MOST_ROWS:
        raise Invalid(f"rows is not allowed: it must be 1 to {MOST_ROWS:,} row numbers from 0 to {len(x) - 1}.")
    return x[numbers]


JOB = Job("predict", "Predict", perform)
