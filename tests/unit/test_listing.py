"""Finding runs: filters, order and pages are the database's work."""

from __future__ import annotations

import sqlite3
import struct
import time
from typing import Any

import pytest

from dlcore.experiment import Experiment
from dlcore.run import Event, State
from dlcore.services import listing
from dlcore.services.listing import Wanted
from dlcore.store import Store


def _run(
    store: Store, accuracy: float | None = None, end: str = "done", *, kind: str = "interactive", owner: str = "", **changes: Any
) -> str:
    run = store.submit(Experiment().with_(**changes), kind=kind, owner=owner)
    now = time.time()
    if accuracy is not None:
        names = ["loss", "val_loss", "val_accuracy"]
        data = struct.pack("<3f", 1 - accuracy, 1 - accuracy, accuracy)
        store.append([
            Event(run, 1, 0, "started", now, {"worker": "w", "worker_class": "wide", "environment": {}, "step": 0}),
            Event(run, 1, 1, "epochs", now, {"names": names, "first": 1}, data),
            Event(run, 1, 2, end, now, {"metrics": {}} if end == "done" else {"cause": "The loss became NaN.", "hint": ""}),
        ])  # fmt: skip
    return run


def _found(store: Store, **wanted: Any) -> list[str]:
    return [run.id for run in listing.find(Wanted(**wanted), store=store).runs]


def test_pages_follow_each_other_without_gap_or_repeat(store: Store) -> None:
    made = [_run(store) for _ in range(5)]
    pages = [listing.find(Wanted(), 2, offset, store=store) for offset in (0, 2, 4)]
    assert [run.id for page in pages for run in page.runs] == made[::-1]
    assert {page.total for page in pages} == {5}


def test_page_behind_the_last_is_empty_and_still_knows_how_many_there_are(store: Store) -> None:
    _run(store)
    assert listing.find(Wanted(), 10, 10, store=store) == listing.Listed((), 1, {})


def test_filters_narrow_by_state_data_model_and_owner(store: Store) -> None:
    digits = _run(store, 0.9)
    moons = _run(store, 0.8, dataset="moons", owner="ann")
    cnn = _run(store, model="cnn")
    assert _found(store, states=("queued",)) == [cnn]
    assert _found(store, datasets=("moons",)) == [moons]
    assert _found(store, models=("cnn",)) == [cnn]
    assert _found(store, datasets=("moons", "digits"), models=("mlp",)) == [moons, digits]
    assert _found(store, owner="ann") == [moons]


def test_words_are_looked_for_in_title_note_tags_settings_and_cause(store: Store) -> None:
    one, failed = _run(store, 0.5), _run(store, 0.2, "failed", dataset="wine")
    store.append([Event(one, 1, 0, "named", time.time(), {"title": "Deep try", "note": "good enough", "tags": ["Keep"]})])
    for words in ("deep", "ENOUGH", "keep try", one):
        assert _found(store, words=words) == [one], words
    assert _found(store, words="wine") == _found(store, words="nan") == [failed]
    assert _found(store, words="deep wine") == []


def test_marks_of_a_search_pattern_are_taken_literally(store: Store) -> None:
    _run(store)
    assert _found(store, words="%") == _found(store, words="a_b") == []


def test_tags_filter_whole_tags_and_are_listed(store: Store) -> None:
    first, second, bare = _run(store), _run(store), _run(store)
    store.append([Event(first, 0, 0, "named", time.time(), {"tags": ["keep", "b"]})])
    store.append([Event(second, 0, 0, "named", time.time(), {"tags": ["keeper"]})])
    assert _found(store, tags=("keep",)) == [first]
    assert _found(store, tags=("keep", "keeper")) == [second, first]
    assert listing.tags(store=store) == ["b", "keep", "keeper"]
    assert bare in _found(store)


def test_metric_limits_and_order_go_by_the_best_value(store: Store) -> None:
    low, high, middle, none = _run(store, 0.25), _run(store, 1.0), _run(store, 0.5), _run(store)
    by = {"metric": "val_accuracy", "order": "metric"}
    assert _found(store, **by) == [high, middle, low, none]
    assert _found(store, **by, descending=False) == [low, middle, high, none]
    assert _found(store, metric="val_accuracy", least=0.5) == [middle, high]
    assert _found(store, metric="val_accuracy", least=0.3, most=0.5) == [middle]


def test_runs_without_a_title_come_after_those_with_one(store: Store) -> None:
    plain, b, a = _run(store), _run(store), _run(store)
    for run, title in ((b, "b"), (a, "A")):
        store.append([Event(run, 0, 0, "named", time.time(), {"title": title})])
    assert _found(store, order="title", descending=False) == [a, b, plain]
    assert _found(store, order="title") == [b, a, plain]


def test_trials_can_be_left_out(store: Store) -> None:
    own, trial = _run(store), _run(store, kind="trial")
    assert _found(store, without=listing.BACKGROUND) == [own]
    assert _found(store) == [trial, own]


def test_trash_is_apart(store: Store) -> None:
    kept, gone = _run(store, 0.5), _run(store, 0.5)
    store.append([Event(gone, 1, 0, "trashed", time.time())])
    assert _found(store) == [kept]
    assert _found(store, trashed=True) == [gone]


def test_names_of_metrics_are_those_that_were_recorded(store: Store) -> None:
    assert listing.metric_names(store=store) == []
    _run(store, 0.5)
    assert listing.metric_names(store=store) == ["loss", "val_accuracy", "val_loss"]


def test_damaged_row_fails_no_query_and_is_left_out(store: Store) -> None:
    whole, broken = _run(store), _run(store)
    with sqlite3.connect(store.home / "lab.sqlite3") as db:
        db.execute("UPDATE run SET experiment = substr(experiment, 1, 40), tags = '[' WHERE id = ?", (broken,))
    for wanted in ({}, {"datasets": ("digits",)}, {"words": whole}, {"order": "title"}, {"states": (State.QUEUED.value,)}):
        assert _found(store, **wanted) == [whole], wanted
    assert listing.tags(store=store) == []
    assert [item.run for item in store.quarantined()] == [broken]


@pytest.mark.parametrize("order", ["created", "title", "state", "epoch", "seconds", "metric"])
def test_each_order_has_both_directions(store: Store, order: str) -> None:
    made = {_run(store, 0.5), _run(store)}
    assert set(_found(store, order=order, metric="loss")) == set(_found(store, order=order, descending=False)) == made
