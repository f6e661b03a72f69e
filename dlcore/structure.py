"""What of an experiment is traced into its compiled program, and what is an input of that program: light, so that the trainer can ask."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
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


# Activations between which a program can be switched, by Keras's names. GELU, SiLU and none at all would round otherwise: XLA merges their
# products with sums that follow.
SWITCHABLE = ("elu", "relu", "selu", "sigmoid", "softplus", "tanh")


def program_of(experiment: Experiment, switched: Sequence[str] = ()) -> str:
    """Equal for runs that a worker trains on one program, as far as can be told without its rows. switched: see `structures`."""
    shape, loss, optimizer = experiment.shape, experiment.loss, experiment.optimizer
    return json.dumps([
        structures(experiment, switched), structure(experiment.optimizer_spec.call(optimizer.settings)),
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


def structures(experiment: Experiment, switched: Sequence[str] = ()) -> list[Any]:
    """The net's calls as nested lists without what may differ between runs of one program.

    switched: activations between which the program can be switched, sorted; none where each is traced into a program of its own.
    """
    plan, places = experiment.plan(), switched_layers(experiment, switched)
    return [
        structure(Call(call.path, {**call.arguments, "activation": list(switched)}) if place in places else call)
        for place, call in enumerate(plan)
    ]


def switched_layers(experiment: Experiment, switched: Sequence[str]) -> set[int]:
    """Places in the plan of layers whose activation is one of `switched` and can be switched: the outputs never are.

    They are dense layers between products of matrices. XLA calls such a product as a whole; everything else it merges with what is around,
    and there another activation can round otherwise: sums over a batch that is normalised, products with a vector (one input or unit).
    """
    plan, found = experiment.plan(), set[int]()
    width = experiment.shape.input[0] if experiment.shape.kind == "vector" else 0  # 0: not a table of numbers
    for place, call in enumerate(plan):
        if call.path == "layers.Flatten" and not experiment.shape.tokens:
            width = math.prod(experiment.shape.input)
        elif call.path == "layers.Dense":
            following = next((own for own in plan[place + 1 :] if own.path != "layers.Dropout"), None)
            onwards = following.arguments["units"] if following and following.path == "layers.Dense" else 0
            if call.arguments.get("activation") in switched and min(width, call.arguments["units"], onwards) > 1:
                found.add(place)
            width = call.arguments["units"] if width else 0
        elif call.path != "layers.Dropout":
            width = 0
    return found


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
