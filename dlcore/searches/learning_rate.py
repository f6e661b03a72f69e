"""How large steps should be, on a log scale (Bengio 2012: the setting to look at first)."""

from __future__ import annotations

from dataclasses import replace

from dlcore.experiment import Experiment
from dlcore.specs import Preset
from dlcore.studies.space import Space
from dlcore.studies.space_check import propose

HIGHEST = 1.0  # beyond it plain gradient descent blows up on most nets


def space(experiment: Experiment) -> Space:
    rate = propose(experiment, "optimizer.learning_rate")
    return Space((replace(rate, high=min(rate.high or HIGHEST, HIGHEST)),))


PRESET = Preset(
    name="learning_rate",
    title="Learning rate",
    summary="From a hundredth of the present learning rate to a hundred times it, on a logarithmic scale.",
    space=space,
    settings={"oracle": "random", "trials": 20},
    order=1,
)
