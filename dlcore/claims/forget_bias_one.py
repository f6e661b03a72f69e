"""The bias that the forget gate of an LSTM starts with."""

from __future__ import annotations

from dlcore.claims._measures import epochs_to, quotient
from dlcore.claims._recurrent_setups import ADDING
from dlcore.specs import Claim

NET = ADDING.with_(**{"model.cell": "lstm", "dataset.steps": 30, "epochs": 30})

CLAIM = Claim(
    name="forget_bias_one",
    title="Does a forget bias of 1 learn faster than one of 0?",
    summary="On the adding problem over 30 steps an LSTM whose forget gate starts with a bias of 1 needs fewer epochs to a "
    "loss of 0.05 than one with a bias of 0.",
    topic="gates",
    reference="Jozefowicz, Zaremba & Sutskever 2015; Gers et al. 2000",
    arms={"bias 1": (NET.with_(**{"model.forget_bias": 1.0}),), "bias 0": (NET.with_(**{"model.forget_bias": 0.0}),)},
    measure=epochs_to("loss", 0.05),
    effect=quotient("bias 0", "bias 1"),
    quantity="epochs to a training loss of 0.05, bias 0 divided by bias 1",
    unit="times",
    kind="ratio",
    region=(1.0, float("inf")),
    refuted="As many epochs or more with a bias of 1.",
    seeds=3,
    order=352,
)
