"""The page of searches: what can be found out, a search's board, a sweep's curve, a range test's rates."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

from dlcore import service
from dlcore.experiment import Experiment
from dlcore.run import Event, State
from dlcore.services import range_testing, searching, sweeping
from dlcore.store import Store
from dlcore.studies.search import Search
from dlcore.studies.space import Dimension, Space
from tests.searched import write_search

Open = Callable[..., Any]
RATE = "optimizer.learning_rate"
BASE = Experiment().with_(epochs=3)


@pytest.fixture
def searched(store: Store) -> Callable[..., str]:
    """searched(search, [scores]) is the id of a search whose trials have ended with these scores; None: that trial failed."""
    return partial(write_search, store)


def rates(**settings: Any) -> Search:
    return Search(BASE, Space((Dimension(RATE, choices=(0.001, 0.01, 0.1)),)), **({"oracle": "random", "trials": 5} | settings))


def test_first_look_proposes_a_search_and_says_what_it_costs(open_page: Open) -> None:
    page = open_page("searches")
    assert "Start the search" in page.buttons
    assert "trials" in page.words and "of memory" in page.words
    assert "Searches are listed here" in page.words
    assert not page.errors


def test_press_starts_the_search_and_opens_its_board(open_page: Open) -> None:
    page = open_page("searches", dataset="iris").press("Start the search")
    [study] = searching.studies()
    assert page.query["try.search"] == study.id
    assert study.search.experiment.dataset.name == "iris"
    assert {"Pause", "Stop", "New search"} <= set(page.buttons)


def test_settings_that_vary_can_be_added_with_ranges_from_their_spec(open_page: Open) -> None:
    page = open_page("searches", **{"try.preset": "learning-rate"})
    chosen = page.widget("multiselect", "Settings that vary")
    page.set("multiselect", "Settings that vary", [*chosen.value, "batch_size"]).press("Start the search")
    [study] = searching.studies()
    assert [own.key for own in study.search.space.dimensions] == [RATE, "batch_size"]
    assert study.search.space["batch_size"].low == 8


def test_what_counts_says_what_is_better_and_a_person_may_say_otherwise(open_page: Open) -> None:
    page = open_page("searches").set("selectbox", "What counts", "val_accuracy")
    assert page.widget("selectbox", "Better is").value == "max"
    page.set("selectbox", "Better is", "min").press("Start the search")
    [study] = searching.studies()
    assert (study.search.objective, study.search.direction, study.search.in_order) == ("val_accuracy", "min", None)


@pytest.mark.parametrize(("low", "says"), [("many", "'many' is not a number"), ("0", "no logarithm"), ("5", "begins above its end")])
def test_bad_range_is_a_sentence_and_nothing_starts(open_page: Open, low: str, says: str) -> None:
    page = open_page("searches", **{"try.preset": "learning-rate"}).set("text_input", "From", low)
    assert any(says in error for error in page.errors)
    assert next(button for button in page.app.button if button.label == "Start the search").disabled


def test_board_tells_the_best_and_why_a_trial_failed(open_page: Open, searched: Open) -> None:
    page = open_page("searches", **{"try.search": searched(rates(), [0.9, 0.2, None])})
    assert "3 of 5 trials" in page.words and "1 failed" in page.words
    assert "validation loss 0.200 in trial 2, with learning rate 0.01" in page.words
    assert "Failed: trial 3. The loss became NaN at step 84." in page.words


CONDITIONAL = Space.of([
    {"key": "optimizer", "choices": ["sgd", "adam"]},
    {"key": "learning_rate", "low": 0.01, "high": 0.1, "log": True, "when": ["optimizer", ["sgd"]]},
    {"key": "learning_rate", "low": 0.001, "high": 0.01, "log": True, "when": ["optimizer", ["adam"]]},
])  # fmt: skip


@pytest.mark.parametrize("scores", [[], [0.4], [None], [0.4, 0.3]], ids=["no trial", "one", "one that failed", "two"])
def test_every_look_at_a_young_search_of_settings_that_hang_together_is_drawn(open_page: Open, searched: Open, scores: list[Any]) -> None:
    page = open_page("searches", **{"try.search": searched(Search(BASE, CONDITIONAL, oracle="hyperband"), scores)})
    for look in ("slices", "contour", "importance", "brackets", "events"):
        page.set("button_group", "Look at", look)
        assert not page.errors


def test_board_orders_its_trials_by_score(open_page: Open, searched: Open) -> None:
    page = open_page("searches", **{"try.search": searched(rates(), [0.9, 0.2, 0.5])})
    assert list(page.app.dataframe[0].value["Trial"]) == [2, 3, 1]


def test_board_stands_on_the_experiment_that_is_searched(open_page: Open, searched: Open) -> None:
    page = open_page("searches", **{"try.search": searched(rates(), [0.9])})
    assert page.widget("select_slider", "Epochs").value == 3


def test_stop_and_resume_reach_the_search(open_page: Open, searched: Open) -> None:
    study = searched(rates(), [0.9])
    page = open_page("searches", **{"try.search": study}).press("Pause")
    assert searching.study(study).state is State.PAUSED
    page.press("Resume")
    assert searching.study(study).state.is_active
    page.press("Stop")
    assert searching.study(study).state is State.STOPPED


def test_trials_are_added_from_the_board(open_page: Open, searched: Open) -> None:
    study = searched(rates(), [0.9, 0.5])
    page = open_page("searches", **{"try.search": study})
    page.widget("number_input", "Trials").set_value(8)
    page.press("Change")
    assert searching.study(study).search.trials == 8


def test_best_settings_are_a_link_to_the_workbench(open_page: Open, searched: Open) -> None:
    page = open_page("searches", **{"try.search": searched(rates(), [0.9, 0.2], "stopped")})
    links = [link.proto for link in page.app.get("page_link")]
    assert any("learning_rate=0.01" in link.query_string for link in links)


def test_sweep_draws_a_curve_with_a_point_for_each_value(open_page: Open, searched: Open) -> None:
    search = sweeping.search(BASE, "learning_rate", values=3, seeds=2)
    study = searched(search, [0.9, 0.2, 0.5], "done")
    found = sweeping.points(study)
    assert [one.value for one in found] == sorted(search.space.dimensions[0].choices)
    assert [len(one.results) for one in found] == [2, 2, 2]
    page = open_page("searches", **{"try.search": study})
    assert "95 % confidence" in page.words and not page.errors


def test_whole_slider_starts_with_one_press(open_page: Open) -> None:
    page = open_page("searches", **{"try.way": "slider"}).press("Train the whole slider")
    [study] = searching.studies()
    assert (study.search.oracle, study.search.seeds, study.search.planned) == ("grid", 3, 9)
    assert page.query["try.search"] == study.id


def test_range_test_starts_and_names_rates(open_page: Open, store: Store) -> None:
    page = open_page("searches", **{"try.way": "range"}).press("Run the range test")
    run = page.query["try.test"]
    tested = service.experiment(run)
    steps = tested.epochs * 32
    curve = tested.schedule_spec.rates(10.0, steps, 32, **tested.schedule.settings)
    losses = (2.3 - 2 / (1 + np.exp(-4 * (np.log10(curve) + 3)))).astype("<f4")
    now = time.time()
    store.append([
        Event(run, 1, 0, "started", now, {"worker": "wide", "worker_class": "wide", "environment": {}, "step": 0}),
        Event(run, 1, 1, "steps", now, {"names": ["loss"], "first": 0}, losses.tobytes()),
        Event(run, 1, 2, "done", now, {"metrics": {}}),
    ])  # fmt: skip
    page = open_page("searches", **{"try.way": "range", "try.test": run})
    rate = range_testing.curve(run).picks()["steepest"]
    assert f"Train at {rate:.2g}" in page.buttons
    page.press(f"Train at {rate:.2g}")
    newest = service.runs(limit=1)[0]
    assert service.experiment(newest.id).optimizer.settings["learning_rate"] == pytest.approx(rate)


@pytest.mark.parametrize(("key", "text"), [("try.search", "s000"), ("try.search", "nonsense"), ("try.test", "r000")])
def test_bad_link_gets_a_sentence(open_page: Open, key: str, text: str) -> None:
    page = open_page("searches", **{key: text, "try.way": "range"})
    assert any("There is no" in error for error in page.errors)
