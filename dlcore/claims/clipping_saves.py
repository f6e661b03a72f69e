"""Clipped gradients at a rate that is too large for unclipped ones."""

from __future__ import annotations

from dlcore.claims._measures import worse_than
from dlcore.claims._recurrent_setups import ADDING
from dlcore.specs import Claim

GUESSING = 1 / 6
NET = ADDING.with_(**{
    "model.cell": "simple", "model.activation": "relu", "optimizer": "sgd", "learning_rate": 0.1, "optimizer.clipnorm": 0.0, "epochs": 5,
})  # fmt: skip


CLAIM = Claim(
    name="clipping_saves",
    title="Does clipping keep a recurrent net from blowing up?",
    summary="A recurrent net of ReLU units at a learning rate of 0.1 diverges or ends worse than guessing, and the same net "
    "with gradients clipped at 1 does not, in most tries.",
    topic="vanishing",
    reference="Pascanu, Mikolov & Bengio 2013",
    arms={"as it is": (NET,), "clipped": (NET.with_(**{"optimizer.clipnorm": 1.0}),)},
    measure=worse_than(2 * GUESSING),
    effect=lambda values: float(values["as it is"][0] > values["clipped"][0]),
    quantity="share of seeds in which only the net without clipping fails",
    kind="share",
    region=(0.5, 1.01),
    refuted="Half of the seeds, or fewer.",
    seeds=8,
    order=332,
)
