"""The trainer and its workers are killed and frozen; nothing that was recorded is lost, and runs go on by themselves.

With the fake engine (tests/fake_worker.py), whose training is repeatable to the bit, on the trainer's own workers and on a scheduler with
workers that were started by hand. The same with Keras: test_engine_faults.py.
"""

from __future__ import annotations

import os
import random
import signal

import numpy as np
import pytest

from dlcore.experiment import Experiment
from dlcore.run import State
from dlcore.store import Store
from tests import fake_worker
from tests.lab import Trainer, finished, processes_of, wait_for

pytestmark = pytest.mark.faults

EPOCHS = 40


def outcome(store: Store, run: str) -> tuple[bytes, bytes]:
    """All losses and the final weights, as bytes."""
    final = store.files(run, "final")[-1]
    return store.curve(run, "loss", "steps").tobytes(), store.get_file(final.id)


def recorded(store: Store, run: str) -> np.ndarray:
    return store.curves(run).get("loss", np.zeros(0, "f4"))


@pytest.fixture(params=["own workers", "hand-started workers"])
def trainer(trainer: Trainer, request: pytest.FixtureRequest) -> Trainer:
    if request.param == "hand-started workers":
        trainer.environment.update(request.getfixturevalue("hand_started").environment)
    return trainer


def reach(store: Store, run: str, step: int) -> None:
    wait_for(lambda: (now := store.run(run)).step >= step or now.state.is_finished, f"step {step}")


@pytest.fixture(scope="module")
def undisturbed() -> tuple[bytes, bytes]:
    """What a run of EPOCHS epochs comes to when nobody disturbs it."""
    return fake_worker.undisturbed(Experiment(epochs=EPOCHS))


def test_worker_killed_at_random_moments_loses_nothing(store: Store, trainer: Trainer, undisturbed: tuple[bytes, bytes]) -> None:
    trainer.start()
    chance = random.Random(1)
    run, killed = store.submit(Experiment(epochs=EPOCHS)), 0
    for _ in range(5):
        worker = trainer.busy_on(store, run, but=killed)
        reach(store, run, store.run(run).step + chance.randint(1, 30))
        before, killed = recorded(store, run), worker["pid"]
        os.kill(killed, signal.SIGKILL)
        assert recorded(store, run)[: len(before)].tobytes() == before.tobytes()
    after = finished(store, run)
    assert (after.state, after.exact) == (State.DONE, True)
    assert after.attempt > 1
    assert outcome(store, run) == undisturbed


def test_daemon_killed_at_random_moments_leaves_no_process_and_the_next_one_goes_on(
    store: Store, trainer: Trainer, undisturbed: tuple[bytes, bytes]
) -> None:
    trainer.start()
    chance = random.Random(2)
    run = store.submit(Experiment(epochs=EPOCHS))
    for _ in range(4):
        reach(store, run, store.run(run).step + chance.randint(0, 40))
        before = recorded(store, run)
        trainer.kill()
        wait_for(lambda: not processes_of(trainer.home), "the workers to be gone with the daemon", 10)
        assert recorded(store, run)[: len(before)].tobytes() == before.tobytes()
        trainer.start()
    assert finished(store, run).state is State.DONE
    assert outcome(store, run) == undisturbed


def test_daemon_and_worker_killed_at_once(store: Store, trainer: Trainer, undisturbed: tuple[bytes, bytes]) -> None:
    trainer.start()
    run = store.submit(Experiment(epochs=EPOCHS))
    worker = trainer.busy_on(store, run)
    os.kill(trainer.process.pid, signal.SIGKILL)
    os.kill(worker["pid"], signal.SIGKILL)
    trainer.process.wait()
    wait_for(lambda: not processes_of(trainer.home), "everything to be gone", 10)
    trainer.start()
    assert finished(store, run).state is State.DONE
    assert outcome(store, run) == undisturbed


def test_frozen_worker_is_replaced_and_cannot_write_any_more(store: Store, trainer: Trainer, undisturbed: tuple[bytes, bytes]) -> None:
    trainer.start()
    run = store.submit(Experiment(epochs=EPOCHS))
    worker = trainer.busy_on(store, run)
    reach(store, run, 10)
    os.kill(worker["pid"], signal.SIGSTOP)
    wait_for(lambda: store.run(run).attempt == 2, "a second attempt")
    try:
        os.kill(worker["pid"], signal.SIGCONT)
    except ProcessLookupError:  # ended by the trainer already
        pass
    assert finished(store, run).state is State.DONE
    assert outcome(store, run) == undisturbed
    causes = [event.body["cause"] for _, event in store.events(run, kinds=["requeued"])]
    assert causes == ["The worker did not answer for 3 seconds."]


def test_checkpoint_cut_in_half_is_passed_over_for_an_older_one(store: Store, trainer: Trainer, undisturbed: tuple[bytes, bytes]) -> None:
    trainer.start()
    run = store.submit(Experiment(epochs=EPOCHS))
    wait_for(lambda: (kept := store.files(run, "kept")) and store.files(run, "latest")[-1].step > kept[-1].step + 2, "two checkpoints")
    trainer.kill()
    newest = store.path_of(store.files(run, "latest")[-1].id)
    newest.write_bytes(newest.read_bytes()[: newest.stat().st_size // 2])
    trainer.start()
    assert finished(store, run).state is State.DONE
    assert outcome(store, run) == undisturbed
    started = [event.body["step"] for _, event in store.events(run, kinds=["started"])]
    assert started[1] > 0
    assert any("passed over" in event.body["text"] for _, event in store.events(run, kinds=["log"]))


def test_daemon_told_to_leave_puts_its_runs_back_with_a_last_checkpoint(
    store: Store, trainer: Trainer, undisturbed: tuple[bytes, bytes]
) -> None:
    trainer.start()
    run = store.submit(Experiment(epochs=EPOCHS))
    reach(store, run, 15)
    assert trainer.stop() == 0
    now = store.run(run)
    assert now.state is State.QUEUED
    assert store.files(run, "latest")[-1].step == now.step
    trainer.start()
    assert finished(store, run).state is State.DONE
    assert outcome(store, run) == undisturbed
