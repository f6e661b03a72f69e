"""Leaky units on the adding problem."""

from __future__ import annotations

from dlcore.claims._measures import difference, last
from dlcore.claims._recurrent_setups import ADDING
from dlcore.specs import Claim

SHORT = ADDING.with_(**{"dataset.steps": 30, "learning_rate": 0.003})


CLAIM = Claim(
    name="leaky_units_add",
    title="Do leaky units learn what ordinary ones forget?",
    summary="On the adding problem over 30 steps a net of leaky units with α = 0.9 ends with a lower squared error than one "
    "of ordinary units.",
    topic="longer_memory",
    reference="Mozer 1992; El Hihi & Bengio 1996; Jaeger et al. 2007",
    arms={
        "ordinary": (SHORT.with_(**{"model.cell": "simple"}),),
        "leaky": (SHORT.with_(**{"model": "leaky_rnn", "model.units": (32,), "model.alpha": 0.9}),),
    },
    measure=last("val_loss"),
    effect=difference("ordinary", "leaky"),
    quantity="validation error, ordinary minus leaky units",
    unit="squared error",
    refuted="An error that is the same or higher with leaky units.",
    seeds=3,
    order=341,
)
