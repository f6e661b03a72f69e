"""Follows a run to its end and writes what happens: one line per epoch, for people or as JSON lines."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from typing import Any

from dlcore import service
from dlcore.cli import FAILED, INTERRUPTED, output
from dlcore.run import Event, Run, State, epoch_rows

UNTIMED = ("seconds", "examples_per_second")
"""Columns of an epoch that people read as speed and time left, not as metrics."""


def follow(run: str, as_json: bool) -> int:
    """Writes the run's epochs until it ends, and returns the exit status.

    A lost worker or trainer is waited for. The first Ctrl-C asks the trainer to stop the run, which keeps its weights; the second
    leaves at once.
    """
    writer = (JsonLines if as_json else Lines)(run)
    try:
        _write(writer, run)
        return _end(writer, service.run(run))
    except KeyboardInterrupt:
        return _interrupted(writer, run)


def _write(writer: Any, run: str) -> None:
    for _, event in service.follow(run):
        writer.event(event)


def _interrupted(writer: Any, run: str) -> int:
    print("Stopping the run; its weights are kept. Ctrl-C again leaves at once.", file=sys.stderr)
    try:
        if not service.run(run).state.is_finished:
            service.stop(run)
        _write(writer, run)
    except KeyboardInterrupt:
        print(f"The trainer goes on stopping run {run}.", file=sys.stderr)
        return INTERRUPTED
    _end(writer, service.run(run))
    print(f"To go on: python -m dlcore retry {run}", file=sys.stderr)
    return INTERRUPTED


def _end(writer: Any, run: Run) -> int:
    """The last line, by how the run ended."""
    writer.end(run)
    if run.state is not State.FAILED:
        return 0
    print(f"Run {run.id} failed: {run.cause} {run.hint}".strip(), file=sys.stderr)
    return FAILED


def final_metrics(run: Run) -> dict[str, Any]:
    """The run's metrics as one flat object; of a run that did not finish, those of its last epoch."""
    if run.metrics:
        return dict(run.metrics)
    history = service.history(run.id)
    return {name: value for name, value in history[-1].items() if name not in ("epoch", *UNTIMED)} if history else {}


class JsonLines:
    """One JSON object per line: submitted, started, epoch, changed, requeued, inexact, paused; last done, stopped or failed."""

    TOLD = {
        "progress": ("fraction", "text"), "started": ("worker_class", "step"), "requeued": ("cause",),
        "changed": ("field", "value", "step", "epoch"),
        "inexact": ("epoch", "metric", "was", "now"), "paused": ("step",), "resumed": (), "retried": (),
    }  # fmt: skip

    def __init__(self, run: str) -> None:
        self.run, self.epoch = run, 0

    def event(self, event: Event) -> None:
        if event.kind == "epochs":
            for row in epoch_rows(event):
                if row["epoch"] > self.epoch:  # a resumed attempt tells again what it computed again
                    self.epoch = row["epoch"]
                    output.say({"event": "epoch", "run": self.run, **row})
        elif event.kind in self.TOLD:
            told = {name: event.body[name] for name in self.TOLD[event.kind] if name in event.body}
            output.say({"event": event.kind, "run": self.run, "attempt": event.attempt, **told})

    def end(self, run: Run) -> None:
        body: dict[str, Any] = {"event": str(run.state), "run": run.id}
        if run.state is State.FAILED:
            body |= {"cause": run.cause, "hint": run.hint}
        output.say(body | {"metrics": final_metrics(run)})


class Lines:
    """One aligned line per epoch: number, loss and metrics, speed, time left."""

    def __init__(self, run: str) -> None:
        self.run, self.epoch = run, 0
        self.epochs = service.run(run).epochs
        self.began = time.monotonic()
        self.begun_at = 0

    def event(self, event: Event) -> None:
        if event.kind == "epochs":
            for row in epoch_rows(event):
                if row["epoch"] > self.epoch:
                    self._epoch(row)
        elif event.kind == "started":
            self.began, self.begun_at = time.monotonic(), self.epoch
            print(f"Training on the {event.body.get('worker_class', '')} worker.", file=sys.stderr)
        elif event.kind == "progress":
            print(event.body["text"], file=sys.stderr)
        elif event.kind == "requeued":
            print(f"{event.body['cause']} The run goes on from its last checkpoint.", file=sys.stderr)
        elif event.kind == "changed":
            print(f"{event.body['field']} is now {event.body['value']}, from step {event.body.get('step', '?')}.")
        elif event.kind == "paused":
            print(f"Paused. To go on: python -m dlcore resume {self.run}", file=sys.stderr)

    def _epoch(self, row: Mapping[str, Any]) -> None:
        self.epoch = row["epoch"]
        digits = len(str(self.epochs))
        parts = [f"epoch {self.epoch:{digits}}/{self.epochs}"]
        parts += [f"{name} {_figure(name, value)}" for name, value in row.items() if name not in ("epoch", *UNTIMED)]
        if "examples_per_second" in row:
            parts.append(f"{row['examples_per_second']:>9,.0f} examples/s")
        print("  ".join([*parts, f"{self._left(row):>7} left"]), flush=True)

    def _left(self, row: Mapping[str, Any]) -> str:
        """Time left, from the seconds that the last epoch took, else from the clock."""
        each = row.get("seconds") or (time.monotonic() - self.began) / max(1, self.epoch - self.begun_at)
        return output.duration(each * (self.epochs - self.epoch))

    def end(self, run: Run) -> None:
        words = "  ".join(f"{name} {_figure(name, value).strip()}" for name, value in final_metrics(run).items())
        if run.state is not State.FAILED:
            print(f"Run {run.id} {'is done' if run.state is State.DONE else 'was stopped'}. {words}".rstrip())


def _figure(name: str, value: float) -> str:
    if name == "best_epoch":
        return f"{value:.0f}"
    return f"{value:.2e}" if name == "learning_rate" else f"{value:8.4f}" if abs(value) < 1000 else f"{value:8.3g}"
