"""Mean squared error."""

from __future__ import annotations

from dlcore.calls import Call
from dlcore.specs import Loss

LOSS = Loss(
    name="mse",
    title="Mean squared error",
    summary="The mean of the squared difference between prediction and target.",
    fields=(),
    call=lambda settings, task: Call("losses.MeanSquaredError"),
    activation={"regression": "linear"},
    order=3,
)
