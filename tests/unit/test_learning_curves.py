"""Nets against other models: what is asked for once, what is read again, and who is said to be ahead."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dlcore.experiment import Experiment
from dlcore.run import Event
from dlcore.services import learning_curves
from dlcore.services.learning_curves import Point, Question
from dlcore.statistics import FAILS, HOLDS, UNTOLD
from dlcore.store import Store
from dlcore.ui import model_curves

ASKED = Question(Experiment().with_(epochs=20), ("mlp", "svm_rbf"), (50, 1347), 2)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("DLCORE_TRAINER", "manual")
    return Store(tmp_path / "home")


def train(store: Store, run: str, accuracy: float) -> None:
    """What a worker would report."""
    import numpy as np

    names = ["loss", "accuracy", "val_loss", "val_accuracy", "seconds", "examples_per_second"]
    row = np.array([[1.0, 0.5, 1.0, accuracy, 0.1, 1000.0]], "<f4")
    store.append([
        Event(run, 1, 0, "started", 1.0, {"worker": "n", "worker_class": "narrow", "environment": {}, "step": 0}),
        Event(run, 1, 1, "epochs", 2.0, {"names": names, "first": 1}, row.tobytes()),
        Event(run, 1, 2, "done", 3.0, {"metrics": {}}),
    ])  # fmt: skip


def test_question_is_asked_once_and_its_answer_found_again(store: Store) -> None:
    assert learning_curves.read(ASKED, store=store) == learning_curves.Answer((), 0, 8, False)
    for _ in range(2):
        learning_curves.start(ASKED, store=store)
    runs, jobs = store.active(), store.jobs()
    assert (len(runs), len(jobs)) == (4, 2) and {run.kind for run in runs} == {"curve"}
    assert learning_curves.read(ASKED, store=store).active
    for run in runs:
        train(store, run.id, 0.75 if "seed 0" in run.title else 0.85)
    scores = [{"model": "svm_rbf", "size": 50, "seed": 0, "metrics": {"accuracy": 0.9, "macro_f1": 0.8}}]
    store.update_job(jobs[0].id, state="done", result={"metric": "accuracy", "scores": scores})
    store.update_job(jobs[1].id, state="failed", cause="Out of memory.")
    found = learning_curves.read(ASKED, store=store)
    assert (found.done, found.active, found.cause) == (5, False, "Out of memory.")
    nets, other = found.points[:2], found.points[2]
    assert [(point.rows, point.mean) for point in nets] == [(50, pytest.approx(0.8)), (1347, pytest.approx(0.8))]
    assert nets[0].low < 0.8 < nets[0].high and (other.low, other.mean, other.high) == (0.9, 0.9, 0.9)


def test_nets_get_about_as_many_steps_with_few_rows_and_the_same_rows_as_the_others(store: Store) -> None:
    learning_curves.start(ASKED, store=store)
    made = {run.title: Experiment.from_json(run.experiment) for run in store.active()}
    few, all_ = (made[f"Multilayer perceptron, {rows} rows, seed 1"] for rows in ("50", "1,347"))
    assert (few.epochs, all_.epochs) == (500, 20) and (few.seed, all_.seed) == (1, 1)
    job = Experiment.from_json(json.dumps(store.jobs()[0].inputs["experiment"]))
    assert (job.dataset, job.label_noise, job.split_seed) == (few.dataset, few.label_noise, few.split_seed)


@pytest.mark.parametrize(
    ("net", "other", "verdict"),
    [((0.9, 0.91, 0.92), (0.8, 0.81, 0.82), HOLDS), ((0.8, 0.81, 0.82), (0.9, 0.91, 0.92), FAILS), ((0.8, 0.9), (0.8, 0.9), UNTOLD)],
)
def test_net_may_lose(net: Any, other: Any, verdict: str) -> None:
    jitter = [0.001, -0.001, 0.0]
    mlp = Point("mlp", 1347, {seed: value + jitter[seed] for seed, value in enumerate(net)}, sum(net) / len(net), 0, 1)
    svm = Point("svm_rbf", 1347, dict(enumerate(other)), sum(other) / len(other), 0, 1)
    found = learning_curves.lead(ASKED, [mlp, svm, Point("mlp", 50, {0: 0.1}, 0.1, 0.1, 0.1)])
    assert found and (found[0].rows, found[1].model) == (1347, "svm_rbf") and found[2].verdict((0.0, float("inf"))) == verdict


def test_of_errors_the_smaller_one_is_ahead() -> None:
    asked = Question(Experiment().with_(dataset="diabetes"), ("mlp", "linear"), (100,), 3)
    points = [Point("mlp", 100, {0: 0.5, 1: 0.6, 2: 0.52}, 0.54, 0, 1), Point("linear", 100, {0: 0.4, 1: 0.45, 2: 0.41}, 0.42, 0, 1)]
    found = learning_curves.lead(asked, points)
    assert asked.metric == "mae" and found and found[2].effect < 0 and learning_curves.lead(asked, points[:1]) is None


def test_only_models_that_suit_the_data_and_sizes_that_there_are_are_offered() -> None:
    assert "cnn" in learning_curves.offered(Experiment()) and "cnn" not in learning_curves.offered(Experiment().with_(dataset="wine"))
    assert learning_curves.sizes(Experiment()) == (50, 100, 200, 500, 1000, 1347)


def test_a_lead_is_told_with_its_interval_and_what_is_still_to_be_measured_with_the_press_that_does_it() -> None:
    net, other = {0: 0.80, 1: 0.81, 2: 0.83}, {0: 0.90, 1: 0.91, 2: 0.92}
    points = (Point("mlp", 1347, net, 0.813, 0, 1), Point("svm_rbf", 1347, other, 0.91, 0, 1))
    said = model_curves.verdict(ASKED, points)
    assert said.startswith("**The net loses** with 1,347 rows") and "lead: −9.7 points, 95 % interval from −11.1 to −8.2 (seeds: 3)" in said
    assert model_curves.verdict(ASKED, ()).startswith("Press *Measure them*.")
    assert model_curves.verdict(replace(ASKED, models=("mlp",)), ()).startswith("Choose at least one net and one other model")
