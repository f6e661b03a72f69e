"""Small batches against all rows at once."""

from __future__ import annotations

from dlcore.claims._measures import epochs_to, of_fastest
from dlcore.claims._setups import DIGITS, over
from dlcore.specs import Claim

RATES = (0.1, 0.3, 1.0)
NET = DIGITS.with_(optimizer="sgd", epochs=100)

CLAIM = Claim(
    name="minibatches",
    title="Do mini-batches need fewer passes over the data than full batches?",
    summary="With batches of 32 a net reaches a training loss of 0.3 in fewer epochs than with all rows in one batch.",
    topic="batches",
    reference="LeCun, Bottou, Orr & Müller 1998; Wilson & Martinez 2003",
    arms={
        "all rows at once": over(NET.with_(batch_size=0), "learning_rate", *RATES),
        "batches of 32": over(NET.with_(batch_size=32), "learning_rate", *RATES),
    },
    measure=epochs_to("loss", 0.3),
    effect=of_fastest("all rows at once", "batches of 32"),
    quantity="epochs to a training loss of 0.3, full batch divided by batches of 32, each at its best rate",
    unit="times",
    kind="ratio",
    region=(1.0, float("inf")),
    refuted="Full batches needing as many epochs or fewer.",
    order=25,
)
