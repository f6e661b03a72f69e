"""What is drawn of many runs at once: places on the axis, smoothing, means over seeds with their bands."""

from __future__ import annotations

import numpy as np
import pytest

from dlcore import statistics
from dlcore.charts import compared
from dlcore.charts.compared import Compared, smoothed

CURVE = np.array([1.0, 0.5, np.nan, 0.25, 0.2], "float32")


def _run(name: str, values: np.ndarray, **more: object) -> Compared:
    seconds = np.full(len(values), 2.0, "float32")
    return Compared(name, name, "#0072B2", {"loss": values.astype("float32"), "seconds": seconds}, per_epoch=10, rows=320, **more)  # type: ignore[arg-type]


def test_axis_is_epochs_steps_seconds_or_examples() -> None:
    run = _run("a", CURVE)
    assert list(run.places(2, "epoch")) == [1, 2] and list(run.places(2, "step")) == [10, 20]
    assert list(run.places(2, "seconds")) == [2, 4] and list(run.places(2, "examples")) == [320, 640]
    assert run.at(np.array([1.5]), "seconds")[0] == pytest.approx(3.0)


def test_smoothing_is_the_debiased_running_mean_and_leaves_gaps() -> None:
    found = smoothed(CURVE, 0.5)
    assert found[0] == pytest.approx(1.0) and found[1] == pytest.approx((0.5 * 1.0 + 0.5) / 1.5 * 1, abs=0.2)
    weights = np.array([0.25, 0.5]) * 0.5 / 0.75 * 2
    assert found[1] == pytest.approx(float(weights @ CURVE[:2]) / weights.sum())
    assert np.isnan(found[2]) and np.isfinite(found[3])
    assert np.array_equal(smoothed(CURVE, 0.0), CURVE, equal_nan=True)


def test_recorded_values_stay_behind_the_smoothed_ones() -> None:
    lines = compared.run_lines([_run("a", CURVE)], ["loss"], "epoch", 0.9)
    assert [(line.id, line.faint) for line in lines] == [("a/loss/epoch/raw", True), ("a/loss/epoch", False)]
    assert np.array_equal(lines[0].y, CURVE, equal_nan=True)


def test_thinned_curves_keep_least_and_greatest_and_are_the_same_each_time() -> None:
    values = np.random.default_rng(0).random(20_000)
    values[12_345], values[7] = 9.0, -9.0
    first, again = (compared.run_lines([_run("a", values)], ["loss"], "epoch")[0] for _ in range(2))
    assert len(first.y) <= compared.MOST and first.y.max() == 9.0 and first.y.min() == -9.0
    assert np.array_equal(first.x, again.x) and np.array_equal(first.y, again.y)


def test_mean_over_seeds_has_the_interval_as_its_band() -> None:
    runs = [_run(str(seed), np.array([1.0, 0.5]) + 0.1 * seed) for seed in range(3)]
    high, low, mean = compared.group_lines([("all", "#0072B2", runs)], ["loss"], "epoch", 0.0, statistics.half_width)
    expected = [1.1, 0.6]
    half = statistics.mean_effect([1.0, 1.1, 1.2], (0.0, 0.0))
    assert list(mean.y) == pytest.approx(expected)
    assert (low.y[0], high.y[0]) == (pytest.approx(half.low, rel=1e-5), pytest.approx(half.high, rel=1e-5))
    assert low.band == high.id and low.edge and high.edge and not mean.edge


def test_band_stays_within_what_the_quantity_can_be() -> None:
    runs = [Compared(str(seed), "", "", {"val_accuracy": np.array([0.1, 0.99], "float32") * seed}, {}, 10, 320) for seed in (0, 1)]
    high, low, _ = compared.group_lines([("all", "#0072B2", runs)], ["val_accuracy"], "epoch", 0.0, statistics.half_width)
    assert low.y.min() == 0.0 and high.y.max() == 1.0 and not (low.symbols or high.symbols)


def test_runs_of_different_length_and_single_runs_have_a_mean_too() -> None:
    (mean,) = compared.group_lines([("one", "#0072B2", [_run("a", CURVE)])], ["loss"], "epoch")
    assert np.array_equal(mean.y, CURVE, equal_nan=True)
    lines = compared.group_lines([("two", "#0072B2", [_run("a", np.ones(2)), _run("b", np.zeros(4))])], ["loss"], "epoch")
    assert list(lines[-1].y) == [0.5, 0.5, 0.0, 0.0] and np.isnan(lines[0].y[3])


def test_marks_name_their_run_where_there_are_several() -> None:
    marked = _run("a", CURVE, marks=[(2.0, "learning rate 0.1")])
    assert compared.marks([marked], "step") == [(20.0, "learning rate 0.1")]
    assert compared.marks([marked, _run("b", CURVE)], "epoch") == [(2.0, "a: learning rate 0.1")]
