"""Reading from both ends against reading forward."""

from __future__ import annotations

from dlcore.claims._measures import POINTS, difference, last
from dlcore.claims._recurrent_setups import AHEAD
from dlcore.specs import Claim

CLAIM = Claim(
    name="both_directions_ahead",
    title="Does a net need both directions to say what comes in two steps?",
    summary="Where the answer stands two steps ahead, a bidirectional net is right at least 40 percentage points more often "
    "than one that reads forward.",
    topic="bidirectional",
    reference="Schuster & Paliwal 1997",
    arms={"both": (AHEAD.with_(**{"model.bidirectional": True}),), "forward": (AHEAD,)},
    measure=last("val_accuracy"),
    effect=difference("both", "forward", 100),
    quantity="validation accuracy, both directions minus forward",
    unit=POINTS,
    region=(40.0, float("inf")),
    refuted="A difference of 40 percentage points or less.",
    seeds=3,
    order=310,
)
