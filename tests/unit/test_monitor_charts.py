"""Lines of rates, monitors and resources lie at the epochs where they were measured."""

from __future__ import annotations

import numpy as np

from dlcore.charts.gradients import layer_lines, measured, with_reference
from dlcore.charts.rates import MOST_STEPS, planned, rate_lines
from dlcore.charts.resources import PROCESSOR, throughput, used
from dlcore.experiment import Experiment

PROBES = {
    "step": np.array([20, 80], "f4"),
    "gradient_norm": np.array([3, 2], "f4"),
    "gradient_norm/dense": np.array([1, 2], "f4"),
    "gradient_norm/dense_1": np.array([3], "f4"),
    "cpu_percent": np.array([50, 60], "f4"),
}


def test_layers_keep_the_order_of_the_net() -> None:
    assert measured(PROBES, ("dense_1", "flatten", "dense")) == ["dense_1", "dense"]


def test_a_layers_line_lies_where_the_net_was_looked_at() -> None:
    first, second = layer_lines(PROBES, "gradient_norm", {"dense": "#000", "dense_1": "#fff", "other": "#f00"}, 40)
    assert (first.name, first.x.tolist(), first.y.tolist()) == ("dense", [0.5, 2.0], [1, 2])
    assert (second.name, second.x.tolist(), second.symbols) == ("dense_1", [0.5], True)


def test_a_reference_spans_what_was_measured_and_nothing_else() -> None:
    lines = layer_lines(PROBES, "gradient_norm", {"dense": "#000"}, 40)
    assert with_reference(lines, 0.001, "usual", "#888")[0].x.tolist() == [0.5, 2.0]
    assert with_reference([], 0.001, "usual", "#888") == []


def test_rates_are_those_of_the_schedule_with_what_was_changed() -> None:
    experiment = Experiment().with_(epochs=4, **{"optimizer.learning_rate": 0.1})
    epochs, rates = planned(experiment, [{"field": "optimizer.learning_rate", "value": 0.01, "step": 20}], 10)
    assert len(epochs) == 40
    np.testing.assert_allclose(rates, [0.1] * 20 + [0.01] * 20, rtol=1e-6)
    ahead, done = rate_lines(epochs, rates, np.zeros(2, "f4"), 2.0, "#000")
    assert ahead.faint and len(ahead.x) == 40
    assert done.x[-1] == 2.0 and not done.faint


def test_a_run_of_too_many_steps_shows_the_rates_that_were_recorded() -> None:
    experiment = Experiment().with_(epochs=100_000)
    epochs, rates = planned(experiment, [], 1 + MOST_STEPS // 100_000)
    (line,) = rate_lines(epochs, rates, np.array([0.1, 0.2], "f4"), 2.0, "#000")
    assert (line.x.tolist(), line.y.tolist()) == ([1, 2], np.array([0.1, 0.2], "f4").tolist())


def test_resources_are_named_for_people_and_missing_ones_left_out() -> None:
    (line,) = used(PROBES, PROCESSOR, ("#000", "#fff"), 40)
    assert (line.name, line.y.tolist()) == ("this run", [50, 60])
    assert throughput({}, "#000")[0].x.size == 0
