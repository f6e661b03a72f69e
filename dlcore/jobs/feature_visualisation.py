"""The images that excite a layer's filters most, found by gradient ascent on the pixels (Erhan et al. 2009)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from dlcore.errors import Invalid
from dlcore.jobs import _looks
from dlcore.jobs._model import experiment_of, trained_model
from dlcore.specs import Job
from dlcore.views import shown

UNITS = 12
MOST_STEPS = 500
STEP = 0.02  # mean change of a pixel in one step, as a share of the span from the darkest to the brightest
SMOOTH = 8  # every so many steps the image is blurred a little, without which pixels that jump from one to the next win (Yosinski 2015)


def perform(
    inputs: Mapping[str, Any], files: Mapping[str, bytes], progress: Callable[[float], None]
) -> tuple[dict[str, Any], bytes | None]:
    """inputs: "experiment", "layer" (its number among the layers that put out images, −1 for the last), "steps" (1 to 500, 120 by
    default), "seed" (of the noise it starts from, 0 by default). files: "checkpoint", none for the net as it starts.

    The result has "layer" (in words), "units" (numbers of the maps), "before" and "after": each map's mean, before its activation, over
    the image it started from, and over the image found. The artefact is an .npz of "images" (units, *shape.input), raw, at most 12.
    """
    from dlcore.engine import build
    from dlcore.engine.data import prepare

    experiment = experiment_of(inputs)
    steps, seed = inputs.get("steps", 120), inputs.get("seed", 0)
    if not isinstance(steps, int) or not 1 <= steps <= MOST_STEPS:
        raise Invalid(f"steps = {steps!r} is not allowed: it must be a whole number from 1 to {MOST_STEPS}.")
    number = _looks.chosen(experiment, inputs)
    layer = _looks.layers_of(experiment)[number]
    units = shown(layer.shape[2], UNITS)
    model = trained_model(experiment, files) if "checkpoint" in files else build.layers_of(experiment)
    rows = prepare(experiment).x_train
    low, high = float(rows.min()), float(rows.max())
    draw = np.random.default_rng([int(seed), 7])
    middle, span = (low + high) / 2, high - low
    start = (middle + 0.02 * span * draw.standard_normal((len(units), *experiment.shape.input))).astype("float32")
    images, before, after = ascend(sums(model.layers[: layer.index + 1]), start, units, steps, (low, high), progress)
    result = {"layer": layer.title(number + 1), "units": units.tolist(), "before": before.tolist(), "after": after.tolist()}
    return result, _looks.packed({"images": _looks.raw(experiment, images)})


def sums(layers: Sequence[Any]) -> Sequence[Any]:
    """The layers without the activation at their end: where a ReLU is silent over the whole image, no gradient would lead anywhere."""
    import keras

    while type(layers[-1]).__name__ in ("Activation", "LeakyReLU", "ScaledTanh", "Dropout"):
        layers = layers[:-1]
    if hasattr(layers[-1], "activation"):
        layers[-1].activation = keras.activations.linear
    return layers


def ascend(
    layers: Any, start: np.ndarray, units: np.ndarray, steps: int, limits: tuple[float, float], progress: Callable[[float], None]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Images (units, *input) within the limits, one for each unit, and the means of their maps (units,) at the start and at the end.

    Each step goes along the gradient of the map's mean, divided by the gradient's own root mean square.
    """
    import tensorflow as tf

    low, high = limits
    numbers = tf.constant(units, tf.int32)

    def means(x: Any) -> Any:
        return tf.gather(tf.reduce_mean(_looks.forward(layers, x), axis=(1, 2)), numbers, axis=1, batch_dims=1)

    @tf.function(reduce_retracing=True)  # type: ignore[untyped-decorator]
    def step(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            goal = means(x)
        slope = tape.gradient(goal, x)
        size = tf.sqrt(tf.reduce_mean(tf.square(slope), axis=(1, 2, 3), keepdims=True)) + 1e-12
        return tf.clip_by_value(x + STEP * (high - low) * slope / size, low, high)

    x = tf.constant(start)
    before = means(x).numpy()
    for number in range(steps):
        x = step(x)
        if number % SMOOTH == SMOOTH - 1 and number < steps - SMOOTH:
            x = blurred(x)
            progress(number / steps)
    return x.numpy(), before, means(x).numpy()


def blurred(x: Any) -> Any:
    """Images (n, height, width, channels) after a small blur: weights 1 2 1 across and down, the edges repeated."""
    import tensorflow as tf

    for axis in (1, 2):
        pad = [[0, 0], [1, 1] if axis == 1 else [0, 0], [1, 1] if axis == 2 else [0, 0], [0, 0]]
        wide = tf.pad(x, pad, mode="SYMMETRIC")
        size = x.shape[axis]
        take = [tf.gather(wide, tf.range(first, first + size), axis=axis) for first in (0, 1, 2)]
        x = (take[0] + 2 * take[1] + take[2]) / 4
    return x


JOB = Job("feature_visualisation", "Feature visualisation", perform)
