"""The size of each layer's weights, and how many of them are next to nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dlcore.specs import Monitor

NEAR_ZERO = 1e-3


def measure(probe: Any) -> Mapping[str, Any]:
    from keras import ops

    found = {}
    for layer in probe.layers:
        if layer.before:
            kernel = layer.before[0]
            found[f"weight_norm/{layer.name}"] = ops.sqrt(ops.sum(ops.square(kernel)))
            found[f"near_zero/{layer.name}"] = ops.mean(ops.cast(ops.abs(kernel) < NEAR_ZERO, "float32"))
    return found


MONITOR = Monitor(
    name="weights",
    title="Weights",
    summary="Euclidean length of each layer's kernel, and the share of its weights below 0.001 in size.",
    measure=measure,
    reading="L1 penalties drive weights to zero; growing norms without better validation hint at overfitting.",
    order=4,
)
