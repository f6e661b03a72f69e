"""Charts are pure functions: data in, an option out."""

from __future__ import annotations

import json

import numpy as np
import pytest

from dlcore.charts.curves import RunCurves, curve_chart, extent
from dlcore.charts.thin import thin


def _run(done: int, planned: int = 20, steps: int = 0, name: str = "a") -> RunCurves:
    rng = np.random.default_rng(0)
    epochs = {key: rng.random(done).astype("f4") for key in ("loss", "val_loss")}
    return RunCurves(name, f"run {name}", "#0072B2", planned, epochs, {"loss": rng.random(steps).astype("f4")}, 10.0)


def test_only_data_change_while_a_curve_grows() -> None:
    early, late = (curve_chart("loss", "loss", [_run(done, steps=10 * done)], ink="#000000") for done in (2, 15))
    for option in (early, late):
        option["dataset"] = None
    assert json.dumps(early) == json.dumps(late)


def test_chart_holds_raw_values_of_training_and_validation() -> None:
    run = _run(3)
    frame = curve_chart("loss", "loss", [run], ink="#000000")["dataset"][-1]["source"]
    assert list(frame["epoch"]) == [1, 2, 3]
    np.testing.assert_array_equal(frame["val_loss"], run.epochs["val_loss"])


def test_run_without_validation_leaves_a_gap_and_not_a_line() -> None:
    run = RunCurves("a", "run a", "#0072B2", 5, {"loss": np.ones(2, "f4")})
    frame = curve_chart("loss", "loss", [run], ink="#000000")["dataset"][-1]["source"]
    assert frame["val_loss"].isna().all()


def test_run_that_has_recorded_nothing_yet_draws_an_empty_chart() -> None:
    option = curve_chart("loss", "loss", [_run(0)], ink="#000000")
    assert len(option["dataset"][-1]["source"]) == 0


def test_each_run_keeps_its_own_colour_and_validation_is_dashed() -> None:
    runs = [_run(3), RunCurves("b", "run b", "#D55E00", 20, _run(4).epochs)]
    lines = {line["id"]: line for line in curve_chart("loss", "loss", runs, ink="#000000")["series"]}
    assert lines["b/loss"]["color"] == "#D55E00"
    assert lines["b/loss"]["lineStyle"]["type"] == "solid"
    assert lines["b/val_loss"]["lineStyle"]["type"] != "solid"


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
