"""Learning rates that go up and down against a fixed one, at the same number of epochs."""

from __future__ import annotations

from dlcore.claims._measures import POINTS, last, of_best
from dlcore.claims._setups import DIGITS, over
from dlcore.specs import Claim

RATES = (0.03, 0.1, 0.3, 1.0)
# Three whole cycles of eight epochs, so that the last step is on a trough.
NET = DIGITS.with_(optimizer="sgd", epochs=24)
CYCLES = NET.with_(schedule="triangular", step_size=4.0, lowest=0.1)

CLAIM = Claim(
    name="cyclical_rates",
    title="Do cyclical learning rates beat a fixed one?",
    summary="Triangular cycles end with a higher accuracy than a fixed rate after as many epochs, each at the best of four rates.",
    topic="learning_rate",
    reference="Smith 2017",
    arms={"cycles": over(CYCLES, "learning_rate", *RATES), "fixed": over(NET, "learning_rate", *RATES)},
    measure=last("val_accuracy", diverged=0.1),
    effect=of_best("cycles", "fixed", 100),
    quantity="validation accuracy, cycles minus fixed rate, each at its best rate",
    unit=POINTS,
    refuted="An accuracy with cycles that is the same or lower.",
    order=33,
)
