"""Looks into a net before or after training: units that are cut off from learning, units that are copies, weights at zero, the signal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from dlcore.jobs._model import experiment_of, trained_model
from dlcore.specs import Job

ROWS = 1000
NEAR_ZERO = 1e-3


def perform(
    inputs: Mapping[str, Any], files: Mapping[str, bytes], progress: Callable[[float], None]
) -> tuple[dict[str, Any], bytes | None]:
    """inputs: "experiment"; files: "checkpoint" for the trained net, none for the net as it starts.

    Measured on up to 1,000 training rows, dropout off. The result has, over the layers with a kernel:
    "without_gradient": share of hidden units whose weights and bias get a gradient of exactly 0 from all rows together, so cannot learn;
    "distinct_units": the fewest different units of any hidden layer; "near_zero": share of all kernel weights below 0.001 in size;
    "activation_rms" and "gradient_rms": one number per layer, from the first: root mean square of outputs, and of the kernel's gradient;
    "gradient_reach": gradient_rms of the first layer divided by that of the last.
    """
    import tensorflow as tf

    from dlcore.engine import build
    from dlcore.engine.data import prepare

    experiment = experiment_of(inputs)
    rows = prepare(experiment).arrays
    x, y = tf.constant(rows["x_train"][:ROWS]), tf.constant(rows["y_train"][:ROWS])
    model = trained_model(experiment, files) if "checkpoint" in files else build.model_of(experiment)
    layers = [layer for layer in model.layers if getattr(layer, "kernel", None) is not None]  # dense and convolutional ones
    with tf.GradientTape() as tape:
        signal, outputs = x, []
        for layer in model.layers:
            signal = layer(signal, training=False) if layer._call_has_training_arg else layer(signal)
            outputs += [signal] if layer in layers else []
        loss = model.compute_loss(x=x, y=y, y_pred=signal, sample_weight=None, training=False)
    weights = [[weight.value for weight in (layer.kernel, layer.bias) if weight is not None] for layer in layers]
    gradients = [[gradient.numpy() for gradient in own] for own in tape.gradient(loss, weights)]
    return found_in([own[0].numpy() for own in weights], gradients, [output.numpy() for output in outputs]), None


def found_in(kernels: Sequence[np.ndarray], gradients: Sequence[Sequence[np.ndarray]], outputs: Sequence[np.ndarray]) -> dict[str, Any]:
    """The result from each layer's kernel (…, units), its gradients, and outputs (rows, …, units); the last layer is not hidden."""
    units = [kernel.reshape(-1, kernel.shape[-1]) for kernel in kernels]
    still = [np.all([_largest(gradient) == 0 for gradient in own], axis=0) for own in gradients[:-1]]
    rms = [_rms(own[0]) for own in gradients]
    return {
        "without_gradient": float(np.concatenate(still).mean()) if still else 0.0,
        "distinct_units": min(map(distinct, units[:-1]), default=0),
        "near_zero": float(np.mean(np.abs(np.concatenate([kernel.ravel() for kernel in kernels])) < NEAR_ZERO)),
        "activation_rms": [_rms(output) for output in outputs],
        "gradient_rms": rms,
        "gradient_reach": rms[0] / rms[-1] if rms[-1] else 0.0,
    }


def distinct(kernel: np.ndarray) -> int:
    """How many columns of a kernel (inputs, units) are different from all before them, by more than a thousandth of its size somewhere.

    Units that begin equal and stay so differ in the last digits, by the order in which sums are taken.
    """
    size = _rms(kernel) or 1.0
    kept: list[np.ndarray] = []
    for column in kernel.T:
        if all(np.abs(column - other).max() > 1e-3 * size for other in kept):
            kept.append(column)
    return len(kept)


def _largest(gradient: np.ndarray) -> np.ndarray:
    """The largest size of each unit's gradient, (units,)."""
    return np.abs(gradient).reshape(-1, gradient.shape[-1]).max(axis=0)


def _rms(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(values, dtype=np.float64))))


JOB = Job("inside", "Look inside", perform)
