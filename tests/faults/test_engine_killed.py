"""Kills with Keras: recomputed epochs are bitwise the recorded ones, and final weights those of an undisturbed run."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from dlcore.engine import checkpoint
from dlcore.experiment import Experiment
from dlcore.run import State
from dlcore.store import Store
from tests.lab import HandStarted, Trainer, finished, processes_of, wait_for

pytestmark = [pytest.mark.faults, pytest.mark.keras, pytest.mark.timeout(600)]

EXPERIMENT = Experiment(epochs=200).with_(layers=(32,), dropout=0.2)
CLOCKS = ("seconds", "examples_per_second")


@pytest.fixture
def trainer(trainer: Trainer) -> Trainer:
    trainer.environment.update(DLCORE_WORKER_MODULE="dlcore.engine.worker", DLCORE_SILENCE="10", DLCORE_LEASE="20")
    return trainer


@pytest.fixture(params=["own workers", "hand-started workers"])
def either(trainer: Trainer, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Trainer]:
    """The trainer with workers of its own, and with a scheduler and workers started as another machine would."""
    if request.param == "own workers":
        yield trainer
        return
    machines = HandStarted(tmp_path, lease=20)
    try:
        trainer.environment.update(machines.start().environment)
        yield trainer
    finally:
        machines.end()


def reach(store: Store, run: str, step: int) -> None:
    wait_for(lambda: (now := store.run(run)).step >= step or now.state.is_finished, f"step {step}")


def outcome(store: Store, run: str) -> tuple[dict[str, bytes], bytes, dict[str, bytes]]:
    """Epochs (but for their clocks), step losses and final weights."""
    epochs = {name: curve.tobytes() for name, curve in store.curves(run).items() if name not in CLOCKS}
    arrays, _ = checkpoint.unpack(store.get_file(store.files(run, "final")[-1].id))
    return epochs, store.curve(run, "loss", "steps").tobytes(), {path: array.tobytes() for path, array in arrays.items()}


def test_killed_run_ends_bitwise_as_an_undisturbed_one(store: Store, either: Trainer) -> None:
    trainer, chance = either, random.Random(3)
    trainer.start()
    whole, run = store.submit(EXPERIMENT), store.submit(EXPERIMENT)
    assert finished(store, whole).state is State.DONE
    killed = 0
    for _ in range(2):
        reach(store, run, store.run(run).step + chance.randint(50, 2000))
        killed = trainer.busy_on(store, run, but=killed)["pid"]
        before = store.history(run)
        os.kill(killed, signal.SIGKILL)
        assert [row["loss"] for row in store.history(run)][: len(before)] == [row["loss"] for row in before]
    reach(store, run, store.run(run).step + chance.randint(50, 2000))
    trainer.kill()
    wait_for(lambda: not processes_of(trainer.home), "the workers to be gone with the daemon", 10)
    trainer.start()
    after = finished(store, run)
    assert (after.state, after.exact) == (State.DONE, True)
    assert after.attempt >= 3
    assert outcome(store, run) == outcome(store, whole)


def test_frozen_worker_of_lower_priority_with_keras_is_replaced(store: Store, trainer: Trainer) -> None:
    trainer.start(DLCORE_SILENCE="3")
    run = store.submit(EXPERIMENT)
    reach(store, run, 100)
    worker = trainer.busy_on(store, run)
    assert os.getpriority(os.PRIO_PROCESS, worker["pid"]) > os.getpriority(os.PRIO_PROCESS, trainer.process.pid)  # the app comes first
    os.kill(worker["pid"], signal.SIGSTOP)
    wait_for(lambda: store.run(run).attempt == 2, "a second attempt")
    assert finished(store, run).state is State.DONE
    assert store.run(run).exact
