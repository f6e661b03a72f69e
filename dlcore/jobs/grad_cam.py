"""Where in an image a net finds a class: Grad-CAM (Selvaraju et al. 2017)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from dlcore.errors import Invalid
from dlcore.jobs import _looks
from dlcore.jobs._model import experiment_of, trained_model
from dlcore.metrics import class_numbers
from dlcore.specs import Job

MOST_ROWS = 24


def perform(
    inputs: Mapping[str, Any], files: Mapping[str, bytes], progress: Callable[[float], None]
) -> tuple[dict[str, Any], bytes | None]:
    """inputs: "experiment", "part" ("val" by default), "rows" (at most 24 row numbers) or "x" (as many new rows, raw), "layer" (its
    number among the layers that put out images, −1 for the last). files: "checkpoint".

    The result has "layer" (in words), "names" (of classes), "true", "given" (class numbers, one a row) and "outputs" (rows, outputs). The
    artefact is an .npz: "images" (rows, *shape.input) raw; "given" and "true" (rows, height, width) float32: how much each place of the
    layer speaks for that class, 0 and above, in the layer's own resolution.
    """
    import tensorflow as tf

    experiment = experiment_of(inputs)
    task, threshold = experiment.shape.task, experiment.loss_spec.threshold
    if task == "regression":
        raise Invalid("Grad-CAM asks where a class is seen, and these data have no classes.", "Choose data with classes.")
    number = _looks.chosen(experiment, inputs)
    layer = _looks.layers_of(experiment)[number]
    x, y, raw = _looks.rows_of(experiment, inputs, MOST_ROWS)
    model = trained_model(experiment, files)
    outputs = model(x, training=False).numpy()
    given = class_numbers(outputs, task, threshold).reshape(-1)
    true = y.reshape(-1).astype("int64") if y.size else given
    progress(0.5)
    _looks.without_last_activation(model)
    maps = _looks.forward(model.layers[: layer.index + 1], tf.constant(x))
    heats = {name: heat(model.layers[layer.index + 1 :], maps, classes) for name, classes in (("given", given), ("true", true))}
    result = {
        "layer": layer.title(number + 1), "names": _looks.class_names(experiment), "true": true.tolist(), "given": given.tolist(),
        "outputs": outputs.astype(float).tolist(),
    }  # fmt: skip
    return result, _looks.packed({"images": raw, **heats})


def heat(rest: Any, maps: Any, classes: np.ndarray) -> np.ndarray:
    """ReLU(Σₖ αₖ Aₖ) with αₖ the mean over places of ∂(the class's score)/∂Aₖ: float32 (rows, height, width).

    rest: the layers from the maps A (rows, height, width, k) to the scores (rows, outputs); a single score speaks for class 1, its
    negative for class 0.
    """
    import tensorflow as tf

    with tf.GradientTape() as tape:
        tape.watch(maps)
        scores = _looks.forward(rest, maps)
        if scores.shape[-1] == 1:
            score = scores[:, 0] * tf.constant(np.where(classes > 0, 1.0, -1.0), tf.float32)
        else:
            score = tf.gather(scores, classes, axis=1, batch_dims=1)
    weights = tf.reduce_mean(tape.gradient(score, maps), axis=(1, 2), keepdims=True)
    found: np.ndarray = tf.nn.relu(tf.reduce_sum(weights * maps, axis=-1)).numpy()
    return found


JOB = Job("grad_cam", "Grad-CAM", perform)
