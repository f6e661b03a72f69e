"""GRU against a simple recurrent net on the adding problem."""

from __future__ import annotations

from dlcore.claims._measures import difference, last
from dlcore.claims._recurrent_setups import ADDING
from dlcore.specs import Claim

CLAIM = Claim(
    name="gru_adds",
    title="Does a GRU learn the adding problem where a simple recurrent net does not?",
    summary="Over 50 steps the squared error of a GRU ends at least 0.1 below that of a simple recurrent net, which stays "
    "near 0.167, the error of guessing the mean.",
    topic="gates",
    reference="Cho et al. 2014; Chung et al. 2014",
    arms={"simple": (ADDING.with_(**{"model.cell": "simple"}),), "GRU": (ADDING.with_(**{"model.cell": "gru"}),)},
    measure=last("val_loss"),
    effect=difference("simple", "GRU"),
    quantity="validation error, simple net minus GRU",
    unit="squared error",
    region=(0.1, float("inf")),
    refuted="A difference below 0.1.",
    seeds=3,
    order=351,
)
