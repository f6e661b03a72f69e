"""The trainer drives searches: with the fake engine, whose training is repeatable to the bit, and keras-tuner's real oracles."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dlcore.experiment import Experiment
from dlcore.run import State
from dlcore.search import Search, Study, Trial
from dlcore.space import Space
from dlcore.store import Store, searches
from tests.lab import Trainer, trainer_environment, wait_for

RATE = {"low": 1e-4, "high": 0.1, "log": True}
QUICK = {"FAKE_EPOCH_SECONDS": "0.01"}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trainer]:
    """One trainer with two narrow workers for all tests here."""
    home = tmp_path_factory.mktemp("lab")
    made = Trainer(home, trainer_environment(home) | {"DLCORE_NARROW": "2", **QUICK})
    made.start()
    yield made
    made.end()


@pytest.fixture
def store(lab: Trainer) -> Iterator[Store]:
    opened = Store(lab.home)
    yield opened
    opened.close()


def search(oracle: str = "random", **more: Any) -> Search:
    space = more.pop("space", {"learning_rate": RATE, "batch_size": [8, 16, 32]})
    return Search(Experiment(epochs=2), Space.of(space), **{"oracle": oracle, "objective": "loss", "trials": 8} | more)


def over(store: Store, number: str) -> tuple[Study, list[Trial]]:
    """The search and its trials once it has ended and all of them have."""

    def look() -> Study | None:
        study = searches.load(store, number)
        return study if study.state.is_finished and all(trial.is_ended for trial in searches.trials(store, number)) else None

    return wait_for(look, f"search {number} to end"), searches.trials(store, number)


@pytest.mark.parametrize("oracle", ["random", "grid", "bayesian", "hyperband"])
def test_a_search_trains_as_many_trials_as_were_asked_for(store: Store, oracle: str) -> None:
    space = {"learning_rate": RATE} if oracle == "bayesian" else {"learning_rate": RATE, "batch_size": [8, 16, 32]}
    asked = search(oracle, space=space, trials=6, epochs=3)
    number = searches.submit(store, asked, owner="ada")
    study, trials = over(store, number)
    assert (study.state, study.cause) == (State.DONE, "")
    assert [trial.number for trial in trials] == [1, 2, 3, 4, 5, 6]
    assert {trial.state for trial in trials} == {State.DONE}
    for trial in trials:
        curve = store.curve(trial.runs[0], "loss")
        assert trial.score == pytest.approx(float(curve.min()))
        assert curve[trial.best_epoch - 1] == curve.min()
        run = store.run(trial.runs[0])
        assert (run.kind, run.worker_class, run.owner, run.trial) == ("trial", "narrow", "ada", trial.number)
    kinds = [event.kind for _, event in searches.events(store, number)]
    assert kinds == ["submitted", "started", "done"]
    assert study.seconds > 0
