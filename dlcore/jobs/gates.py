"""What the gates of a trained LSTM or GRU do while it reads one sequence."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from dlcore.errors import Invalid
from dlcore.jobs._model import experiment_of, trained_model
from dlcore.specs import Job

NAMES = {
    "lstm": {"f": "forget", "i": "input", "o": "output", "g": "candidate"},
    "gru": {"z": "update", "r": "reset", "g": "candidate"},
}
KINDS = {"LSTM": "lstm", "GRU": "gru"}


def perform(
    inputs: Mapping[str, Any], files: Mapping[str, bytes], progress: Callable[[float], None]
) -> tuple[dict[str, Any], bytes | None]:
    """inputs: "experiment"; "part" ("test", the default, "val" or "train") and "row", the number of a row in it; or "x" (steps, features),
    a sequence of one's own, raw; "layer": which recurrent layer, from 0. files: "checkpoint"; none for the net as it starts.

    The result has "cell" ("lstm", "gru"), "steps", "units", "gates": the names of the gates in the order of their formulas, and "tokens":
    what the inputs stand for, empty where they are numbers. The artefact is an .npz: each gate by its name, (steps, units) between 0 and 1
    ("candidate" between −1 and 1), "state" (steps, units): the LSTM's cell or the GRU's state, "hidden" (steps, units): what the layer
    puts out, "x" (steps, features), scaled as the net reads it.
    Of a layer that reads both ways, the forward one. Computed in NumPy from the weights (theory/gates.py).
    """
    from dlcore.engine import build
    from dlcore.jobs._stepping import before, recurrent_layers
    from dlcore.theory import gates

    experiment = experiment_of(inputs)
    model = trained_model(experiment, files) if "checkpoint" in files else build.model_of(experiment)
    progress(0.5)
    layer = _layer(recurrent_layers(model), int(inputs.get("layer", 0)))
    x = _row(experiment, inputs)
    read = np.asarray(before(model, layer, x[np.newaxis]))[0]
    kind = KINDS[type(layer).__name__]
    kernel, recurrent, bias = (np.asarray(weight, "float64") for weight in layer.get_weights())
    trace = gates.run(gates.Weights(kind, kernel, recurrent, bias), read.astype("float64"))
    arrays = {name: trace.gates[short] for short, name in NAMES[kind].items()}
    arrays |= {"state": trace.gates.get("c", trace.h), "hidden": trace.h, "x": x}
    told = {"cell": kind, "steps": len(read), "units": trace.h.shape[1], "gates": list(NAMES[kind].values())}
    return told | {"tokens": _tokens(experiment, x)}, _npz(**{name: array.astype("float32") for name, array in arrays.items()})


def _layer(layers: list[Any], number: int) -> Any:
    if not 0 <= number < len(layers):
        raise Invalid(f"layer = {number} is not allowed: this net has {len(layers)} recurrent layers, counted from 0.")
    layer = layers[number]
    if type(layer).__name__ not in KINDS:
        raise Invalid("The cells of this layer have no gates.", "Choose a run of an LSTM or a GRU.")
    if layer.activation.__name__ != "tanh":
        raise Invalid(f"The gates are drawn for cells with tanh, and {layer.name} has {layer.activation.__name__}.", "Train one with tanh.")
    return layer


def _row(experiment: Any, inputs: Mapping[str, Any]) -> np.ndarray:
    """The sequence (steps, features) as the net reads it."""
    from dlcore.engine.data import prepare, scaled

    prepared, shape = prepare(experiment), experiment.shape
    if "x" in inputs:
        x = np.asarray(inputs["x"], "float32")
        if x.ndim != 2 or x.shape[1] != shape.input[-1] or not 0 < len(x) <= 1000:
            raise Invalid(f"x of shape {x.shape} is not allowed: it must be 1 to 1,000 steps of {shape.input[-1]} numbers.")
        return scaled(x, prepared.constants)
    part, row = inputs.get("part", "test"), int(inputs.get("row", 0))
    if part not in ("test", "val", "train"):
        raise Invalid(f"part = {part!r} is not allowed: it must be test, val or train.")
    rows = prepared.arrays[f"x_{part}"]
    if not 0 <= row < len(rows):
        raise Invalid(f"row = {row} is not allowed: the {part} set has {len(rows):,} rows, counted from 0.")
    return np.asarray(rows[row])


def _tokens(experiment: Any, x: np.ndarray) -> list[str]:
    spec = experiment.dataset_spec
    if not experiment.shape.tokens or spec.vocabulary is None:
        return []
    names = spec.vocabulary(experiment.dataset.settings)
    return [names[int(token)] for token in x[:, 0]]


def _npz(**arrays: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


JOB = Job("gates", "Gates over time", perform)
