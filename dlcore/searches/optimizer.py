"""Which optimizer, each with its own learning rate: they need rates that lie orders of magnitude apart."""

from __future__ import annotations

from dlcore import registry
from dlcore.experiment import Experiment
from dlcore.specs import Preset
from dlcore.studies.space import Dimension, Space
from dlcore.studies.space_check import fitting

AROUND = 10.0  # each is searched this far below and above its default


def space(experiment: Experiment) -> Space:
    names = fitting(experiment, "optimizer")
    rates = {name: _default(name) for name in names}
    each = [
        Dimension("optimizer.learning_rate", low=rate / AROUND, high=rate * AROUND, log=True, when=("optimizer", (name,)))
        for name, rate in rates.items()
    ]
    return Space((Dimension("optimizer", choices=tuple(names)), *each))


def _default(name: str) -> float:
    fields = registry.find("optimizers", name).fields
    return float(next(own.default for own in fields if own.name == "learning_rate"))


PRESET = Preset(
    name="optimizer",
    title="Optimizer",
    summary="All optimizers, each with learning rates from a tenth to ten times its own default.",
    space=space,
    settings={"oracle": "random", "trials": 32},
    order=8,
)
