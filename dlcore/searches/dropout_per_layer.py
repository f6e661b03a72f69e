"""How many units to switch off while training, in each layer by itself."""

from __future__ import annotations

from dlcore.experiment import Experiment
from dlcore.specs import Preset
from dlcore.studies.space import Dimension, Space
from dlcore.studies.targets import layers_key


def space(experiment: Experiment) -> Space:
    widths = experiment.model.settings[layers_key(experiment).partition(".")[2]]
    count = len(widths) if isinstance(widths, tuple) else 1
    return Space(tuple(Dimension(f"model.dropout[{layer}]", low=0.0, high=0.8, step=0.1) for layer in range(max(1, count))))


PRESET = Preset(
    name="dropout_per_layer",
    title="Dropout per layer",
    summary="A rate for each layer by itself, from none to 0.8; later layers often bear more.",
    space=space,
    settings={"oracle": "random", "trials": 24},
    order=6,
)
