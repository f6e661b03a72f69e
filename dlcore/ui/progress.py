"""How far a run is: what the numbers row and the progress bar show."""

from __future__ import annotations

import math
from collections.abc import Container, Mapping
from dataclasses import dataclass

import numpy as np

from dlcore.experiment import Experiment
from dlcore.forecast import forecast
from dlcore.metrics import higher_is_better
from dlcore.run import Run, State

RECENT = 5


@dataclass(frozen=True)
class Progress:
    """fraction: 0 to 1. metric: the recorded name that matters most, with its last and best value and the best one's epoch (0: none
    yet). rate: examples per second; left: seconds, both None where they are not known."""

    fraction: float
    metric: str
    last: float | None = None
    best: float | None = None
    best_epoch: int = 0
    rate: float | None = None
    left: float | None = None


def progress(run: Run, experiment: Experiment, epochs: Mapping[str, np.ndarray], steps_per_epoch: float) -> Progress:
    """From the run's row and its curves per epoch, both as the store has them."""
    done = run.step / steps_per_epoch if steps_per_epoch else float(run.epoch)
    done = min(max(done, run.epoch), run.epochs)
    fraction = 1.0 if run.state is State.DONE else done / max(1, run.epochs)
    name = main_metric(experiment, epochs)
    last, best, best_epoch = _values(epochs.get(name, np.array([])), name)
    rate = _recent(epochs.get("examples_per_second"))
    seconds = _recent(epochs.get("seconds"))
    left = None if seconds is None or run.state.is_finished else seconds * (run.epochs - done)
    return Progress(fraction, name, last, best, best_epoch, rate, left)


def steps_per_epoch(experiment: Experiment) -> int:
    """Optimizer steps of one epoch, the last partial batch included."""
    ahead = forecast(experiment)
    return math.ceil(ahead.training_rows / ahead.batch)


def main_metric(experiment: Experiment, recorded: Container[str]) -> str:
    """The metric to judge by: the first one recorded beside the loss, on validation data where there are any."""
    names = [*experiment.recorded_metrics, "loss"]
    candidates = [f"val_{name}" for name in names] if experiment.validation else names
    return next((name for name in candidates if name in recorded), candidates[0])


def _values(curve: np.ndarray, name: str) -> tuple[float | None, float | None, int]:
    finite = np.isfinite(curve)
    if not finite.any():
        return None, None, 0
    if higher_is_better(name):
        place = int(np.where(finite, curve, -np.inf).argmax())
    else:
        place = int(np.where(finite, curve, np.inf).argmin())
    return float(curve[-1]), float(curve[place]), place + 1


def _recent(curve: np.ndarray | None) -> float | None:
    if curve is None or not len(curve):
        return None
    return float(np.median(curve[-RECENT:]))
