"""Searches under `kill -9`: they go on with the same oracle state, and find what an undisturbed search of the same seed finds.

With the fake engine (tests/fake_worker.py), whose training is repeatable to the bit, and keras-tuner's real oracles.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
from typing import Any

import pytest

from dlcore.experiment import Experiment
from dlcore.run import State
from dlcore.store import Store, searches
from dlcore.studies.search import Search, Trial
from dlcore.studies.space import Space
from tests.lab import Trainer, processes_of, wait_for

pytestmark = pytest.mark.faults

SPACE = {"learning_rate": {"low": 1e-4, "high": 0.1, "log": True}, "batch_size": [8, 16, 32, 64]}
ONE = {"learning_rate": {"low": 1e-4, "high": 0.1, "log": True}}  # a Gaussian process is slow: three trials are drawn at random first


def search(oracle: str, parallel: int, **more: Any) -> Search:
    space = Space.of(ONE if oracle == "bayesian" else SPACE)
    epochs, trials = (9, 0) if oracle == "hyperband" else (6, 6 if oracle == "bayesian" else 12)
    settings = {"objective": "loss", "trials": trials, "parallel": parallel, "seed": 3} | more
    return Search(Experiment(epochs=epochs), space, oracle=oracle, **settings)


def outcome(trials: list[Trial]) -> list[Any]:
    return [(trial.number, dict(trial.values), trial.state, trial.score, trial.epochs, trial.rung, trial.parent) for trial in trials]


def over(store: Store, number: str) -> list[Trial]:
    def look() -> bool:
        return searches.load(store, number).state.is_finished and all(trial.is_ended for trial in searches.trials(store, number))

    wait_for(look, "the search to end")
    return searches.trials(store, number)


def oracles_of(trainer: Trainer) -> list[int]:
    return [pid for pid, command in processes_of(trainer.home).items() if "dlcore.oracle" in command]


def wait_until_ended(store: Store, number: str, count: int) -> None:
    def look() -> bool:
        return searches.load(store, number).state.is_finished or sum(trial.is_ended for trial in searches.trials(store, number)) >= count

    wait_for(look, f"{count} trials to end")


@pytest.mark.parametrize(("oracle", "parallel"), [("random", 2), ("grid", 2), ("bayesian", 1), ("hyperband", 1)])
def test_a_search_ends_as_an_undisturbed_one_whatever_is_killed(store: Store, trainer: Trainer, oracle: str, parallel: int) -> None:
    trainer.start(DLCORE_NARROW="2", FAKE_EPOCH_SECONDS="0.05")
    asked = search(oracle, parallel)
    whole = outcome(over(store, searches.submit(store, asked)))
    chance = random.Random(4)
    number = searches.submit(store, asked)
    for victim in ("worker", "oracle", "daemon", "worker and daemon"):
        wait_until_ended(store, number, sum(trial.is_ended for trial in searches.trials(store, number)) + chance.randint(0, 2))
        if "worker" in victim:
            busy = [worker["pid"] for worker in trainer.workers(store) if worker["class"] == "narrow" and worker["state"] == "busy"]
            for pid in busy[:1]:
                kill(pid)
        if victim == "oracle":
            for pid in oracles_of(trainer):
                kill(pid)
        if "daemon" in victim:
            trainer.kill()
            wait_for(lambda: not processes_of(trainer.home), "workers and oracle to be gone with the daemon", 10)
            trainer.start(DLCORE_NARROW="2", FAKE_EPOCH_SECONDS="0.05")
    found = over(store, number)
    assert searches.load(store, number).state is State.DONE
    assert outcome(found) == whole
    assert all(store.run(run).exact for trial in found for run in trial.runs)


def test_an_interrupted_trial_goes_on_from_its_checkpoint(store: Store, trainer: Trainer) -> None:
    trainer.start(DLCORE_NARROW="1")
    number = searches.submit(store, search("random", 1, trials=1).changed(epochs=40))
    run = wait_for(lambda: (found := searches.trials(store, number)) and found[0].runs, "the trial")[0]
    wait_for(lambda: store.files(run, "latest") and store.run(run).step > 20, "a checkpoint")
    kill(trainer.busy_on(store, run)["pid"])
    over(store, number)
    begun = [event.body["step"] for _, event in store.events(run, kinds=["started"])]
    assert len(begun) == 2 and begun[1] > 0


@pytest.mark.parametrize("oracle", ["random", "grid"])
def test_a_search_goes_on_without_the_state_of_its_oracle(store: Store, trainer: Trainer, oracle: str) -> None:
    trainer.start(DLCORE_NARROW="1", FAKE_EPOCH_SECONDS="0.05")
    number = searches.submit(store, search(oracle, 1))
    wait_until_ended(store, number, 4)
    trainer.kill()
    with sqlite3.connect(trainer.home / "lab.sqlite3") as db:
        db.execute("UPDATE search SET oracle = substr(oracle, 1, 40)")
    db.close()
    trainer.start(DLCORE_NARROW="1", FAKE_EPOCH_SECONDS="0.05")
    trials = over(store, number)
    assert searches.load(store, number).state is State.DONE
    assert len({str(trial.values) for trial in trials}) == len(trials) == 12
    assert "restored" in [event.kind for _, event in searches.events(store, number)]


def test_a_search_that_was_stopped_while_no_trainer_ran_stays_stopped(store: Store, trainer: Trainer) -> None:
    from dlcore.services import searching

    trainer.start(DLCORE_NARROW="1", FAKE_EPOCH_SECONDS="0.1")
    number = searches.submit(store, search("random", 1))
    wait_until_ended(store, number, 1)
    trainer.kill()
    searching.stop(number, store=store)
    trainer.start(DLCORE_NARROW="1", FAKE_EPOCH_SECONDS="0.1")
    trials = over(store, number)
    assert searches.load(store, number).state is State.STOPPED
    assert State.STOPPED in {trial.state for trial in trials}


def kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
