"""How strongly weights are pulled to 0: by their size (L1), by their square (L2), or by both (elastic net, Zou & Hastie 2005)."""

from __future__ import annotations

from dlcore.experiment import Experiment
from dlcore.specs import Preset
from dlcore.studies.space import Dimension, Space

STRENGTHS = (0.0, 1e-5, 1e-4, 1e-3, 1e-2)


def space(experiment: Experiment) -> Space:
    return Space((Dimension("model.l1", choices=STRENGTHS), Dimension("model.l2", choices=STRENGTHS)))


PRESET = Preset(
    name="weight_decay",
    title="Weight decay",
    summary="L1 and L2 penalties of five strengths each: alone, together (elastic), and none.",
    space=space,
    settings={"oracle": "grid"},
    order=4,
)
