"""How many units to switch off while training, the same share in every layer (Srivastava et al. 2014)."""

from __future__ import annotations

from dlcore.experiment import Experiment
from dlcore.specs import Preset
from dlcore.studies.space import Dimension, Space


def space(experiment: Experiment) -> Space:
    return Space((Dimension("model.dropout", low=0.0, high=0.8, step=0.1),))


PRESET = Preset(
    name="dropout",
    title="Dropout",
    summary="One rate for all layers, from none to 0.8 in steps of 0.1.",
    space=space,
    settings={"oracle": "grid"},
    order=5,
)
