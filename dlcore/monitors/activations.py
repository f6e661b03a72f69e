"""What the hidden layers put out on one batch: size of the signal, units that are silent for every example."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dlcore.specs import Monitor


def measure(probe: Any) -> Mapping[str, Any]:
    from keras import ops

    found = {}
    for layer in probe.layers:
        if not layer.hidden:
            continue
        found[f"activation_rms/{layer.name}"] = ops.sqrt(ops.mean(ops.square(layer.output)))
        if layer.activation in ("relu", "relu6"):
            over_examples = tuple(range(len(layer.output.shape) - 1))
            silent = ops.max(layer.output, axis=over_examples) <= 0
            found[f"dead_units/{layer.name}"] = ops.mean(ops.cast(silent, "float32"))
    return found


MONITOR = Monitor(
    name="activations",
    title="Activations and dead units",
    summary="Root mean square of each hidden layer's output, and the share of ReLU units that are 0 for every example of a batch.",
    measure=measure,
    reading="Dead units no longer learn. A signal that shrinks or grows from layer to layer asks for another initialisation.",
    order=3,
)
