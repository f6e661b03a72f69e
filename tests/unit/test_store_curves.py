"""Curves and metrics: what was recorded stays, what is recomputed is compared bit by bit."""

from __future__ import annotations

import math

import numpy as np
import pytest

from dlcore.errors import NotFound
from dlcore.run import Event
from dlcore.store import Store
from tests.store_events import epochs, probe, requeued, running, started, steps

MANY = np.random.default_rng(0).random((10_000, 2)).astype("<f4")


def again(store: Store, run: str) -> None:
    """Its worker is lost, and another begins."""
    store.append([requeued(run), started(run, 2)])


def test_curves_come_back_bit_by_bit_across_chunks(store: Store) -> None:
    run = running(store)
    for number, start in enumerate(range(0, 10_000, 777), start=1):
        store.append([steps(run, number, MANY[start : start + 777].tolist(), first=start)])
    curves = store.curves(run, "steps")
    assert curves["loss"].tobytes() == MANY[:, 0].tobytes() and curves["learning_rate"].tobytes() == MANY[:, 1].tobytes()
    assert curves["loss"].dtype == np.float32
    assert store.run(run).step == 10_000


@pytest.mark.parametrize("first", [0, 1, 4095, 4096, 9999, 10_000, 50_000])
def test_a_reader_gets_only_the_values_it_asks_for(store: Store, first: int) -> None:
    run = running(store)
    store.append([steps(run, 1, MANY.tolist())])
    got = store.curves(run, "steps", first=first).get("loss", np.array([]))
    assert np.array_equal(got, MANY[first:, 0])


def test_what_was_never_recorded_is_nan_and_not_in_the_history(store: Store) -> None:
    run = running(store)
    store.append([epochs(run, 1, [[0.5]], first=2), epochs(run, 2, [[0.4, 0.9]], first=3, names=("loss", "val_accuracy"))])
    assert np.isnan(store.curve(run, "loss")[0]) and np.isnan(store.curve(run, "val_accuracy")[:2]).all()
    assert [sorted(row) for row in store.history(run)] == [["epoch", "loss"], ["epoch", "loss", "val_accuracy"]]
    with pytest.raises(NotFound, match="has recorded no mae"):
        store.curve(run, "mae")


def test_a_gap_longer_than_a_chunk_is_nan(store: Store) -> None:
    run = running(store)
    store.append([steps(run, 1, [[1.0, 2.0]], first=9000)])
    curve = store.curves(run, "steps")["loss"]
    assert len(curve) == 9001 and np.isnan(curve[:9000]).all() and curve[9000] == 1.0
    assert store.curves(run, "steps", first=8999)["loss"].tolist()[1:] == [1.0]


def test_a_loss_that_became_nan_is_recorded_as_nan(store: Store) -> None:
    run = running(store)
    store.append([epochs(run, 1, [[0.5], [math.nan]])])
    assert math.isnan(store.history(run)[1]["loss"])
    assert store.metrics(run)["loss"] == {"last": None, "best": 0.5, "best_epoch": 1}
    again(store, run)
    store.append([epochs(run, 1, [[math.nan]], first=2, attempt=2)])
    assert store.run(run).exact


def test_rows_computed_again_the_same_are_left_out(store: Store) -> None:
    run = running(store)
    store.append([epochs(run, 1, [[0.5], [0.4]])])
    again(store, run)
    kept = store.append([epochs(run, 1, [[0.5], [0.4]], attempt=2), epochs(run, 2, [[0.4], [0.3]], first=2, attempt=2)])
    assert [(event.kind, event.body["first"], len(event.data)) for event in kept] == [("recomputed", 1, 0), ("epochs", 3, 4)]
    assert [row["loss"] for row in store.history(run)] == pytest.approx([0.5, 0.4, 0.3])
    assert store.run(run).exact and store.run(run).seq == 2


def test_an_epoch_that_comes_out_otherwise_marks_the_run_inexact(store: Store) -> None:
    run = running(store)
    store.append([epochs(run, 1, [[0.5], [0.25], [0.125]])])
    again(store, run)
    kept = store.append([epochs(run, 1, [[0.5], [0.375]], attempt=2)])
    assert [event.kind for event in kept] == ["epochs", "inexact"]
    assert kept[1].body == {"epoch": 2, "metric": "loss", "was": 0.25, "now": 0.375}
    assert [row["loss"] for row in store.history(run)] == [0.5, 0.375, 0.125]
    assert not store.run(run).exact
    assert store.metrics(run)["loss"] == {"last": 0.125, "best": 0.125, "best_epoch": 3}
    recorded = [np.frombuffer(event.data, "<f4").tolist() for _, event in store.events(run, kinds=("epochs",))]
    assert recorded == [[0.5, 0.25, 0.125], [0.375]]


def test_steps_that_come_out_otherwise_are_said_once(store: Store) -> None:
    run = running(store)
    store.append([steps(run, 1, [[1.0, 0.1]] * 4)])
    again(store, run)
    store.append([steps(run, 1, [[2.0, 0.1]] * 2, attempt=2), steps(run, 2, [[2.0, 0.1]] * 2, first=2, attempt=2)])
    told = store.events(run, kinds=("inexact",))
    assert [event.body for _, event in told] == [{"step": 0, "metric": "loss", "was": 1.0, "now": 2.0}]


def test_what_a_clock_measured_never_counts_as_inexact(store: Store) -> None:
    run = running(store)
    names = ("loss", "seconds", "examples_per_second")
    store.append([epochs(run, 1, [[0.5, 1.0, 100.0]], names=names)])
    again(store, run)
    store.append([epochs(run, 1, [[0.5, 3.0, 30.0], [0.4, 2.0, 50.0]], names=names, attempt=2)])
    assert store.run(run).exact
    assert [row["seconds"] for row in store.history(run)] == [1.0, 2.0]


def test_metrics_know_last_best_and_the_epoch_of_the_best(store: Store) -> None:
    run = running(store)
    names = ("val_loss", "val_accuracy")
    store.append([epochs(run, 1, [[0.5, 0.75], [0.25, 0.5]], names=names)])
    store.append([epochs(run, 2, [[0.375, 0.875], [0.25, 0.875]], first=3, names=names)])
    assert store.metrics(run) == {
        "val_accuracy": {"last": 0.875, "best": 0.875, "best_epoch": 3},
        "val_loss": {"last": 0.25, "best": 0.25, "best_epoch": 2},
    }


def test_the_best_runs_come_first_by_each_metric_and_not_from_the_trash(store: Store) -> None:
    ids = [running(store) for _ in range(3)]
    for run, value in zip(ids, (0.5, 0.75, 0.25), strict=True):
        store.append([epochs(run, 1, [[value, value]], names=("loss", "accuracy"))])
    assert store.top("accuracy") == [(ids[1], 0.75), (ids[0], 0.5), (ids[2], 0.25)]
    assert store.top("loss", limit=1) == [(ids[2], 0.25)]
    store.append([Event(ids[1], 1, 0, "trashed", 1.0)])
    assert store.top("accuracy", limit=1) == [(ids[0], 0.5)]
    assert store.metrics_of(ids[:2])[ids[0]]["loss"]["last"] == 0.5


def test_measurements_of_monitors_come_in_the_order_of_their_steps(store: Store) -> None:
    run = running(store)
    store.append([probe(run, 1, 10, a=1.0), probe(run, 2, 30, a=3.0, b=0.5)])
    store.append([probe(run, 3, 20, a=2.0), probe(run, 4, 30, a=4.0, b=0.5)])
    found = store.curves(run, "probe")
    assert found["step"].tolist() == [10, 20, 30] and found["a"].tolist() == [1, 2, 4]
    assert np.isnan(found["b"][:2]).all() and found["b"][2] == 0.5
    assert store.curves(run, "probe", first=2)["step"].tolist() == [30]
