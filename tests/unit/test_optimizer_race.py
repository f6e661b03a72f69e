"""A race of optimizers: what is trained for it, which rate is taken for the best, and what a diverged training counts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dlcore.experiment import Experiment
from dlcore.run import Event
from dlcore.services import optimizer_race
from dlcore.services.optimizer_race import Race
from dlcore.store import Store

ASKED = Race(Experiment().with_(epochs=2), ("momentum", "lbfgs"), rates=3, seeds=2)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("DLCORE_TRAINER", "manual")
    return Store(tmp_path / "home")


def end(store: Store, run: str, accuracy: float | None, losses: tuple[float, ...] = (1.0, 0.5)) -> None:
    """What a worker would report; None: its loss diverged."""
    started = Event(run, 1, 0, "started", 1.0, {"worker": "n", "worker_class": "narrow", "environment": {}, "step": 0})
    if accuracy is None:
        store.append([started, Event(run, 1, 1, "failed", 2.0, {"cause": "The loss became infinite at step 3.", "hint": ""})])
        return
    rows = np.array([[loss, 0.5, loss, accuracy, 0.1, 1000.0] for loss in losses], "<f4")
    names = ["loss", "accuracy", "val_loss", "val_accuracy", "seconds", "examples_per_second"]
    store.append([
        started, Event(run, 1, 1, "epochs", 2.0, {"names": names, "first": 1}, rows.tobytes()),
        Event(run, 1, 2, "done", 3.0, {"metrics": {}}),
    ])  # fmt: skip


def test_each_optimizer_is_trained_at_its_own_rates_with_every_seed_and_only_once(store: Store) -> None:
    for _ in range(2):
        optimizer_race.start(ASKED, store=store)
    made = [Experiment.from_json(run.experiment) for run in store.active()]
    asked = sorted((one.optimizer.name, one.seed) for one in made)
    assert asked == [("lbfgs", 0), ("lbfgs", 1), *[("sgd", 0)] * 3, *[("sgd", 1)] * 3]
    assert optimizer_race.rates("momentum", 3) == (0.032, 0.1, 0.32)
    assert optimizer_race.rates("adam", 5) == (0.0003, 0.00095, 0.003, 0.0095, 0.03)


def test_best_rate_is_the_one_with_the_best_mean_and_a_diverged_one_is_no_choice(store: Store) -> None:
    optimizer_race.start(ASKED, store=store)
    for run in store.active():
        one = Experiment.from_json(run.experiment)
        rate = one.optimizer.settings["learning_rate"]
        if one.optimizer.name == "sgd":
            # The largest rate would win, had it not diverged with one of the seeds.
            score = {0.032: 0.7, 0.1: 0.8, 0.32: 0.99 if one.seed else None}[rate]  # type: ignore[index]
            end(store, run.id, score and score + 0.02 * one.seed, (1.0, 0.4 + 0.2 * one.seed))
    found = optimizer_race.read(ASKED, store=store)
    assert (found.done, found.total, found.active) == (6, 8, True)
    (momentum,) = found.results  # L-BFGS has not ended
    assert momentum.rates.tolist() == [0.032, 0.1, 0.32] and momentum.best == 1
    assert np.isnan(momentum.scores[2]).tolist() == [True, False]
    mean, half = momentum.score
    assert mean == pytest.approx(0.81) and half == pytest.approx(12.706 * 0.01, rel=1e-3)  # Student's t for one degree of freedom
    np.testing.assert_allclose(momentum.epochs, [1.0, 0.5], rtol=1e-6)
    # A training that diverged is not asked for again.
    optimizer_race.start(ASKED, store=store)
    assert len(store.active()) == 2


def test_of_errors_the_smallest_is_best(store: Store) -> None:
    race = Race(Experiment().with_(dataset="diabetes", epochs=1), ("sgd",), rates=1, seeds=1)
    assert race.metric == "val_mae"
    optimizer_race.start(race, store=store)
    optimizer_race.stop(race, store=store)
    assert not store.active() and not optimizer_race.read(race, store=store).results
