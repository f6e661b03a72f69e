"""How many layers, and how wide each."""

from __future__ import annotations

from dlcore.errors import Invalid
from dlcore.experiment import Experiment
from dlcore.specs import Preset
from dlcore.studies.space import Dimension, Space
from dlcore.studies.targets import layers_key

DEEPEST = 3
WIDTHS = {"mlp": (16, 32, 64, 128), "cnn": (8, 16, 32), "rnn": (16, 32, 64)}


def space(experiment: Experiment) -> Space:
    key = layers_key(experiment)
    if not key:
        raise Invalid(f"The model {experiment.model.name} has no list of layers to search.")
    widths, depth = WIDTHS.get(experiment.model.name, (16, 32, 64)), f"{key}.count"
    first = Dimension(f"{key}[0]", choices=widths)
    others = [
        Dimension(f"{key}[{layer}]", choices=widths, when=(depth, tuple(range(layer + 1, DEEPEST + 1)))) for layer in range(1, DEEPEST)
    ]
    return Space((Dimension(depth, low=1, high=DEEPEST), first, *others))


PRESET = Preset(
    name="architecture",
    title="Architecture",
    summary="One to three layers, and the width of each.",
    space=space,
    settings={"oracle": "random", "trials": 24},
    order=9,
)
