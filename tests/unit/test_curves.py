"""Charts are pure functions: data in, lines out, and to a viewer only what is new."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
import pytest

from dlcore.charts.curves import RunCurves, extent, run_lines
from dlcore.charts.lines import Line, News
from dlcore.charts.thin import thin


def _run(done: int, planned: int = 20, steps: int = 0, name: str = "a") -> RunCurves:
    rng = np.random.default_rng(0)
    epochs = {key: rng.random(done).astype("f4") for key in ("loss", "val_loss")}
    return RunCurves(name, f"run {name}", "#0072B2", planned, epochs, {"loss": rng.random(steps).astype("f4")}, 10.0)


def _lines(*runs: RunCurves) -> dict[str, Line]:
    return {line.id: line for line in run_lines("loss", runs)}


class Viewer:
    """What curves.js does with the messages that reach it."""

    def __init__(self) -> None:
        self.stream, self.version, self.lines = "", 0, dict[str, np.ndarray]()

    def receive(self, message: dict[str, Any]) -> bool:
        if message["stream"] != self.stream:
            self.stream, self.version, self.lines = message["stream"], 0, {}
        if self.version not in (message["version"], *message["known"]):
            return False
        if self.version != message["version"]:
            self.lines = {name: self._grown(name, tail) for name, tail in message["tails"].items()}
        self.version = message["version"]
        return True

    def _grown(self, name: str, tail: dict[str, Any]) -> np.ndarray:
        known = self.lines.get(name, np.zeros(0, "f4"))
        assert len(known) >= tail["from"]
        return np.concatenate([known[: tail["from"]], np.frombuffer(base64.b64decode(tail["y"]), "<f4")])


def test_nothing_but_the_values_changes_while_a_curve_grows() -> None:
    early, late = ([line.look() for line in run_lines("loss", [_run(done, steps=10 * done)])] for done in (0, 15))
    assert early == late


def test_chart_holds_raw_values_of_training_and_validation() -> None:
    run = _run(3)
    line = _lines(run)["a/val_loss"]
    assert list(line.x) == [1, 2, 3]
    np.testing.assert_array_equal(line.y, run.epochs["val_loss"])


def test_run_without_validation_has_an_empty_line_for_it() -> None:
    assert len(_lines(RunCurves("a", "run a", "#0072B2", 5, {"loss": np.ones(2, "f4")}))["a/val_loss"].y) == 0


def test_each_run_keeps_its_own_colour_and_validation_is_dashed() -> None:
    lines = _lines(_run(3), RunCurves("b", "run b", "#D55E00", 20, _run(4).epochs))
    assert lines["b/loss"].colour == "#D55E00"
    assert not lines["b/loss"].dash
    assert lines["b/val_loss"].dash


def test_viewer_who_misses_messages_has_the_whole_curve_after_the_next_one() -> None:
    y = np.random.default_rng(0).normal(size=400).astype("f4")
    news, viewer = News(), Viewer()
    for count in range(0, 400, 10):
        message = news.message([Line("a", "a", "#000000", np.arange(count, dtype="f4"), y[:count])])
        if count % 30 == 0:
            assert viewer.receive(message)
            np.testing.assert_array_equal(viewer.lines["a"], y[:count])


def test_message_holds_only_what_is_new_since_the_last_few_versions() -> None:
    y = np.random.default_rng(0).normal(size=20_000).astype("f4")
    news = News()
    sizes = [len(json.dumps(news.message([Line("a", "a", "#000000", y[:count], y[:count])]))) for count in range(10_000, 20_000, 500)]
    assert sizes[-1] < sizes[0] / 2


def test_viewer_who_missed_too_much_asks_for_everything() -> None:
    news, viewer = News(), Viewer()
    lines = [[Line("a", "a", "#000000", np.arange(count, dtype="f4"), np.ones(count, "f4"))] for count in range(1, 40)]
    assert viewer.receive(news.message(lines[0]))
    for line in lines[1:]:
        message = news.message(line)
    assert not viewer.receive(message)
    assert viewer.receive(News().message(lines[-1]))
    assert len(viewer.lines["a"]) == 39


def test_curve_that_was_computed_again_reaches_every_viewer_as_it_is_now() -> None:
    x = np.arange(50, dtype="f4")
    first, second = (np.random.default_rng(seed).normal(size=50).astype("f4") for seed in (0, 1))
    news, early, late = News(), Viewer(), Viewer()
    for count, y in ((20, first), (30, first), (12, second), (40, second)):
        message = news.message([Line("a", "a", "#000000", x[:count], y[:count])])
        assert late.receive(message)
        assert count in (30, 12) or early.receive(message)
    for viewer in (early, late):
        np.testing.assert_array_equal(viewer.lines["a"], second[:40])


def test_nothing_new_is_the_same_message_again() -> None:
    news, line = News(), Line("a", "a", "#000000", np.ones(3, "f4"), np.array([1, np.nan, 2], "f4"))
    assert news.message([line]) is news.message([line])


def test_axis_ends_at_the_plan_unless_that_is_far_off() -> None:
    assert extent([_run(0, planned=20)]) == 20
    assert extent([_run(3, planned=100_000)]) == 50
    assert extent([_run(90, planned=100_000)]) == 200
    assert extent([_run(90, planned=100)]) == 100


@pytest.mark.parametrize("count", [10, 600, 601, 5000, 100_003])
def test_thinned_curve_keeps_its_extremes_and_its_end(count: int) -> None:
    y = np.random.default_rng(count).normal(size=count).astype("f4")
    y[count // 3] = 50
    x, thinned = thin(np.arange(count), y, 600)
    assert len(thinned) <= 603
    assert {y.max(), y.min(), y[-1]} <= set(thinned)
    assert (np.diff(x) > 0).all()
    np.testing.assert_array_equal(y[x], thinned)


def test_growing_curve_keeps_the_points_that_were_drawn() -> None:
    y = np.random.default_rng(1).normal(size=2000)
    before, after = (set(thin(np.arange(count), y[:count], 600)[0]) for count in (1500, 1800))
    full_buckets = 1500 // 8 * 8
    assert {place for place in before if place < full_buckets} <= after


def test_values_that_are_not_finite_are_gaps_and_cost_no_extreme() -> None:
    y = np.ones(4000)
    y[1000:3000] = np.nan
    y[10] = np.inf
    y[3500] = 7
    _, thinned = thin(np.arange(4000), y, 600)
    assert np.nanmax(thinned[np.isfinite(thinned)]) == 7
    assert np.isnan(thinned).any()
