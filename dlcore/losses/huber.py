"""Huber's loss (Huber 1964): squared for small errors, linear for large ones."""

from __future__ import annotations

from dlcore.calls import Call
from dlcore.fields import Field
from dlcore.specs import Loss

LOSS = Loss(
    name="huber",
    title="Huber",
    summary="Half the squared error up to δ, linear beyond: smooth at 0 and calm about targets that are far off.",
    fields=(Field("delta", "float", 1.0, "Bend δ", "The error at which the loss turns from squared to linear.", 0.001, 1000.0, log=True),),
    call=lambda settings, task: Call("losses.Huber", {"delta": settings["delta"]}),
    activation={"regression": "linear"},
    order=5,
)
