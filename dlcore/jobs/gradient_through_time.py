"""How much of the error at a sequence's end reaches back to each of its steps, in a net before or after training."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from dlcore.errors import Invalid
from dlcore.jobs._model import experiment_of, trained_model
from dlcore.specs import Job

MOST_ROWS = 512


def perform(
    inputs: Mapping[str, Any], files: Mapping[str, bytes], progress: Callable[[float], None]
) -> tuple[dict[str, Any], bytes | None]:
    """inputs: "experiment"; "rows": how many training rows, 1 to 512 (64); "layer": which recurrent layer, from 0. files: "checkpoint";
    none for the net as it starts.

    The loss is that of the last step where each step has a target. The result has "steps", "units", "loss" (mean over the rows), and
    of each step, first to last, the mean over the rows of the norm of ∂loss/∂(what the cells hold after the step): "state" (of an LSTM
    its cell and its output together), and of ∂loss/∂(what the layer reads at that step): "input". "reach": the first step's "state"
    norm divided by the last step's.
    """
    import tensorflow as tf

    from dlcore.engine import build
    from dlcore.engine.data import prepare
    from dlcore.jobs._stepping import before, recurrent_layers

    experiment, count = experiment_of(inputs), int(inputs.get("rows", 64))
    if not 1 <= count <= MOST_ROWS:
        raise Invalid(f"rows = {count} is not allowed: it must be a whole number from 1 to {MOST_ROWS}.")
    model = trained_model(experiment, files) if "checkpoint" in files else build.model_of(experiment)
    layers, number = recurrent_layers(model), int(inputs.get("layer", 0))
    if not 0 <= number < len(layers):
        raise Invalid(f"layer = {number} is not allowed: this net has {len(layers)} recurrent layers, counted from 0.")
    if layers[number] not in model.layers:
        raise Invalid("The gradient is followed through layers that read forwards only.", "Choose a run without both directions.")
    rows = prepare(experiment).arrays
    x, y = rows["x_train"][:count], rows["y_train"][:count]
    progress(0.3)
    read = tf.unstack(tf.convert_to_tensor(before(model, layers[number], tf.constant(x))), axis=1)
    with tf.GradientTape() as tape:
        tape.watch(read)
        loss, held = _run(model, layers[number], read, tf.constant(y), experiment.shape.per_step)
    progress(0.7)
    by_state, by_input = tape.gradient(loss, [held, read], unconnected_gradients="zero")
    state = [float(np.mean(_norms(step)) * len(x)) for step in by_state]  # the loss is a mean: a row's own is as many times larger
    reads = [float(np.mean(_norms([step])) * len(x)) for step in by_input]
    told = {"steps": len(read), "units": int(layers[number].cell.units), "loss": float(loss), "state": state, "input": reads}
    return told | {"reach": state[0] / state[-1] if state[-1] else 0.0}, None


def _run(model: Any, layer: Any, read: list[Any], y: Any, per_step: bool) -> tuple[Any, list[list[Any]]]:
    """The loss, and for each step the tensors that the cells hold after it."""
    import tensorflow as tf

    states, outputs, held = layer.get_initial_state(len(read[0])), [], []
    for step in read:
        output, states = layer.cell(step, list(states))
        outputs.append(output)
        held.append(_held(layer.cell, output, list(states)))
    signal = tf.stack(outputs, axis=1) if layer.return_sequences else outputs[-1]
    for own in model.layers[model.layers.index(layer) + 1 :]:
        signal = own(signal)
    y, signal = (y[:, -1], signal[:, -1]) if per_step else (y, signal)
    return model.compute_loss(y=y, y_pred=signal, training=False), held


def _held(cell: Any, output: Any, states: list[Any]) -> list[Any]:
    """What carries the memory: a stack as a whole, an LSTM's output and cell, else the output, from which the rest of the state is made."""
    kind = type(cell).__name__
    return states[:1] if kind == "TreeCell" else [output, states[1]] if kind == "LSTMCell" else [output]


def _norms(gradients: list[Any]) -> np.ndarray:
    """Of each row (rows,), over all the arrays together."""
    return np.sqrt(sum(np.square(np.asarray(gradient, "float64")).sum(axis=1) for gradient in gradients))


JOB = Job("gradient_through_time", "Gradient through time", perform)
