"""The metrics that a run can record, by task. Keras's own; the names are those that appear in histories ("val_" before validation)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from dlcore.calls import Call
from dlcore.specs import Task


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric: for each task it fits the Keras metric that measures it. `higher_is_better` decides what "best" means."""

    name: str
    title: str
    calls: dict[str, str]
    higher_is_better: bool


METRICS = {
    metric.name: metric
    for metric in (
        Metric("accuracy", "Accuracy", {"classes": "SparseCategoricalAccuracy", "binary": "BinaryAccuracy"}, True),
        Metric("top5_accuracy", "Top-5 accuracy", {"classes": "SparseTopKCategoricalAccuracy"}, True),
        Metric("precision", "Precision", {"binary": "Precision"}, True),
        Metric("recall", "Recall", {"binary": "Recall"}, True),
        Metric("auc", "Area under the ROC curve", {"binary": "AUC"}, True),
        Metric("mae", "Mean absolute error", {"regression": "MeanAbsoluteError"}, False),
        Metric("rmse", "Root mean squared error", {"regression": "RootMeanSquaredError"}, False),
        Metric("r2", "R² score", {"regression": "R2Score"}, True),
    )
}
DEFAULT: dict[str, tuple[str, ...]] = {"classes": ("accuracy",), "binary": ("accuracy",), "regression": ("mae",)}


def metric_call(name: str, task: Task, threshold: float) -> Call:
    """The Keras metric called `name`. `threshold` is where a single output means class 1 (0 for a linear output)."""
    kind = METRICS[name].calls[task]
    arguments: dict[str, object] = {"name": name}
    if kind == "BinaryAccuracy":
        arguments["threshold"] = threshold
    elif kind in ("Precision", "Recall"):
        arguments["thresholds"] = threshold
    elif kind == "AUC":
        arguments["from_logits"] = threshold == 0.0
    return Call(f"metrics.{kind}", arguments)


def higher_is_better(name: str) -> bool:
    """Whether more of this recorded number is better; losses and unknown names: less is."""
    metric = METRICS.get(name.removeprefix("val_"))
    return metric.higher_is_better if metric else False


def limits(name: str) -> tuple[float, float]:
    """Between which values this recorded number can lie."""
    plain = name.removeprefix("val_")
    if plain == "r2":
        return -math.inf, 1.0
    if plain in METRICS and METRICS[plain].higher_is_better:
        return 0.0, 1.0
    return (0.0 if plain in METRICS or plain == "loss" else -math.inf), math.inf


def class_numbers(outputs: Any, task: str, threshold: float) -> Any:
    """The class that each row of a net's outputs (rows, outputs) stands for, int64 (rows,); with an axis of steps between, of each step.

    task: "classes" or "binary", whose one output means class 1 above `threshold`.
    """
    return (outputs[..., 0] > threshold).astype("int64") if task == "binary" else outputs.argmax(axis=-1).astype("int64")
