"""Trains one run: epochs, chunks of steps, orders from outside, checkpoints, and the events that tell of it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import tensorflow as tf

from dlcore.engine import checkpoint
from dlcore.engine.ceiling import Ceiling
from dlcore.engine.changes import Changes
from dlcore.engine.feed import Feed, Slab
from dlcore.engine.pace import Due, Pace
from dlcore.engine.probe import Probe
from dlcore.engine.program import Program
from dlcore.engine.rates import Rates
from dlcore.engine.stopping import BEST, Best
from dlcore.engine.telling import Teller
from dlcore.engine.views import Viewer
from dlcore.errors import Diverged, LabError
from dlcore.experiment import Experiment

CHECKPOINT_SECONDS, CHECKPOINT_SHARE = 1.25, 0.08  # with a chunk and the way to the trainer two seconds of work at most, up to 100 MB
PROBE_SECONDS = 0.5  # with what the run costs; that alone, where nothing is monitored, half as often
KEPT = 10


class Desk(Protocol):
    """Where a session hands in what it has to say and looks for orders (engine/worker.py)."""

    def report(self, kind: str, body: Mapping[str, Any], data: bytes = b"", file: Callable[[], bytes] | None = None) -> None: ...
    def orders(self) -> Sequence[Mapping[str, Any]]: ...
    def is_filing(self) -> bool: ...


class Ended(Exception):  # not an error: leaves the loops
    """A stop or pause was ordered, or a range test has seen enough."""

    def __init__(self, kind: str) -> None:
        self.kind = kind


@dataclass
class Position:
    """Where the run is: full epochs done, steps done in this one, steps done in all."""

    epoch: int = 0
    step: int = 0
    total: int = 0


@dataclass
class Session:
    """One attempt at one run.

    program: set up or not, of the right key. feed: the rows. changes: what was changed while earlier attempts trained.
    viewer: looks at the net now and then, for the app.
    """

    experiment: Experiment
    program: Program
    feed: Feed
    desk: Desk
    changes: Changes
    viewer: Viewer | None = None
    at: Position = field(default_factory=Position)
    checkpoints: bool = True
    clock: Callable[[], float] = time.perf_counter

    def __post_init__(self) -> None:
        self.steps_per_epoch = self.feed.steps + bool(self.feed.rest)
        self.best = Best.of(self.experiment)
        self.ceiling = Ceiling.of(self.experiment)
        self.pace = Pace(self.clock)
        self.teller = Teller(self.desk, self.clock)
        self.probe = Probe(self.program, self.feed, self.experiment.monitors)
        self._checkpoint_due = Due(CHECKPOINT_SECONDS, CHECKPOINT_SHARE, self.clock)
        self._probe_due = Due(PROBE_SECONDS * (1 if self.experiment.monitors else 2), 0.005, self.clock)
        self._keep_due = Due(0.0, 0.005, self.clock)  # the short epochs of a fast run are not all worth a branch point
        self._results: dict[str, float] = {}
        self._epoch_began = self.clock()

    # Beginning.
    def begin(self, saved: bytes | None = None) -> None:
        """Initial weights, or those of a checkpoint: the run goes on from there bitwise."""
        self.program.begin(self.experiment)
        if saved is not None:
            arrays, note = checkpoint.unpack(saved)
            self.program.load(arrays)
            self.at = Position(**note["at"])
            self.best.restore(note["best"], arrays)
            self.ceiling.restore(note.get("ceiling", self.ceiling.note()))
        self.experiment = self.changes.until(self.experiment, self.at.total)
        self.program.turn(self.experiment)
        self.rates = Rates(self.experiment, self.steps_per_epoch, self.feed.slab_steps)

    # Training.
    def run(self) -> None:
        """Trains to the end, or until told otherwise; the last event says how it ended. Raises `Diverged`."""
        try:
            while self.at.epoch < self.experiment.epochs and not self.best.has_waited(self.experiment.patience):
                self._epoch()
            if self.experiment.restore_best and self.best.weights:
                self.program.load(self.best.weights)
            self._end("done", {"metrics": self._final_metrics()}, "best" if self.experiment.restore_best else "last")
        except Ended as ended:
            self.teller.flush()
            if ended.kind == "done":
                self._end("done", {"metrics": self._final_metrics()}, "last")
            elif ended.kind == "paused":
                self._save("latest")
                self._show()
                self.desk.report("paused", {"step": self.at.total, "epoch": self.at.epoch})
            else:
                if self.best.weights:
                    self.program.load(self.best.weights)
                self._end("stopped", {"step": self.at.total, "epoch": self.at.epoch}, "best" if self.best.weights else "last")

    def _epoch(self) -> None:
        order = self.order(self.at.epoch)
        self._epoch_began = self.clock()
        for slab in self.feed.slabs(order, self.at.step):
            while self.at.step < slab.first + slab.steps:
                self._chunk(slab)
        if self.at.step < self.steps_per_epoch:
            self._tail(order)
        self._close_epoch()

    def order(self, epoch: int) -> np.ndarray:
        """The order of rows in an epoch (from 0), shape (rows,): the law that exported scripts follow."""
        return np.random.default_rng([self.experiment.seed, epoch]).permutation(self.feed.rows)

    def _chunk(self, slab: Slab) -> None:
        first, began = self.at.step - slab.first, self.at.total
        count = min(self.pace.of(slab.steps - first), self.changes.steps_until_next(self.at.total))
        self.pace.begin()
        with self._compiling("steps"):
            rates = self.rates.of_slab(self.at.epoch, slab)
            losses = self.program.steps(slab.x, slab.y, slab.order, rates, tf.constant(first), tf.constant(count)).numpy()
            losses = losses[first : first + count]
        self.pace.end(count)
        self._advance(count)
        self._told(losses, began)
        self._look_up()

    def _tail(self, order: np.ndarray) -> None:
        x, y, rows = self.feed.tail(order)
        began = self.at.total
        with self._compiling("tail"):
            loss = self.program.tail(x, y, rows, tf.constant(self.rates.of_epoch(self.at.epoch)[-1]))
        self._advance(1)
        self._told(loss.numpy()[np.newaxis], began)

    @contextmanager
    def _compiling(self, function: str) -> Iterator[None]:
        """The first call of a function compiles it, which takes many times what the call does: it does not count as training."""
        began = self.clock()
        with self.program.naming(function):
            yield
        if function not in self.program.compiled:
            self.program.compiled.add(function)
            self._epoch_began += (spent := self.clock() - began)
            for due in (self._checkpoint_due, self._probe_due):
                due.postpone(spent)

    def _advance(self, steps: int) -> None:
        self.at.step += steps
        self.at.total += steps

    def _told(self, losses: np.ndarray, first: int) -> None:
        if (told := self.ceiling.reached(losses)) is not None:
            self.teller.steps(first, losses[:told])
            raise Ended("done")
        if not np.isfinite(losses).all():
            bad = int(np.argmin(np.isfinite(losses)))
            self.teller.steps(first, losses[:bad])
            self.teller.flush()
            self._diverged(first + bad, float(losses[bad]))
        self.teller.steps(first, losses)

    def _diverged(self, step: int, loss: float) -> None:
        rate = self.rates.of_epoch(self.at.epoch)[min(self.at.step, self.steps_per_epoch) - 1]
        what = "NaN (not a number)" if math.isnan(loss) else "infinite"
        raise Diverged(
            f"The loss became {what} at step {step}, in epoch {self.at.epoch + 1}, with learning rate {rate:g}.",
            "Lower the learning rate, or clip the gradients at 1.",
        )

    def _close_epoch(self) -> None:
        results = self.program.results()
        trained = self.clock() - self._epoch_began
        if self.feed.validation_rows:
            with self._compiling("evaluate"):
                for x, y in self.feed.validation():
                    self.program.evaluate(x, y)
            results |= {f"val_{name}": value for name, value in self.program.results().items()}
        self._results = results
        self.at.epoch, self.at.step = self.at.epoch + 1, 0
        if self.best.improves(self.at.epoch, results):
            self.best.weights = self.program.weights()
        timing = {
            "learning_rate": self.rates.at(self.at.total - 1),
            "seconds": self.clock() - self._epoch_began,
            "examples_per_second": self.feed.rows / max(trained, 1e-9),
        }
        self.teller.epoch(self.at.epoch, results | timing)
        if self.checkpoints and self.at.epoch % max(1, self.experiment.epochs // KEPT) == 0 and self.at.epoch < self.experiment.epochs:
            self._keep_when_due()
        if self.viewer and self.at.epoch < self.experiment.epochs and self.viewer.is_due(self.desk):  # the last one is shown at the end
            self._show()
        self._look_up()

    # Looking up: orders, probes, checkpoints.
    def _look_up(self) -> None:
        self.teller.flush_when_due()
        for change in self.changes.due(self.at.total):
            self._apply(change.field, change.value)
        for order in self.desk.orders():
            if order["order"] == "change":
                self._change(order["field"], order["value"])
            else:
                raise Ended({"stop": "stopped", "pause": "paused"}[order["order"]])
        if self._probe_due.now():
            is_compiled = self.probe.is_compiled
            self.teller.probe(self.at.total, self.probe.measure(self.rates.at(self.at.total)))
            self._probe_due.done(free=not is_compiled)
        if self.checkpoints and not self.desk.is_filing() and self._checkpoint_due.now():
            self._save("latest")
            self._checkpoint_due.done()

    def _change(self, name: str, value: Any) -> None:
        self.teller.flush()
        before = self.experiment
        try:
            self._apply(name, value)
        except LabError as refusal:
            self._apply_experiment(before)
            self.desk.report("log", {"text": f"{name} was not changed: {refusal} {refusal.hint}".strip()})
            return
        self.changes.add(name, value, self.at.total)
        self.desk.report("changed", {"field": name, "value": value, "step": self.at.total, "epoch": self.at.epoch})

    def _apply(self, name: str, value: Any) -> None:
        self._apply_experiment(self.experiment.with_(**{name: tuple(value) if isinstance(value, list) else value}))

    def _apply_experiment(self, experiment: Experiment) -> None:
        self.experiment = experiment
        self.program.turn(self.experiment)
        self.rates = Rates(self.experiment, self.steps_per_epoch, self.feed.slab_steps)

    def _show(self, epoch: int | None = None) -> None:
        """Hands in what the net looks like; epoch: that of its weights, where it is not the newest."""
        if self.viewer:
            self.teller.flush()  # first: what is drawn of an epoch must not keep its numbers waiting
            self.viewer.show(self.desk, self.at.epoch if epoch is None else epoch, self.at.total)

    # Saving.
    def _note(self) -> dict[str, Any]:
        return {
            "at": vars(self.at).copy(),
            "best": self.best.note(),
            "ceiling": self.ceiling.note(),
            "experiment": self.experiment.to_json(),
            "results": self._results,
        }

    def _save(self, role: str, weights: str = "last", metrics: bool = True) -> None:
        self.teller.flush()  # first: a run that goes on from a checkpoint newer than its log would lack what lies between
        arrays = self.program.state(metrics)
        note = self._note() | {"weights": weights}
        if self.best.weights and (weights == "best" or (self.best.epoch, 0) == (self.at.epoch, self.at.step)):
            note["best"]["is_here"] = True  # the model's own arrays are the best ones
        else:
            arrays |= {f"{BEST}{path}": array for path, array in self.best.weights.items()}
        body = {"role": role, "epoch": self.at.epoch, "step": self.at.total, "weights": weights, "results": self._results}
        due = self._keep_due if role == "kept" else self._checkpoint_due
        self.desk.report("checkpoint", body, file=due.charged(lambda: checkpoint.pack(arrays, note)))

    def _keep_when_due(self) -> None:
        if self._keep_due.now():
            self._save("kept")
            self._keep_due.done()

    def _end(self, kind: str, body: Mapping[str, Any], weights: str) -> None:
        self.teller.flush()
        if self.checkpoints:
            self._save("final", weights, metrics=False)
        self._show(self.best.epoch if weights == "best" else self.at.epoch)
        self.desk.report(kind, body)

    def _final_metrics(self) -> dict[str, float]:
        """The results of the weights that the run ends with, as they were after their epoch."""
        best = {"best_epoch": float(self.best.epoch), f"best_{self.best.metric}": self.best.value} if self.best.epoch else {}
        return {**self._results, **best}
