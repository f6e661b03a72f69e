"""Workers that crash, hunger, go deaf or break: the run ends with a sentence, the trainer lives (fake engine)."""

from __future__ import annotations

import os
import signal

import pytest

from dlcore.experiment import Experiment
from dlcore.run import State
from dlcore.store import Store
from dlcore.trainer import memory
from tests.lab import Trainer, finished, processes_of, wait_for

pytestmark = pytest.mark.faults


def pids(trainer: Trainer, store: Store) -> list[int]:
    return [worker["pid"] for worker in trainer.workers(store)]


def test_worker_that_crashes_again_and_again_fails_the_run_with_a_sentence(store: Store, trainer: Trainer) -> None:
    trainer.start(FAKE_FAULT="abort", FAKE_EPOCH_SECONDS="0.01")
    run = finished(store, store.submit(Experiment(epochs=5)))
    assert run.state is State.FAILED
    assert 3 <= run.attempt < 10  # how much of an attempt was still heard varies a little
    assert "3 attempts in a row got no further" in run.cause


def test_run_that_outgrows_a_workers_memory_fails_at_once_with_the_forecast(store: Store, trainer: Trainer) -> None:
    trainer.start(FAKE_FAULT="hungry", DLCORE_WORKER_MEMORY="300MB")
    run = finished(store, store.submit(Experiment(epochs=100)))
    assert (run.state, run.attempt) == (State.FAILED, 1)
    assert "ran out of memory" in run.cause
    assert "300 MB" in run.cause
    assert "The forecast was" in run.cause
    assert run.hint


def test_lack_of_memory_that_the_worker_reports_fails_at_once_with_the_forecast(store: Store, trainer: Trainer) -> None:
    trainer.start(FAKE_FAULT="memory")
    run = finished(store, store.submit(Experiment(epochs=100)))
    assert (run.state, run.attempt) == (State.FAILED, 1)
    assert "The forecast was" in run.cause


def test_worker_that_has_grown_past_its_memory_is_replaced_between_runs(store: Store, trainer: Trainer) -> None:
    trainer.start(DLCORE_WORKER_MEMORY="300MB")
    job = store.submit_job("leak", {"bytes": 400_000_000})
    wait_for(lambda: store.job(job).state == "done", "the job")
    first = wait_for(lambda: pids(trainer, store), "the worker")[0]
    wait_for(lambda: first not in pids(trainer, store), "the worker to be replaced")
    assert finished(store, store.submit(Experiment(epochs=1))).state is State.DONE


@pytest.mark.parametrize("kind", ["interactive", "seeds"])
def test_worker_that_has_compiled_too_much_is_replaced_between_runs(store: Store, trainer: Trainer, kind: str) -> None:
    trainer.start(FAKE_FAULT="worn", FAKE_EPOCH_SECONDS="0.05", DLCORE_NARROW="1")
    wait_for(lambda: len(pids(trainer, store)) == 2, "both workers")
    first = {worker["class"]: worker["pid"] for worker in trainer.workers(store)}
    runs = [store.submit(Experiment(epochs=4, seed=number), kind=kind) for number in range(7)]
    ended = [finished(store, run) for run in runs]
    assert [(run.state, run.attempt) for run in ended] == [(State.DONE, 1)] * 7  # none was broken off
    assert not [event for run in runs for _, event in store.events(run, kinds=["requeued"])]
    worn = first["narrow" if kind == "seeds" else "wide"]
    wait_for(lambda: worn not in pids(trainer, store), "the worker to be replaced")


def test_stop_that_is_not_heeded_ends_the_worker_and_the_run(store: Store, trainer: Trainer) -> None:
    trainer.start(FAKE_FAULT="deaf")
    run = store.submit(Experiment(epochs=10_000))
    worker = trainer.busy_on(store, run)
    store.command(run, "stop")
    assert finished(store, run).state is State.STOPPED
    wait_for(lambda: worker["pid"] not in pids(trainer, store), "the deaf worker to be gone")


def test_error_in_the_engines_own_talk_fails_the_run_and_not_the_trainer(store: Store, trainer: Trainer) -> None:
    trainer.start(FAKE_FAULT="error")
    run = finished(store, store.submit(Experiment(epochs=10)))
    assert (run.state, run.attempt) == (State.FAILED, 1)
    assert "exchange broke" in run.cause
    assert trainer.process.poll() is None


def test_two_daemons_started_at_once_leave_one(store: Store, trainer: Trainer) -> None:
    trainer.start()
    trainer.start()
    first, second = trainer.processes
    wait_for(lambda: first.poll() is not None or second.poll() is not None, "one of them to leave")
    left, stays = (first, second) if first.poll() is not None else (second, first)
    assert left.returncode == 0
    assert "Traceback" not in trainer.log
    run = store.submit(Experiment(epochs=1))
    assert finished(store, run).state is State.DONE
    assert stays.poll() is None


def test_daemon_killed_takes_a_frozen_worker_along(store: Store, trainer: Trainer) -> None:
    trainer.start()
    run = store.submit(Experiment(epochs=1000))
    worker = trainer.busy_on(store, run)
    os.kill(worker["pid"], signal.SIGSTOP)
    trainer.kill()
    wait_for(lambda: not processes_of(trainer.home), "the frozen worker to be gone", 10)


def test_kernels_kill_for_want_of_memory_is_counted() -> None:
    assert memory.kills() >= 0
    assert memory.resident(os.getpid()) > 1_000_000
    assert memory.resident(2**22 + 1) == 0


def test_trainer_listens_on_this_machine_only_and_keeps_its_keys_to_itself(store: Store, trainer: Trainer) -> None:
    trainer.start()
    finished(store, store.submit(Experiment(epochs=1)))
    listening = [address for pid in processes_of(trainer.home) for address in listening_of(pid)]
    assert listening
    assert set(listening) == {"0100007F"}  # 127.0.0.1


def listening_of(pid: int) -> list[str]:
    """Addresses (hexadecimal) on which a process accepts connections."""
    sockets = set()
    for file in os.listdir(f"/proc/{pid}/fd"):
        try:
            target = os.readlink(f"/proc/{pid}/fd/{file}")
        except OSError:
            continue
        if target.startswith("socket:["):
            sockets.add(target[8:-1])
    found = []
    for table in ("tcp", "tcp6"):
        with open(f"/proc/{pid}/net/{table}") as lines:
            rows = [line.split() for line in lines][1:]
        found += [row[1].split(":")[0] for row in rows if row[3] == "0A" and row[9] in sockets]
    return found
