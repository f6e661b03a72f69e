"""How weights should start: nine initialisers beside the activations they were made for."""

from __future__ import annotations

from dlcore.experiment import Experiment
from dlcore.specs import Preset
from dlcore.studies.space import Dimension, Space

NINE = (
    "zeros", "random_normal", "random_uniform", "glorot_normal", "glorot_uniform", "he_normal", "he_uniform", "lecun_normal",
    "lecun_uniform",
)  # fmt: skip


def space(experiment: Experiment) -> Space:
    return Space((Dimension("model.initializer", choices=NINE), Dimension("model.activation", choices=("relu", "tanh", "sigmoid"))))


PRESET = Preset(
    name="weights",
    title="Weights at start",
    summary="Nine initialisers, each with three activations: every combination once.",
    space=space,
    settings={"oracle": "grid"},
    order=2,
)
