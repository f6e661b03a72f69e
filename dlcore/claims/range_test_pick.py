"""The rate that a range test recommends, against a sweep over rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dlcore import forecast
from dlcore.claims._measures import POINTS, Outcome, last
from dlcore.claims._setups import DIGITS, over
from dlcore.specs import Claim
from dlcore.theory import range_test

RATES = tuple(float(rate) for rate in 10.0 ** np.arange(-3.0, 0.51, 0.5))
NET = DIGITS.with_(optimizer="sgd", momentum=0.9, epochs=20)
# 400 steps from 1e-5 to 10, stopped by itself once the loss blows up.
RAMP = NET.with_(schedule="range_test", learning_rate=10.0, epochs=10, **{"schedule.first": 1e-5})


def measure(outcome: Outcome) -> float:
    """Of a range test the rate that it recommends: a tenth of that with the least smoothed loss. Of other runs the validation accuracy."""
    own = outcome.experiment
    if own.schedule.name != "range_test":
        return last("val_accuracy", diverged=0.1)(outcome)
    per_epoch = -(-forecast.rows(own)[0] // own.batch_size)
    rates = own.schedule_spec.rates(own.optimizer.settings["learning_rate"], own.epochs * per_epoch, per_epoch, **own.schedule.settings)
    rates = rates[: len(outcome.losses)]
    marks = range_test.marks(rates, range_test.smooth(outcome.losses))
    return float(rates[marks.tenth]) if marks else float("nan")


def effect(values: Mapping[str, Sequence[float]]) -> float:
    """How far the swept rate next to the recommended one stays behind the best of the sweep."""
    sweep = np.array(values["sweep"])
    nearest = int(np.argmin(np.abs(np.log(np.array(RATES) / values["range test"][0]))))
    return 100 * float(sweep.max() - sweep[nearest])


CLAIM = Claim(
    name="range_test_pick",
    title="Does a range test find a good learning rate?",
    summary="Training at the rate that a range test recommends ends within two percentage points of the best rate of a sweep.",
    topic="learning_rate",
    reference="Smith 2017; Gugger 2018",
    arms={"range test": (RAMP,), "sweep": over(NET, "learning_rate", *RATES)},
    measure=measure,
    effect=effect,
    quantity="validation accuracy, best rate of the sweep minus recommended rate",
    unit=POINTS,
    region=(float("-inf"), 2.0),
    refuted="Two percentage points or more behind the best rate.",
    order=32,
)
