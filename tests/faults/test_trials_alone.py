"""The equality law for searches: a trial, trained in a series on programs that others compiled, is the run that its experiment is alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from dlcore import service
from dlcore.experiment import Experiment
from dlcore.run import State
from dlcore.services import searching
from dlcore.store import Store
from dlcore.studies.search import Search
from dlcore.studies.space import Dimension, Space
from tests.lab import Trainer, finished, wait_for

pytestmark = [pytest.mark.faults, pytest.mark.keras, pytest.mark.timeout(600)]

SPACE = Space((
    Dimension("learning_rate", 1e-3, 1e-1, log=True), Dimension("dropout", choices=(0.0, 0.3)),
    Dimension("initializer", choices=("he_normal", "glorot_uniform")), Dimension("activation", choices=("relu", "tanh")),
))  # fmt: skip
SEARCH = Search(Experiment().with_(layers=(24,)), SPACE, trials=6, epochs=3, seed=5)
CLOCKS = ("seconds", "examples_per_second")


def recorded(store: Store, run: str) -> dict[str, bytes]:
    """All that a run recorded about its learning, bitwise."""
    epochs = {name: curve.tobytes() for name, curve in store.curves(run).items() if name not in CLOCKS}
    return epochs | {"steps": store.curve(run, "loss", "steps").tobytes()}


def program_facts(store: Store, run: str) -> Mapping[str, Any]:
    return store.events(run, kinds=["program"])[0][1].body


def test_trials_equal_separately_trained_runs(store: Store, trainer: Trainer) -> None:
    trainer.environment.update(DLCORE_WORKER_MODULE="dlcore.engine.worker", DLCORE_SILENCE="10", DLCORE_LEASE="20", DLCORE_NARROW="1")
    trainer.start()
    study = searching.start(SEARCH, store=store)
    wait_for(lambda: searching.study(study, store=store).state.is_finished, "the search", 300)
    trials = searching.trials(study, store=store)
    assert [trial.state for trial in trials] == [State.DONE] * 6
    assert {trial.values["model.activation"] for trial in trials} == {"relu", "tanh"}
    assert all(program_facts(store, trial.runs[0])["switched"] == ["relu", "tanh"] for trial in trials)  # alone they are not
    trainer.stop()
    trainer.start()  # other processes, which have compiled nothing
    for trial in reversed(trials):  # another order, too
        (run,) = trial.runs
        alone = service.start(SEARCH.experiment_of(trial.values, trial.number), kind="seeds", store=store)
        assert finished(store, alone).worker_class == store.run(run).worker_class == "narrow"
        assert recorded(store, alone) == recorded(store, run)
