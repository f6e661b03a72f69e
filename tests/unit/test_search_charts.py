"""The pictures of searches: what they show, and which trials a box chooses."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from dlcore.charts.contour import between, contour
from dlcore.charts.importance import importance_chart
from dlcore.charts.parallel import Axis, parallel, passing, score_axis
from dlcore.charts.range_test import loss_chart, metric_chart
from dlcore.charts.response import Response, response_chart
from dlcore.charts.slice import slice_chart

RATE = Axis("rate", "Learning rate", 1e-4, 1e-1, log=True)
UNITS = Axis("units", "Units", choices=(16, 32, 64))
SCORE = score_axis("score", "validation loss", [0.2, None, 1.2])
AXES = (RATE, UNITS, SCORE)
TRIALS: list[dict[str, Any]] = [
    {"trial": 1, "rate": 1e-3, "units": 16, "score": 0.2, "best": True},
    {"trial": 2, "rate": 1e-1, "units": 64, "score": 1.2},
    {"trial": 3, "rate": 1e-2, "units": 32, "score": None},
    {"trial": 4, "rate": None, "units": 32, "score": 0.7},
]


def rows(chart: Any, layer: int) -> list[dict[str, Any]]:
    """The data of one layer of a chart."""
    found = chart.to_dict()
    data = found["layer"][layer].get("data", found.get("data"))
    return found["datasets"][data["name"]]


def test_logarithmic_axis_places_equal_ratios_at_equal_distances() -> None:
    assert [RATE.place(value) for value in (1e-4, 1e-3, 1e-2, 1e-1)] == pytest.approx([0, 1 / 3, 2 / 3, 1])
    assert RATE.value(1 / 3) == pytest.approx(1e-3)


def test_wide_logarithmic_axis_is_marked_at_powers_of_ten() -> None:
    assert [words for _, words in RATE.ticks()] == ["0.0001", "0.001", "0.01", "0.1"]
    assert [words for _, words in Axis("x", "X", 3e-9, 2e3, log=True).ticks()] == ["1e-08", "1e-06", "0.0001", "0.01", "1", "100"]
    assert len(Axis("x", "X", 0.02, 0.5, log=True).ticks()) == 5


def test_choices_stand_at_equal_distances_in_their_order() -> None:
    assert [UNITS.place(value) for value in (16, 32, 64)] == [0, 0.5, 1]
    assert [words for _, words in UNITS.ticks()] == ["16", "32", "64"]


@pytest.mark.parametrize(("axis", "value"), [(RATE, None), (RATE, 0.0), (RATE, math.nan), (UNITS, 48)])
def test_what_is_not_on_an_axis_has_no_place(axis: Axis, value: Any) -> None:
    assert math.isnan(axis.place(value))


def test_axis_of_one_value_has_it_in_the_middle() -> None:
    assert Axis("x", "X", 2.0, 2.0).place(2.0) == 0.5


def test_box_over_an_axis_keeps_the_trials_that_lie_in_it_there() -> None:
    assert passing(AXES, TRIALS, {"axis": [-0.2, 0.3], "place": [0.2, 0.7]}) == [1, 3]


def test_box_over_two_axes_keeps_trials_that_lie_in_it_at_both() -> None:
    assert passing(AXES, TRIALS, {"axis": [-0.2, 1.2], "place": [0.4, 0.7]}) == [3]


def test_box_between_axes_keeps_the_lines_that_cross_its_middle() -> None:
    assert passing(AXES, TRIALS[:2], {"axis": [0.4, 0.6], "place": [0.1, 0.3]}) == [1]


def test_no_box_keeps_everything() -> None:
    assert passing(AXES, TRIALS, {}) == [1, 2, 3, 4]


def test_parallel_coordinates_draw_a_point_for_every_value_a_trial_has() -> None:
    drawn = rows(parallel(AXES, TRIALS, ink="#000"), 1)
    assert sum(row["trial"] == 1 for row in drawn) == 3
    assert sum(row["trial"] in (3, 4) for row in drawn) == 4


def test_specification_stays_while_trials_come_in() -> None:
    def bare(count: int) -> dict[str, Any]:
        spec = parallel(AXES, TRIALS[:count], ink="#000").to_dict()
        del spec["datasets"]
        for layer in spec["layer"]:
            layer["data"] = None
        return spec

    assert bare(1) == bare(4)


def test_titles_of_axes_lean_where_the_picture_is_too_narrow_for_them_side_by_side() -> None:
    titles = parallel(AXES, TRIALS, ink="#000").to_dict()["layer"][-1]
    needed = 100 * len(AXES)
    assert titles["mark"]["angle"] == {"expr": f"width < {needed} ? -32 : 0"}


def test_slice_leaves_out_trials_without_a_score_and_rings_the_best() -> None:
    drawn = rows(slice_chart(RATE, TRIALS, "validation loss", "#000"), 0)
    assert [row["trial"] for row in drawn] == [1, 2]
    assert [row["best"] for row in drawn] == [True, False]


def test_guess_between_trials_goes_through_them_and_stays_between_them() -> None:
    places, scores = np.array([[0.0, 0.0], [1.0, 1.0], [0.0, 1.0]]), np.array([1.0, 3.0, 2.0])
    np.testing.assert_allclose(between(places, scores, places), scores, rtol=1e-9)
    somewhere = between(places, scores, np.random.default_rng(0).uniform(size=(50, 2)))
    assert somewhere.min() >= 1 and somewhere.max() <= 3


def test_contour_shades_nothing_before_three_trials_have_scores() -> None:
    assert rows(contour(RATE, UNITS, TRIALS, "validation loss"), 0) == []
    more = [*TRIALS, {"trial": 5, "rate": 1e-3, "units": 64, "score": 0.5}]
    assert len(rows(contour(RATE, UNITS, more, "validation loss"), 0)) == 24 * 24


def test_importance_is_sorted_by_share() -> None:
    spec = importance_chart([("Dropout", 0.1, 0.0, 0.2), ("Learning rate", 0.8, 0.7, 0.9)], "#000", "#000").to_dict()
    assert spec["layer"][0]["encoding"]["y"]["sort"] == ["Learning rate", "Dropout"]


def test_response_curve_draws_means_bands_and_single_runs() -> None:
    found = [Response(1e-3, 0.5, 0.4, 0.6, (0.45, 0.55), best=True), Response(1e-2, 0.9, 0.9, 0.9, (0.9,))]
    chart = response_chart(RATE, found, "validation loss", "#000", "#000", now=1e-3)
    assert [row["mean"] for row in rows(chart, 0)] == [0.5, 0.9]
    assert len(rows(chart, 2)) == 3


def test_response_curve_without_results_has_the_whole_range() -> None:
    spec = response_chart(RATE, [], "validation loss", "#000", "#000").to_dict()
    assert spec["layer"][0]["encoding"]["x"]["scale"]["domain"] == [1e-4, 1e-1]


def test_blow_up_is_cut_off_so_that_the_descent_stays_readable() -> None:
    rates = np.logspace(-5, 0, 50)
    losses = np.concatenate([np.linspace(2, 1, 45), np.full(5, 1e6)])
    smoothed = np.linspace(2, 1, 50)
    chart = loss_chart(rates, losses, smoothed, {"steepest": 1e-3}, "#000", "#000", (1e-5, 1.0))
    assert max(row["loss"] for row in rows(chart, 0)) == pytest.approx(2.3)
    assert rows(chart, 2) == [{"rate": 1e-3, "words": "steepest 0.001", "down": 10, "late": False}]


def test_range_test_is_drawn_before_anything_was_measured() -> None:
    nothing = np.empty(0)
    loss_chart(nothing, nothing, nothing, {}, "#000", "#000", (1e-5, 1.0)).to_dict()
    metric_chart(nothing, nothing, "validation accuracy", {}, "#000", "#000", (0.01, 1.0)).to_dict()
