"""What the jobs that look into a convolutional net share: the rows they look at, the net's layers one by one, what they hand back."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dlcore.errors import Invalid
from dlcore.experiment import Experiment
from dlcore.image_layers import ImageLayer, image_layers
from dlcore.jobs.predict import new_rows


def layers_of(experiment: Experiment) -> tuple[ImageLayer, ...]:
    """The layers that put out images; `Invalid` where the net has none."""
    found = image_layers(experiment)
    if not found:
        raise Invalid(f"{experiment.model_spec.title} has no layer that puts out images.", "Look into a convolutional net.")
    return found


def chosen(experiment: Experiment, inputs: Mapping[str, Any]) -> int:
    """The number, from 0, of the layer that "layer" means: −1, the default, is the last one."""
    count, layer = len(layers_of(experiment)), inputs.get("layer", -1)
    if not isinstance(layer, int) or not -1 <= layer < count:
        raise Invalid(f"layer = {layer!r} is not allowed: it must be a whole number from −1 to {count - 1}.")
    return layer % count


def rows_of(experiment: Experiment, inputs: Mapping[str, Any], most: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The rows "rows" (numbers) of the set "part" ("val" by default): scaled x, y, and x as the data set has it (raw).

    Or new rows "x", raw, of which no y is known: it is empty.
    """
    from dlcore.engine.data import prepare

    if "x" in inputs:
        x = new_rows(experiment, inputs["x"], most)
        return x, np.zeros(0), raw(experiment, x)
    prepared, part = prepare(experiment), inputs.get("part", "val")
    if part not in ("train", "val", "test"):
        raise Invalid(f"part = {part!r} is not allowed: it must be test, val or train.")
    x, y = prepared.arrays[f"x_{part}"], prepared.arrays[f"y_{part}"]
    numbers = list(inputs.get("rows", [0]))
    if not 0 < len(numbers) <= most or any(not isinstance(number, int) or not 0 <= number < len(x) for number in numbers):
        raise Invalid(f"rows = {numbers!r} is not allowed: it must be 1 to {most} row numbers from 0 to {len(x) - 1}.")
    return x[numbers], y[numbers], raw(experiment, x[numbers])


def raw(experiment: Experiment, x: np.ndarray) -> np.ndarray:
    """Scaled rows as the data set has them: uint8 where those are bytes, else float32."""
    from dlcore.engine.data import prepare

    constants = prepare(experiment).constants
    found = x * np.asarray(constants["scale"], "float32") + np.asarray(constants["mean"], "float32")
    return np.rint(np.clip(found, 0, 255)).astype("uint8") if experiment.dataset_spec.scaling == "bytes" else found.astype("float32")


def forward(layers: Sequence[Any], signal: Any) -> Any:
    """What these layers make of the signal when the net predicts."""
    for layer in layers:
        signal = layer(signal, training=False) if layer._call_has_training_arg else layer(signal)
    return signal


def without_last_activation(model: Any) -> Any:
    """The model with scores in place of probabilities: a softmax hides which score rose. It must not be used for training any more."""
    import keras

    if hasattr(model.layers[-1], "activation"):
        model.layers[-1].activation = keras.activations.linear
    return model


def class_names(experiment: Experiment) -> list[str]:
    """One name for each class; none for a regression."""
    if experiment.shape.task == "regression":
        return []
    return list(experiment.dataset_spec.class_names) or [str(number) for number in range(max(2, experiment.shape.outputs))]


def packed(arrays: Mapping[str, np.ndarray]) -> bytes:
    """An .npz of the arrays."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()
