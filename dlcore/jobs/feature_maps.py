"""What the layers of a convolutional net make of one image, at every kept epoch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from dlcore.jobs import _looks
from dlcore.jobs._model import experiment_of
from dlcore.specs import Job
from dlcore.views import shown

MAPS = 16
FILTERS = 32


def perform(
    inputs: Mapping[str, Any], files: Mapping[str, bytes], progress: Callable[[float], None]
) -> tuple[dict[str, Any], bytes | None]:
    """inputs: "experiment", "part" ("val" by default), "rows": [one row number]. files: checkpoints, each named by its epoch: "3".

    Epoch 0, the net before training, comes without a file. The result has "epochs", "layers" (a dict each: "title", "shape", "shown":
    the numbers of the maps that are in the file, at most 16), "names" (of classes) and "true" (the row's class; None for a regression).
    The artefact is an .npz: "image" (height, width, channels) raw; "outputs" (epochs, outputs); for layer k "maps/k" (epochs, maps, height,
    width); "filters" (epochs, height, width, channels, n ≤ 32) of the first convolution. Numbers are float16.
    """
    from dlcore.engine import build, checkpoint

    experiment = experiment_of(inputs)
    layers = _looks.layers_of(experiment)
    x, y, raw = _looks.rows_of(experiment, inputs, 1)
    model = build.layers_of(experiment)
    variables = build.variables_of(model, optimizer=False)
    looks = [_look(model, layers, x)]
    for place, epoch in enumerate(sorted(files, key=int)):
        progress(place / len(files))
        arrays, _ = checkpoint.unpack(files[epoch])
        for path, variable in variables.items():
            variable.assign(arrays[path])
        looks.append(_look(model, layers, x))
    found = [
        {"title": layer.title(number), "shape": layer.shape, "shown": shown(layer.shape[2], MAPS).tolist()}
        for number, layer in enumerate(layers, start=1)
    ]
    result = {
        "epochs": [0, *sorted(map(int, files))], "layers": found, "names": _looks.class_names(experiment),
        "true": None if experiment.shape.task == "regression" else int(y.reshape(-1)[0]),
    }  # fmt: skip
    arrays = {name: np.stack([look[name] for look in looks]) for name in looks[0]}
    return result, _looks.packed({"image": raw[0], **arrays})


def _look(model: Any, layers: Any, x: np.ndarray) -> dict[str, np.ndarray]:
    """Every array of the artefact for the net as it is now, without the axis of epochs."""
    import tensorflow as tf

    signal, begin, found = tf.constant(x), 0, {}
    with np.errstate(over="ignore"):  # what float16 does not hold is infinite in the picture
        for number, layer in enumerate(layers):
            signal = _looks.forward(model.layers[begin : layer.index + 1], signal)
            begin = layer.index + 1
            maps = signal.numpy()[0][..., shown(layer.shape[2], MAPS)]
            found[f"maps/{number}"] = np.moveaxis(maps, -1, 0).astype("float16")
        found["outputs"] = _looks.forward(model.layers[begin:], signal).numpy()[0].astype("float16")
        first = next((layer for layer in model.layers if type(layer).__name__ == "Conv2D"), None)
        if first is not None:
            kernel = first.kernel.numpy()
            found["filters"] = kernel[..., shown(kernel.shape[-1], FILTERS)].astype("float16")
    return found


JOB = Job("feature_maps", "Feature maps", perform)
