"""A net's forecast of a real series against two that cost nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np

from dlcore.claims._measures import last
from dlcore.experiment import Experiment
from dlcore.specs import Claim

STEPS, AHEAD, YEAR, VALIDATED = 24, 1, 12, 0.2
NET = Experiment().with_(**{
    "dataset": "time_series", "dataset.series": "sea", "dataset.steps": STEPS, "dataset.ahead": AHEAD, "model": "rnn", "model.cell": "gru",
    "model.units": (32,), "metrics": ("mae",), "learning_rate": 0.01, "epochs": 40, "validation": VALIDATED, "test": 0.0, "monitors": (),
})  # fmt: skip


@cache
def free() -> float:
    """The smaller mean absolute error of the last value and of that a year before, over the months that validate the net.

    In multiples of the series' mean, as the net's own.
    """
    arrays = NET.dataset_spec.load(seed=0, **NET.dataset.settings)
    validated = slice(-round(VALIDATED * len(arrays["y"])), None)
    read, true = arrays["x"][validated, :, 0], arrays["y"][validated]
    return min(float(np.abs(read[:, -back] - true).mean()) for back in (1, YEAR + 1 - AHEAD))


def gain(values: Mapping[str, Sequence[float]]) -> float:
    return free() / values["GRU"][0]


CLAIM = Claim(
    name="net_beats_last_year",
    title="Does a net forecast the sea better than what costs nothing?",
    summary="A month ahead, a small GRU misses the temperature of the sea off Peru by less, on average, than the last value and the value "
    "of a year before do.",
    topic="real_sequences",
    reference="Hyndman & Athanasopoulos 2021, section 5.2",
    arms={"GRU": (NET,)},
    measure=last("val_mae"),
    effect=gain,
    quantity="mean absolute error of the better forecast without a net, divided by the net's",
    kind="ratio",
    region=(1.0, float("inf")),
    refuted="A net that misses by as much, or by more.",
    seeds=5,
    order=360,
)
