"""Learning-rate range tests: from an experiment to the run that tests it, and from that run to the rates to train at.

A range test is an ordinary run of the lab whose schedule is `range_test`. Its losses are those of its single steps; the rate of each is
computed again from the schedule, hence nothing is recorded for it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from dlcore import forecast, service
from dlcore.errors import Invalid, Refused
from dlcore.experiment import Experiment
from dlcore.metrics import higher_is_better
from dlcore.store import Store
from dlcore.theory import range_test

STEPS = 400  # an exponential ramp has at least so many, whatever the data
LINEAR_EPOCHS = 20  # points of an accuracy curve
RAMPS = ("exponential", "linear")


@dataclass(frozen=True)
class Curve:
    """What a range test has measured so far.

    rates, losses: one per optimizer step, float64 (steps,). metric: the experiment's first metric on validation rows ("" where there is
    none), with its values after each epoch and the rates at those moments.
    """

    ramp: str
    rates: np.ndarray
    losses: np.ndarray
    metric: str
    epoch_rates: np.ndarray
    values: np.ndarray

    def smoothed(self, weight: float = range_test.SMOOTHING) -> np.ndarray:
        return range_test.smooth(self.losses, weight)

    def picks(self, weight: float = range_test.SMOOTHING) -> dict[str, float]:
        """Rates to train at, by what they are: "steepest" and "tenth" of a loss curve; of an accuracy curve "begins" and "stops"."""
        found: dict[str, float] = {}
        if self.ramp == "linear" and self.metric and higher_is_better(self.metric):
            rise = range_test.rise(self.epoch_rates, self.values)
            return {"begins": rise.begins, "stops": rise.stops} if rise else found
        marks = range_test.marks(self.rates, self.smoothed(weight))
        if marks:
            found = {"steepest": float(self.rates[marks.steepest]), "tenth": float(self.rates[marks.tenth])}
        return found


def experiment(
    base: Experiment, *, ramp: str = "exponential", first: float | None = None, last: float | None = None,
    stop_factor: float = 4.0, epochs: int | None = None,
) -> Experiment:  # fmt: skip
    """The experiment that tests `base`'s learning rate from `first` to `last` (None: `bounds`).

    epochs: None for what gives 400 steps, or 20 epochs in a straight line. Early stopping is off. Raises `Invalid`.
    """
    if base.optimizer_spec.closure:
        raise Invalid(f"A range test needs steps of a chosen size, and {base.optimizer_spec.title} searches for its own.",
                      "Choose another optimizer.")  # fmt: skip
    if ramp not in RAMPS:
        raise Invalid(f"ramp = {ramp!r} is not allowed: it must be exponential or linear.")
    begin, top = bounds(base, ramp)
    begin, top = begin if first is None else first, top if last is None else last
    if not begin < top:
        raise Invalid(f"A range test from {begin:g} to {top:g} is not allowed: it must climb.", "Choose a first rate below the last.")
    settings = {"schedule.ramp": ramp, "schedule.first": begin, "schedule.stop_factor": stop_factor, "optimizer.learning_rate": top}
    changes = {"patience": 0, "restore_best": False, "epochs": epochs or _epochs(base, ramp)}
    return base.with_(schedule="range_test", **settings, **changes)


def bounds(base: Experiment, ramp: str) -> tuple[float, float]:
    """Where a climb begins and ends unless somebody says otherwise: 1e-7 and 10, or in a straight line around the rate there is now."""
    if ramp == "exponential":
        return 1e-7, 10.0
    now = float(base.optimizer.settings["learning_rate"])  # type: ignore[arg-type]  # every optimizer has one
    return float(f"{now / 10:.2g}"), min(100.0, float(f"{now * 100:.2g}"))


def start(base: Experiment, *, owner: str = "", store: Store | None = None, **settings: float | str | int | None) -> str:
    """Starts a range test of `base`'s learning rate and returns its run's id; settings are those of `experiment`."""
    tested = experiment(base, **settings)  # type: ignore[arg-type]
    return service.start(tested, owner=owner, title="Range test", store=store)


def read_rate(name: str, text: str) -> float:
    """The rate that a person typed; `Invalid`."""
    try:
        return float(text)
    except ValueError:
        raise Invalid(f"The {name} rate {text!r} is not a number.", "Write it as 0.001 or 1e-3.") from None


def check_smoothing(weight: float) -> float:
    """The weight of the past in the running mean, or `Invalid`."""
    if not 0 <= weight < 1:
        raise Invalid(f"A smoothing of {weight:g} is not allowed: it must be from 0 (none) to below 1.")
    return weight


def curve(run: str, *, store: Store | None = None) -> Curve:
    """What the run has measured so far; `Refused` for a run that is no range test."""
    tested = service.experiment(run, store=store)
    if tested.schedule.name != "range_test":
        raise Refused(f"Run {run} is no range test: its schedule is {tested.schedule.name}.", "Start one with range-test.")
    losses = service.curves(run, "steps", store=store).get("loss", np.empty(0)).astype(float)
    epochs = service.curves(run, store=store)
    per_epoch = _steps_per_epoch(tested)
    rates = _rates(tested, tested.epochs * per_epoch, per_epoch)
    known = np.isfinite(losses)
    name = _metric(tested, epochs)
    values = epochs.get(name, np.empty(0)).astype(float)
    ends = np.arange(1, len(values) + 1) * per_epoch - 1
    return Curve(str(tested.schedule.settings["ramp"]), rates[: len(losses)][known], losses[known], name, rates[ends], values)


def trained_at(run: str, rate: float, *, store: Store | None = None) -> Experiment:
    """The experiment that a range test was made from, at this learning rate and with a constant schedule.

    Epochs, patience and weights to restore are the defaults again: the test had its own.
    """
    standard = Experiment()
    own = {"epochs": standard.epochs, "patience": standard.patience, "restore_best": standard.restore_best}
    return service.experiment(run, store=store).with_(schedule="constant", **{"optimizer.learning_rate": rate}, **own)


def _epochs(base: Experiment, ramp: str) -> int:
    return LINEAR_EPOCHS if ramp == "linear" else max(1, math.ceil(STEPS / _steps_per_epoch(base)))


def _steps_per_epoch(experiment: Experiment) -> int:
    rows, _ = forecast.rows(experiment)
    return math.ceil(rows / experiment.batch_size) if experiment.batch_size else 1


def _rates(experiment: Experiment, steps: int, per_epoch: int) -> np.ndarray:
    base = experiment.optimizer.settings["learning_rate"]
    return experiment.schedule_spec.rates(base, steps, per_epoch, **experiment.schedule.settings)


def _metric(experiment: Experiment, recorded: dict[str, np.ndarray]) -> str:
    """The first metric, on validation rows where there are any."""
    first = experiment.recorded_metrics[0]
    return next((name for name in (f"val_{first}", first) if name in recorded), "")
