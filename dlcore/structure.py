"""What of an experiment is traced into its compiled program, and what is an input of that program: light, so that the trainer can ask."""

from __future__ import annotations

import json
from typing import Any

from dlcore.calls import Call
from dlcore.experiment import Experiment

# Where a number of a call may turn while its program runs: the arguments, by path.
TURNING: dict[str, tuple[str, ...]] = {
    "layers.Dropout": ("rate",),
    "regularizers.L1L2": ("l1", "l2"),
    "optimizers.SGD": ("momentum", "weight_decay", "clipnorm", "global_clipnorm"),
    "optimizers.RMSprop": ("momentum", "weight_decay", "clipnorm", "global_clipnorm"),
    "optimizers.Adagrad": ("weight_decay", "clipnorm", "global_clipnorm"),
    "optimizers.Adadelta": ("weight_decay", "clipnorm", "global_clipnorm"),
    "optimizers.Adam": ("beta_1", "weight_decay", "clipnorm", "global_clipnorm"),
    "optimizers.AdamW": ("beta_1", "weight_decay", "clipnorm", "global_clipnorm"),
    "optimizers.Nadam": ("beta_1", "weight_decay", "clipnorm", "global_clipnorm"),
}


def program_of(experiment: Experiment) -> str:
    """Equal for runs that a worker trains on one program, as far as can be told without its rows."""
    shape, loss, optimizer = experiment.shape, experiment.loss, experiment.optimizer
    return json.dumps([
        [structure(call) for call in experiment.plan()], structure(experiment.optimizer_spec.call(optimizer.settings)),
        loss.name, dict(loss.settings), experiment.recorded_metrics, shape.task, experiment.batch_size, experiment.dataset.name,
        dict(experiment.dataset.settings), experiment.examples, experiment.validation, experiment.test,
    ])  # fmt: skip


def beginning_of(experiment: Experiment) -> str:
    """Equal for runs of one program that begin with the same weights: the net with its initialisers and seeds, without turning numbers."""
    return json.dumps([experiment.seed, [_beginning(call) for call in experiment.plan()]])


def _beginning(value: Any) -> Any:
    if isinstance(value, Call):
        turning = TURNING.get(value.path, ())
        return [value.path, {key: _beginning(inner) for key, inner in sorted(value.arguments.items()) if key not in turning}]
    return [_beginning(item) for item in value] if isinstance(value, (list, tuple)) else value


def structure(call: Call) -> Any:
    """The call as nested lists without what may differ between runs of one program: initialisers, seeds, turning numbers."""
    turning = TURNING.get(call.path, ())
    kept = {}
    for key, value in sorted(call.arguments.items()):
        if key.endswith("initializer") or key in ("seed", "learning_rate"):
            continue
        kept[key] = bool(value) if key in turning else _structure(value)
    return [call.path, kept]


def _structure(value: Any) -> Any:
    if isinstance(value, Call):
        return structure(value)
    return [_structure(item) for item in value] if isinstance(value, (list, tuple)) else value
