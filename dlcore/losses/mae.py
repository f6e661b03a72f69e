"""Mean absolute error."""

from __future__ import annotations

from dlcore.calls import Call
from dlcore.specs import Loss

LOSS = Loss(
    name="mae",
    title="Mean absolute error",
    summary="The mean distance between prediction and target: a few targets that are far off weigh less than in the squared error.",
    fields=(),
    call=lambda settings, task: Call("losses.MeanAbsoluteError"),
    activation={"regression": "linear"},
    order=4,
)
