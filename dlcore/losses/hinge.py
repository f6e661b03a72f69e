"""Hinge loss: the support vector machine's, for two classes (Cortes & Vapnik 1995) and for several (Weston & Watkins 1999).

The output layer is linear: its numbers are scores. Two classes: max(0, 1 − y·s) with y = ±1 (Keras's own, which turns 0 into −1).
Several: the sum over the wrong classes of max(0, 1 + their score − the right class's).
"""

from __future__ import annotations

from dlcore.calls import Call
from dlcore.specs import Loss, Settings, Task


def call(settings: Settings, task: Task) -> Call:
    if task == "binary":
        return Call("losses.Hinge")
    return Call("dlcore.losses._multiclass_hinge:MulticlassHinge")


LOSS = Loss(
    name="hinge",
    title="Hinge (SVM)",
    summary="Asks the right class to lead each other class by a margin, and is satisfied once it does.",
    fields=(),
    call=call,
    activation={"classes": "linear", "binary": "linear"},
    threshold=0.0,
    order=2,
)
