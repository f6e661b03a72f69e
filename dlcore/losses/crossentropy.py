"""Cross-entropy: softmax over several classes, sigmoid for two."""

from __future__ import annotations

from dlcore.calls import Call
from dlcore.specs import Loss, Settings, Task


def call(settings: Settings, task: Task) -> Call:
    return Call("losses.SparseCategoricalCrossentropy" if task == "classes" else "losses.BinaryCrossentropy")


LOSS = Loss(
    name="crossentropy",
    title="Cross-entropy",
    summary="How surprised the net is by the right answer, in nats: −ln of the probability it gave to it.",
    fields=(),
    call=call,
    activation={"classes": "softmax", "binary": "sigmoid"},
    order=1,
)
