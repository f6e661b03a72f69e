"""What biases should begin with: small positive ones keep rectified units alive at first, large ones push others into saturation."""

from __future__ import annotations

from dlcore.experiment import Experiment
from dlcore.specs import Preset
from dlcore.studies.space import Dimension, Space


def space(experiment: Experiment) -> Space:
    begin = Dimension("model.bias", choices=(-1.0, -0.1, 0.0, 0.01, 0.1, 1.0))
    return Space((begin, Dimension("model.activation", choices=("relu", "tanh", "sigmoid"))))


PRESET = Preset(
    name="biases",
    title="Biases at start",
    summary="Six beginnings of the hidden units' biases, each with three activations.",
    space=space,
    settings={"oracle": "grid"},
    order=3,
)
