"""The learning rate of each step: as planned, and how far of it is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from dlcore.charts.lines import Line
from dlcore.charts.thin import thin
from dlcore.experiment import Experiment

POINTS = 1000
MOST_STEPS = 500_000  # beyond, the rate at each epoch's end must do: so many steps would take seconds to compute


def planned(experiment: Experiment, changes: Sequence[Mapping[str, Any]], steps_per_epoch: int) -> tuple[np.ndarray, np.ndarray]:
    """(epochs, rates): float32, thinned, of the whole run with what was changed while it trained; empty for more than `MOST_STEPS`.

    changes: {"field", "value", "step"}, in order. A change acts from its step on.
    """
    if experiment.epochs * steps_per_epoch > MOST_STEPS:
        return np.zeros(0, "float32"), np.zeros(0, "float32")
    made = tuple((str(change["field"]), _frozen(change["value"]), int(change["step"])) for change in changes)
    return _planned(experiment, made, steps_per_epoch)


def rate_lines(epochs: np.ndarray, rates: np.ndarray, recorded: np.ndarray, done: float, colour: str) -> list[Line]:
    """A faint line for the whole plan and a strong one up to `done` epochs; without a plan the rates recorded at each epoch's end."""
    if not len(epochs):
        x = np.arange(1, len(recorded) + 1, dtype="float32")
        return [Line("rate", "learning rate", colour, *thin(x, recorded, POINTS), symbols=False)]
    count = int(np.searchsorted(epochs, done, side="right"))
    ahead = Line("rate/planned", "planned", colour, epochs, rates, faint=True, symbols=False, width=1.0)
    return [ahead, Line("rate", "learning rate", colour, epochs[:count], rates[:count], symbols=False)]


@lru_cache(maxsize=64)
def _planned(experiment: Experiment, changes: tuple[tuple[str, Any, int], ...], per_epoch: int) -> tuple[np.ndarray, np.ndarray]:
    total = experiment.epochs * per_epoch
    found = _rates(experiment, total, per_epoch)
    for field, value, step in changes:
        experiment = experiment.with_(**{field: value})
        found[step:] = _rates(experiment, total, per_epoch)[step:]
    epochs = (np.arange(total) / per_epoch).astype("float32")
    return thin(epochs, found.astype("float32"), POINTS)


def _rates(experiment: Experiment, total: int, per_epoch: int) -> np.ndarray:
    base = experiment.optimizer.settings["learning_rate"]
    return np.array(experiment.schedule_spec.rates(base, total, per_epoch, **experiment.schedule.settings), float)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
