"""The trainer drives searches: with the fake engine, whose training is repeatable to the bit, and keras-tuner's real oracles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from dlcore.errors import Refused
from dlcore.experiment import Experiment
from dlcore.run import State
from dlcore.services import searching
from dlcore.store import Store, searches
from dlcore.studies.search import Search, Study, Trial
from dlcore.studies.space import Space
from dlcore.trainer.outcomes import below_median
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


def values(trials: list[Trial]) -> list[Any]:
    return [(trial.number, dict(trial.values), trial.score, trial.epochs) for trial in trials]


def ended(store: Store, number: str, count: int) -> list[Trial]:
    """The trials, once so many have ended."""

    def look() -> list[Trial] | None:
        found = searches.trials(store, number)
        return found if sum(trial.is_ended for trial in found) >= count else None

    return wait_for(look, f"{count} trials to end")


@pytest.mark.parametrize("oracle", ["random", "grid"])
def test_what_is_found_does_not_depend_on_how_many_train_at_once(store: Store, oracle: str) -> None:
    first = over(store, searches.submit(store, search(oracle, parallel=1)))[1]
    second = over(store, searches.submit(store, search(oracle, parallel=2)))[1]
    assert values(first) == values(second)


def test_trials_equal_runs_that_are_trained_by_themselves(store: Store) -> None:
    trial = over(store, searches.submit(store, search(trials=1)))[1][0]
    number = store.submit(Experiment.from_json(store.run(trial.runs[0]).experiment), kind="seeds")
    wait_for(lambda: store.run(number).state.is_finished, "the run")
    assert store.curve(number, "loss", "steps").tobytes() == store.curve(trial.runs[0], "loss", "steps").tobytes()


def test_the_score_of_several_seeds_is_their_mean(store: Store) -> None:
    trial = over(store, searches.submit(store, search(trials=1, seeds=3)))[1][0]
    best = [float(store.curve(run, "loss").min()) for run in trial.runs]
    assert len(set(best)) == 3
    assert trial.score == pytest.approx(sum(best) / 3)


def test_only_the_best_trials_keep_their_weights_and_each_one_file(store: Store) -> None:
    study, trials = over(store, searches.submit(store, search(trials=10, keep=3)))

    def kept() -> list[int]:
        return [trial.number for trial in trials if store.files(trial.runs[0])]

    wait_for(lambda: len(kept()) == 3, "the others to be dropped")
    best = sorted(trials, key=lambda trial: (trial.score, trial.number))[:3]
    assert set(kept()) == {trial.number for trial in best}
    assert {file.role for trial in best for file in store.files(trial.runs[0])} == {"final"}


def test_a_rung_of_hyperband_goes_on_from_the_checkpoint_of_the_one_before(store: Store) -> None:
    study, trials = over(store, searches.submit(store, search("hyperband", trials=0, epochs=4, parallel=1)))
    assert len(trials) == study.search.planned
    going_on = [trial for trial in trials if trial.rung]
    assert going_on
    for trial in going_on:
        parent, run = trials[trial.parent - 1], store.run(trial.runs[0])
        assert (run.parent, run.parent_epoch) == (parent.runs[0], parent.epochs)
        assert trial.values == parent.values and trial.epochs > parent.epochs
        whole, before = store.curve(run.id, "loss", "steps"), store.curve(parent.runs[0], "loss", "steps")
        assert len(whole) == 10 * trial.epochs
        assert whole[: len(before)].tobytes() == before.tobytes()


def test_a_paused_search_stands_still_and_goes_on(store: Store, monkeypatch: pytest.MonkeyPatch, lab: Trainer) -> None:
    monkeypatch.setenv("DLCORE_TRAINER", "manual")
    asked = search(trials=12, epochs=20)
    number = searches.submit(store, asked)
    ended(store, number, 2)
    searching.pause(number, store=store)
    wait_for(lambda: not any(run.state.is_active for run in searches.runs(store, number).values()), "all runs to pause")
    there = searches.trials(store, number)
    assert searches.load(store, number).state is State.PAUSED
    assert not all(trial.is_ended for trial in there)
    searching.resume(number, store=store)
    study, trials = over(store, number)
    assert (study.state, len(trials)) == (State.DONE, 12)
    assert values(trials) == values(over(store, searches.submit(store, asked))[1])


def test_a_stopped_search_ends_its_trials_and_can_be_resumed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLCORE_TRAINER", "manual")
    number = searches.submit(store, search(trials=8, epochs=30))
    ended(store, number, 1)
    searching.stop(number, store=store)
    study, trials = over(store, number)
    assert study.state is State.STOPPED
    assert State.STOPPED in {trial.state for trial in trials}
    searching.resume(number, store=store)
    study, trials = over(store, number)
    assert (study.state, len(trials)) == (State.DONE, 8)
    with pytest.raises(Refused, match="is done"):
        searching.resume(number, store=store)


def test_trials_are_added_to_a_search_that_is_done(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLCORE_TRAINER", "manual")
    number = searches.submit(store, search(trials=3))
    over(store, number)
    searching.change(number, trials=6, store=store)
    study, trials = over(store, number)
    assert len(trials) == 6
    assert values(trials) == values(over(store, searches.submit(store, search(trials=6)))[1])
    assert [event.kind for _, event in searches.events(store, number)][-2:] == ["changed", "done"]


def test_a_person_steers_a_search_while_it_runs(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLCORE_TRAINER", "manual")
    number = searches.submit(store, search(trials=30, epochs=10, parallel=1))
    ended(store, number, 1)
    searching.freeze(number, "batch_size", 16, store=store)
    searching.widen(number, "optimizer.learning_rate", low=1e-5, store=store)
    searching.enqueue(number, {"optimizer.learning_rate": 0.05, "batch_size": 32}, store=store)
    running = wait_for(lambda: next((own for own in searches.trials(store, number) if own.state is State.RUNNING), None), "a trial")
    searching.stop_trial(number, running.number, store=store)
    searching.change(number, trials=16, parallel=2, store=store)
    study, trials = over(store, number)
    assert (study.state, len(trials)) == (State.DONE, 16)
    mine = [trial for trial in trials if trial.origin == "person"]
    assert [trial.values for trial in mine] == [{"optimizer.learning_rate": 0.05, "batch_size": 32}]
    after = [trial for trial in trials if trial.number > mine[0].number]
    assert after and {trial.values["batch_size"] for trial in after} == {16}
    kinds = [event.kind for _, event in searches.events(store, number)]
    assert kinds == ["submitted", "started", "frozen", "widened", "enqueued", "changed", "changed", "done"]


def test_a_time_budget_ends_a_search(store: Store) -> None:
    study, trials = over(store, searches.submit(store, search(trials=1000, epochs=20, seconds=2.0)))
    assert study.state is State.DONE
    assert 0 < len(trials) < 1000
    assert searches.events(store, study.id)[-1][1].body["reason"] == "Its time budget of 2 seconds is used up."


def test_values_that_cannot_be_trained_are_failed_trials_and_three_in_a_row_end_the_search(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DLCORE_TRAINER", "manual")
    huge = search("grid", space={"model.layers": [[8], [8000] * 60, [8000] * 61, [8000] * 62, [16]]}, trials=0)
    number = searches.submit(store, huge)
    study, trials = over(store, number)
    assert study.state is State.FAILED
    assert study.cause.startswith("3 trials in a row failed, the last one so: These values cannot be trained: This would need about")
    assert {trial.state for trial in trials[1:4]} == {State.FAILED}
    searching.resume(number, store=store)
    assert wait_for(lambda: len(searches.trials(store, number)) == 5, "the last one")


def test_a_trial_that_is_worse_than_half_of_the_others_ends_early() -> None:
    asked = search(pruning="median")
    others = [np.array([1.0, 0.5, value], "f4") for value in (0.1, 0.2, 0.3, 0.4, 0.5)]
    assert below_median(asked, np.array([1.0, 0.6], "f4"), others) == (2, pytest.approx(0.6), 0.5)
    assert below_median(asked, np.array([1.0, 0.4], "f4"), others) is None
    assert below_median(asked, np.array([1.0, 0.6], "f4"), others[:4]) is None
    assert below_median(asked.changed(direction="max"), np.array([0.6], "f4"), others) == (1, pytest.approx(0.6), 1.0)
