"""The size of the loss's gradient, whole and layer by layer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dlcore.specs import Monitor


def measure(probe: Any) -> Mapping[str, Any]:
    from keras import ops

    squares = {layer.name: sum(ops.sum(ops.square(g)) for g in layer.gradients) for layer in probe.layers if layer.gradients}
    per_layer = {f"gradient_norm/{name}": ops.sqrt(square) for name, square in squares.items()}
    return {"gradient_norm": ops.sqrt(sum(squares.values())), **per_layer}


MONITOR = Monitor(
    name="gradients",
    title="Gradient norms",
    summary="How steep the loss is, seen from each layer.",
    measure=measure,
    reading="Norms that shrink by orders of magnitude towards the first layer vanish; norms that grow without end explode.",
    order=1,
)
