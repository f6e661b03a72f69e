"""How long to wait for an improvement, and what counts as one (Prechelt 1998)."""

from __future__ import annotations

from dlcore.experiment import Experiment
from dlcore.specs import Preset
from dlcore.studies.space import Dimension, Space

EPOCHS = 60  # there must be something left to stop


def prepare(experiment: Experiment) -> Experiment:
    return experiment.with_(epochs=max(EPOCHS, experiment.epochs), restore_best=True)


def space(experiment: Experiment) -> Space:
    least = Dimension("min_delta", choices=(0.0, 1e-4, 1e-3, 1e-2))
    return Space((Dimension("patience", choices=(1, 2, 3, 5, 8, 13, 20)), least))


PRESET = Preset(
    name="early_stopping",
    title="Early stopping",
    summary="Seven patiences and four least improvements, with enough epochs to stop early and the best weights kept.",
    space=space,
    settings={"oracle": "grid"},
    prepare=prepare,
    order=7,
)
