"""The loss that suits the task: cross-entropy for classes, mean squared error for numbers. `Experiment.loss_spec` resolves it."""

from __future__ import annotations

from dlcore.specs import Loss


def call(settings: object, task: str) -> object:
    raise TypeError("auto is resolved by Experiment.loss_spec before it is called")


LOSS = Loss("auto", "What suits the task", "Cross-entropy for classes, mean squared error for numbers.", (), call, {}, order=0)  # type: ignore[arg-type]
