"""Searches in the store: what is written in one go, and what stays readable when parts of it are damaged."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from dlcore.errors import Damaged, NotFound, Refused
from dlcore.experiment import Experiment
from dlcore.run import Event, State
from dlcore.store import Store, searches
from dlcore.store.searches import Asked
from dlcore.studies.search import Search, Trial
from dlcore.studies.space import Space

SEARCH = Search(Experiment(epochs=2), Space.of({"learning_rate": {"low": 1e-4, "high": 0.1, "log": True}}))
RATE = "optimizer.learning_rate"


def asked(search: str, number: int, rate: float = 0.01) -> Asked:
    values = {RATE: rate}
    return Asked(Trial(search, number, values, epochs=2, oracle_id=f"{number - 1:04}"), [SEARCH.experiment_of(values, number)])


def test_a_search_comes_back_as_it_was_asked_for(store: Store) -> None:
    number = searches.submit(store, SEARCH, owner="ada", title="rates")
    study = searches.load(store, number)
    assert (study.search, study.state, study.owner, study.title) == (SEARCH, State.QUEUED, "ada", "rates")
    assert number.startswith("s")
    assert [study.id for study in searches.find(store, owner="ada")] == [number]
    assert searches.find(store, states=[State.DONE]) == []
    with pytest.raises(NotFound):
        searches.load(store, "s0")


def test_ids_of_searches_differ_within_one_millisecond(lab_home: Path) -> None:
    store = Store(lab_home, clock=lambda: 1_800_000_000.0)
    assert len({searches.submit(store, SEARCH) for _ in range(5)}) == 5


def test_a_trial_and_its_run_are_written_together(store: Store) -> None:
    number = searches.submit(store, SEARCH, owner="ada")
    [trial] = searches.record(store, number, asked=[asked(number, 1)], oracle={"seed": 3}, state=State.RUNNING)
    run = store.run(trial.runs[0])
    assert (run.search, run.trial, run.repeat, run.kind, run.worker_class, run.owner) == (number, 1, 0, "trial", "narrow", "ada")
    assert searches.trials(store, number) == [trial]
    assert searches.oracle_state(store, number) == {"seed": 3}
    store.rebuild(run.id)
    assert store.run(run.id) == run
    assert searches.runs(store, number) == {run.id: run}


def test_nothing_is_written_when_the_search_has_moved_on(store: Store) -> None:
    number = searches.submit(store, SEARCH)
    searches.change(store, number, "stopped", state=State.STOPPED)
    with pytest.raises(Refused, match="has become stopped"):
        searches.record(store, number, asked=[asked(number, 1)], oracle={"seed": 3}, only_from=[State.RUNNING])
    assert (searches.trials(store, number), store.runs(), searches.oracle_state(store, number)) == ([], [], {})


def test_an_open_trial_has_the_state_of_its_runs(store: Store) -> None:
    number = searches.submit(store, SEARCH)
    [trial] = searches.record(store, number, asked=[asked(number, 1)])
    assert trial.state is State.QUEUED
    store.append([Event(trial.runs[0], 1, 0, "started", 5.0, {"worker": "w", "worker_class": "narrow"})])
    assert searches.trials(store, number)[0].state is State.RUNNING


def test_history_of_a_search_is_kept(store: Store) -> None:
    number = searches.submit(store, SEARCH)
    searches.change(store, number, "frozen", {"name": RATE, "value": 0.1}, frozen={RATE: 0.1})
    searches.change(store, number, "enqueued", {"values": {RATE: 0.2}}, enqueued=({RATE: 0.2},))
    searches.record(store, number, taken=1, seconds=2.5)
    kinds = [event.kind for _, event in searches.events(store, number)]
    assert kinds == ["submitted", "frozen", "enqueued"]
    study = searches.load(store, number)
    assert (study.frozen, study.enqueued, study.seconds) == ({RATE: 0.1}, (), 2.5)
    last = searches.events(store, number)[-1][0]
    assert searches.events(store, number, after=last) == []


@pytest.mark.parametrize("column", ["oracle", "frozen", "enqueued"])
def test_a_search_opens_when_a_note_of_its_state_is_torn(store: Store, lab_home: Path, column: str) -> None:
    number = searches.submit(store, SEARCH)
    searches.record(store, number, asked=[asked(number, 1)], oracle={"seed": 3})
    damage(lab_home, f'UPDATE search SET {column} = substr(\'{{"seed": 3, "values"\', 1, 9)')
    assert searches.load(store, number).search == SEARCH
    assert searches.oracle_state(store, number) == ({} if column == "oracle" else {"seed": 3})
    assert len(searches.trials(store, number)) == 1


def test_a_trial_whose_record_is_torn_is_a_failed_one_and_the_others_stay(store: Store, lab_home: Path) -> None:
    number = searches.submit(store, SEARCH)
    searches.record(store, number, asked=[asked(number, 1), asked(number, 2)])
    damage(lab_home, "UPDATE trial SET plan = '{\"val' WHERE number = 1")
    first, second = searches.trials(store, number)
    assert (first.state, first.cause) == (State.FAILED, "The record of this trial is damaged.")
    assert second.values == {RATE: 0.01}


def test_a_search_whose_wish_is_lost_is_left_out_and_named_when_asked_for(store: Store, lab_home: Path) -> None:
    lost, kept = searches.submit(store, SEARCH), searches.submit(store, SEARCH)
    damage(lab_home, f"UPDATE search SET body = '{{' WHERE id = '{lost}'")
    assert [study.id for study in searches.find(store)] == [kept]
    with pytest.raises(Damaged, match=lost):
        searches.load(store, lost)


def damage(home: Path, statement: str) -> None:
    with sqlite3.connect(home / "lab.sqlite3") as db:
        db.execute(statement)
    db.close()
