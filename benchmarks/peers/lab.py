"""The lab's own engine, through the code that a worker runs: `perform_run` in one thread, `exchange` asked ten times a second by another.

"lab": as every run trains, with its default monitors, live metrics and checkpoints. "lab unwatched": the same without live metrics, that
is no monitors, whole epochs in one call, nothing told until the end. Only the priority differs from a real worker's: that of the peers.
"""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any
from unittest import mock

from benchmarks.families import LEARNING_RATE, Family
from dlcore import registry
from dlcore.engine import worker
from dlcore.experiment import Experiment, Part
from dlcore.run import Event
from dlcore.specs import Dataset, Shape

PEERS = ("lab", "lab unwatched")
ASKED_EVERY = 0.1
MODELS: dict[str, Callable[[Family], Part]] = {
    "mlp": lambda family: Part("mlp", {"layers": family.units, "dropout": (family.dropout,) * len(family.units)}),
    "cnn": lambda family: Part("cnn", {"filters": family.units, "dense": ()}),
    "all_cnn": lambda family: Part("all_cnn", {"filters": family.units}),
    "resnet": lambda family: Part("resnet", {"filters": family.units}),
    "lstm": lambda family: Part("rnn", {"cell": "lstm", "units": family.units}),
    "gru": lambda family: Part("rnn", {"cell": "gru", "units": family.units}),
    "leaky": lambda family: Part("leaky_rnn", {"units": family.units}),
    "skip": lambda family: Part("skip_rnn", {"units": family.units}),
    "clockwork": lambda family: Part("clockwork_rnn", {"units": family.units}),
    "tree": lambda family: Part("tree", {"units": family.units[0]}),
    "letters": lambda family: Part("generator", {"units": family.units}),
}
_runs = itertools.count()


def prepare(peer: str, family: Family) -> Callable[[int], float]:
    worker.NICENESS = os.nice(0)
    worker.prepare("wide", os.cpu_count() or 1)
    register(family)
    watched = peer == "lab"
    return lambda epochs: seconds_of(train(experiment(family, epochs, watched), watched))


def seconds_of(events: list[Event]) -> float:
    """Seconds from the moment the run was set up (`second_run` measures the time until then) to its end, last checkpoint included."""
    began = next(event.time for event in events if event.kind == "program")
    return events[-1].time - began


def register(family: Family) -> None:
    """Put the family's data into the room of data sets, for this process."""
    kind = {1: "vector", 2: "sequence", 3: "image"}[len(family.input)]
    shape = Shape(
        kind, family.input, "classes", family.classes, family.rows,  # type: ignore[arg-type]
        tokens=family.tokens, per_step=family.per_step, operators=3 if family.kind == "tree" else 0,
    )  # fmt: skip

    def load(**_: Any) -> dict[str, Any]:
        x, y = family.arrays()
        return {"x": x, "y": y}

    name = f"benchmark_{family.name}"
    spec = Dataset(name, family.title, "Synthetic.", (), lambda settings: shape, load, scaling="none")
    registry.built_in("datasets")[name] = spec


def experiment(family: Family, epochs: int, watched: bool = True, rate: float = LEARNING_RATE) -> Experiment:
    trained = Experiment(
        dataset=Part(f"benchmark_{family.name}"), model=MODELS[family.kind](family),
        optimizer=Part("adam", {"learning_rate": rate}), batch_size=family.batch, epochs=epochs,
        validation=0.0, test=0.0, stop_on="loss",
    )  # fmt: skip
    return trained if watched else trained.with_(monitors=())


def train(experiment: Experiment, watched: bool = True) -> list[Event]:
    """One run from beginning to end; returns all it told. Raises `RuntimeError` when it fails."""
    with ExitStack() as stack:
        if not watched:
            stack.enter_context(mock.patch("dlcore.engine.pace.CHUNK_SECONDS", 1e6))
            stack.enter_context(mock.patch("dlcore.engine.telling.FLUSH_SECONDS", 1e6))
        asked = _assignment(experiment)
        task = threading.Thread(target=worker.perform_run, args=(asked,))
        task.start()
        events = _listen(asked["run"], task, watched)
        task.join()
    if events[-1].kind != "done":
        raise RuntimeError(events[-1].body.get("trace") or events[-1].body)
    return events


def _assignment(experiment: Experiment) -> dict[str, Any]:
    key = f"benchmark-{next(_runs)}"
    return {"run": key, "attempt": 1, "experiment": experiment.to_json(), "worker_class": "wide", "resume": None, "changes": []}


def _listen(key: str, task: threading.Thread, watched: bool) -> list[Event]:
    """What the trainer does: take events, acknowledge them, until there are no more. Unwatched, it waits for the end first."""
    events: list[Event] = []
    while True:
        task.join(ASKED_EVERY if watched else None)
        answer = worker.exchange({"key": key, "attempt": 1, "acknowledged": events[-1].seq if events else 0, "orders": []})
        events += answer["events"]
        if answer["ended"]:
            return events


def second_run(family: Family) -> float:
    """Seconds from asking a warm worker for a run that differs in its learning rate from one before, to the end of its first step.

    What the first step is made of: `Pace` begins with a few steps in one call. The run is given up then. Median of seven.
    """
    from dlcore.engine.mailbox import Abandoned
    from dlcore.engine.pace import Pace

    ends: list[float] = []

    def record(pace: Pace, steps: int) -> None:
        ends.append(time.perf_counter())
        raise Abandoned

    took = []
    with mock.patch.object(Pace, "end", record):
        for number in range(1, 8):
            asked = _assignment(experiment(family, 1, rate=LEARNING_RATE / (1 + number)))
            began = time.perf_counter()
            worker.perform_run(asked)
            took.append(ends[-1] - began)
            worker.exchange({"key": asked["run"], "attempt": 1, "acknowledged": 2**31, "orders": []})
    return sorted(took)[len(took) // 2]
