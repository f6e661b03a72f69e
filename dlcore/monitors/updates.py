"""How far one step moves each layer's weights, relative to their size (LeCun et al. 1998 suggest about 1/1000)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dlcore.specs import Monitor


def measure(probe: Any) -> Mapping[str, Any]:
    from keras import ops

    found = {}
    for layer in probe.layers:
        if layer.before:
            moved = sum(ops.sum(ops.square(after - before)) for before, after in zip(layer.before, layer.after, strict=True))
            size = sum(ops.sum(ops.square(before)) for before in layer.before)
            found[f"update_ratio/{layer.name}"] = ops.sqrt(moved) / (ops.sqrt(size) + 1e-12)
    return found


MONITOR = Monitor(
    name="updates",
    title="Update ratio",
    summary="Length of one step of a layer's weights divided by the length of the weights themselves.",
    measure=measure,
    reading="About 0.001 is healthy. Far above: the learning rate is too large; far below: hardly anything is learnt.",
    order=2,
)
