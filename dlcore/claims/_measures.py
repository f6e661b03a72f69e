"""What claims measure in a trained run, and the one number of a seed that they make of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dlcore.experiment import Experiment
from dlcore.metrics import higher_is_better

Measure = Callable[["Outcome"], float]
Values = Mapping[str, Sequence[float]]
Effect = Callable[[Values], float]
PERCENT = "%"  # of what one arm alone measures
POINTS = "percentage points"  # of a difference of two


@dataclass(frozen=True)
class Outcome:
    """What a run came to. curves: name → one float32 per epoch; losses: one per optimizer step, float32 (steps,).

    inside: the result of the job `inside`, where it was asked for. diverged: its loss became NaN or infinite; the curves end before that.
    """

    experiment: Experiment
    curves: Mapping[str, np.ndarray] = field(default_factory=dict)
    losses: np.ndarray = field(default_factory=lambda: np.empty(0, np.float32))
    inside: Mapping[str, Any] = field(default_factory=dict)
    diverged: bool = False


def last(name: str, diverged: float = math.nan) -> Measure:
    """The value after the last epoch; `diverged` for a run whose loss left the numbers (NaN: then nothing can be said)."""
    return lambda outcome: diverged if outcome.diverged else float(outcome.curves[name][-1])


def best(name: str, diverged: float = math.nan) -> Measure:
    """The highest value of any epoch."""
    return lambda outcome: diverged if outcome.diverged else float(np.nanmax(outcome.curves[name]))


def kept(name: str) -> Measure:
    """The value of the weights that the run ends with: those of its best epoch where it restores them, else of its last."""

    def measure(outcome: Outcome) -> float:
        own, curve = outcome.experiment, outcome.curves[name]
        if not own.restore_best:
            return float(curve[-1])
        watched = outcome.curves[own.watched]
        return float(curve[np.nanargmax(watched) if higher_is_better(own.watched) else np.nanargmin(watched)])

    return measure


def first(name: str) -> Measure:
    """The value after the first epoch."""
    return lambda outcome: float(outcome.curves[name][0])


def epochs_to(name: str, value: float, rises: bool = False) -> Measure:
    """Epochs until the curve first is at `value` or beyond (below it; above it where it rises).

    A run that does not get there counts with the epochs it was allowed, which makes it look faster than it is.
    """

    def measure(outcome: Outcome) -> float:
        place = _reached(outcome, name, value, rises)
        return float(outcome.experiment.epochs if place is None else place + 1)

    return measure


def seconds_to(name: str, value: float, rises: bool = False) -> Measure:
    """The same in seconds of training; a run that does not get there counts with all the seconds it took."""

    def measure(outcome: Outcome) -> float:
        passed = np.cumsum(outcome.curves["seconds"])
        place = _reached(outcome, name, value, rises)
        return float(passed[-1 if place is None else place])

    return measure


def epochs(outcome: Outcome) -> float:
    """How many epochs it trained."""
    return float(len(next(iter(outcome.curves.values()))))


def gap(name: str) -> Measure:
    """Training minus validation after the last epoch."""
    return lambda outcome: float(outcome.curves[name][-1] - outcome.curves[f"val_{name}"][-1])


def worse_than(loss: float) -> Measure:
    """1 when it diverged or ends with a training loss above `loss`, else 0."""
    return lambda outcome: float(outcome.diverged or not outcome.curves["loss"][-1] <= loss)


def inside(name: str) -> Measure:
    """A number that the job `inside` found in the net."""
    return lambda outcome: float(outcome.inside[name])


def difference(one: str, other: str, scale: float = 1.0) -> Effect:
    """What `one` measured minus what `other` measured, times `scale` (100: a share as percentage points)."""
    return lambda values: scale * (values[one][0] - values[other][0])


def quotient(one: str, other: str) -> Effect:
    """How many times the measure of `other` goes into that of `one`."""
    return lambda values: values[one][0] / values[other][0]


def of_best(one: str, other: str, scale: float = 1.0) -> Effect:
    """The highest among the experiments of `one` minus the highest among those of `other`: each side with its own best setting."""
    return lambda values: scale * (max(values[one]) - max(values[other]))


def of_fastest(one: str, other: str) -> Effect:
    """The lowest among the experiments of `one`, divided by the lowest among those of `other`."""
    return lambda values: min(values[one]) / min(values[other])


def alone(arm: str, scale: float = 1.0) -> Effect:
    """What the one side measured itself; others are shown beside it."""
    return lambda values: scale * values[arm][0]


def _reached(outcome: Outcome, name: str, value: float, rises: bool) -> int | None:
    curve = outcome.curves[name]
    there = curve >= value if rises else curve <= value
    return int(np.argmax(there)) if there.any() else None
