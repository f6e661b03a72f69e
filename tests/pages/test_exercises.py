"""Exercises: each says where its data come from, makes a synthetic set, shows what is to be beaten and how far runs have come."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlcore import registry
from dlcore.run import Event
from dlcore.services import exercising, own_data
from dlcore.store import Store

Open = Callable[..., Any]
NAMES = tuple(registry.members("exercises"))


@pytest.mark.parametrize("name", NAMES)
def test_each_exercise_says_what_it_is_and_where_its_data_come_from(name: str, open_page: Open) -> None:
    exercise = registry.find("exercises", name)
    page = open_page("exercises", **{"try.exercise": name})
    assert page.errors == [] and page.widget("selectbox", "Exercise").value == name
    assert exercise.summary in page.words and exercise.source in page.words and exercise.synthetic_words in page.words
    assert [box.label for box in page.app.main.checkbox] == list(exercise.checklist)
    assert ("To beat" in page.words) == bool(exercise.dataset) and own_data.kept() == []


def test_another_exercise_is_opened_and_stands_in_the_address(open_page: Open) -> None:
    page = open_page("exercises").set("selectbox", "Exercise", "gstore")
    assert page.query == {"try.exercise": "gstore"} and "zero inflation" in " ".join(box.label for box in page.app.main.checkbox)


def test_a_synthetic_set_is_made_by_a_press_and_has_a_baseline(open_page: Open) -> None:
    page = open_page("exercises", **{"try.exercise": "house_price"}).press("Make a synthetic set to try it on")
    assert [body["name"] for body in own_data.kept()] == ["house_price_synthetic"] and page.errors == []
    assert page.widget("selectbox", "Do it with").value == "house_price_synthetic"
    limit = exercising.baseline(registry.find("exercises", "house_price"), "house_price_synthetic")
    assert f"To beat: {limit:.3f}" in page.words and "always saying the mean" in page.words and "No run has ended yet." in page.words
    assert "Make a synthetic set to try it on" not in page.buttons


def test_an_accuracy_that_few_rows_may_give_by_chance_does_not_beat_the_baseline(open_page: Open, store: Store) -> None:
    exercise = registry.find("exercises", "house_numbers")
    exercising.make_synthetic(exercise)
    for value, said in ((0.119, "is above the baseline, but on so few validation rows that may be chance"), (0.4, "beats the baseline")):
        finished(store, exercise.name, "val_accuracy", value)
        assert f"{value:.3f} after the latest run: it {said}." in open_page("exercises", **{"try.exercise": "house_numbers"}).words


def test_the_result_of_the_latest_run_stands_beside_the_baseline(open_page: Open, store: Store) -> None:
    exercise = registry.find("exercises", "house_price")
    exercising.make_synthetic(exercise)
    finished(store, exercise.name, "val_rmse", 0.125)
    page = open_page("exercises", **{"try.exercise": "house_price"})
    assert "0.125 after the latest run: it beats the baseline." in page.words
    finished(store, exercise.name, "val_rmse", 9.0)
    assert "9.000 after the latest run: it does not beat the baseline." in open_page("exercises", **{"try.exercise": "house_price"}).words


def test_an_exercise_opens_with_the_set_that_came_last(open_page: Open, tmp_path: Path) -> None:
    exercise = registry.find("exercises", "house_price")
    exercising.make_synthetic(exercise)
    assert open_page("exercises", **{"try.exercise": "house_price"}).widget("selectbox", "Do it with").value == "house_price_synthetic"
    (tmp_path / "real.csv").write_bytes(exercise.synthetic(1)[1])
    exercising.bring(exercise, tmp_path / "real.csv")
    assert exercising.data_sets(exercise) == ["real", "house_price_synthetic"]


def test_who_comes_back_from_training_finds_the_set_that_was_trained_on(open_page: Open, store: Store) -> None:
    exercise = registry.find("exercises", "house_numbers")
    exercising.make_synthetic(exercise)
    assert open_page("exercises", **{"try.exercise": exercise.name}).widget("selectbox", "Do it with").value == exercise.dataset
    finished(store, exercise.name, "val_accuracy", 0.5)
    page = open_page("exercises", **{"try.exercise": exercise.name})
    assert page.widget("selectbox", "Do it with").value == "house_numbers_synthetic" and "0.500 after the latest run" in page.words


def test_runs_with_other_seeds_give_the_result_an_interval(open_page: Open, store: Store) -> None:
    exercise = registry.find("exercises", "house_price")
    exercising.make_synthetic(exercise)
    finished(store, exercise.name, "val_rmse", 0.12, seed=1)
    assert "One seed is little evidence" in open_page("exercises", **{"try.exercise": "house_price"}).words
    for seed, value in enumerate((0.10, 0.14)):
        finished(store, exercise.name, "val_rmse", value, seed=2 + seed)
    title = next(iter(exercise.experiments))
    assert exercising.score(exercise, title, "house_price_synthetic").seeds == pytest.approx((0.12, 0.10, 0.14))
    words = open_page("exercises", **{"try.exercise": "house_price"}).words
    assert "Over 3 seeds 0.120, 95 % interval 0.070 to 0.170: it beats the baseline." in words


def test_macro_f1_is_measured_when_asked_for(open_page: Open, store: Store) -> None:
    exercise = registry.find("exercises", "bollywood_age")
    exercising.make_synthetic(exercise)
    finished(store, exercise.name, "val_accuracy", 0.9)
    page = open_page("exercises", **{"try.exercise": "bollywood_age"}).press("Measure its macro-F1")
    assert page.errors == [], page.errors
    assert "Being measured." in page.words
    job = exercising.score(exercise, "CNN", f"{exercise.name}_synthetic").job
    assert job is not None
    store.update_job(job.id, state="done", result={"confusion": [[50, 2, 4], [3, 9, 0], [5, 0, 30]]}, progress=1.0)
    page = open_page("exercises", **{"try.exercise": "bollywood_age"})
    f1 = np.mean([2 * 50 / (56 + 58), 2 * 9 / (12 + 11), 2 * 30 / (35 + 34)])
    assert f"{f1:.3f} after the latest run: it beats the baseline." in page.words


def finished(store: Store, name: str, metric: str, value: float, seed: int = 0) -> str:
    """A run of the exercise's first experiment on its synthetic set that ended with this value."""
    exercise = registry.find("exercises", name)
    run = store.submit(exercising.experiment(exercise, next(iter(exercise.experiments)), f"{name}_synthetic").with_(seed=seed))
    rows, now = np.array([[0.1, value]], "<f4"), time.time()
    store.append([Event(run, 1, 0, "started", now, {"worker": "wide", "worker_class": "wide", "environment": {}, "step": 0})])
    weights = {"artefact": store.put_file(run, "final", b"weights", role="final", epoch=1, step=9), "role": "final", "epoch": 1, "step": 9}
    store.append([
        Event(run, 1, 1, "epochs", now, {"names": ["loss", metric], "first": 1}, rows.tobytes()),
        Event(run, 1, 2, "checkpoint", now, weights),
        Event(run, 1, 3, "done", now, {"metrics": {}}),
    ])  # fmt: skip
    return run
