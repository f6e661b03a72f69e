"""What the job `inside` finds in nets whose state is known."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from dlcore import registry
from dlcore.experiment import Experiment
from dlcore.jobs.inside import distinct, found_in


def test_units_that_differ_in_the_last_digits_only_are_one() -> None:
    kernel = np.full((5, 4), 0.3, "float32")
    kernel[:, 1] += 1e-8
    kernel[2, 3] = 0.4
    assert distinct(kernel) == 2
    assert distinct(np.zeros((5, 4))) == 1


def test_unit_without_gradient_has_none_for_weights_and_bias() -> None:
    kernels = [np.ones((3, 4)), np.ones((4, 2))]
    first = np.zeros((3, 4)), np.array([0.0, 0.0, 0.5, 0.0])
    first[0][1, 0] = 0.1
    found = found_in(kernels, [first, (np.ones((4, 2)), np.ones(2))], [np.ones((6, 4)), np.ones((6, 2))])
    assert found["without_gradient"] == 0.5
    assert found["gradient_reach"] == pytest.approx(0.1 / np.sqrt(12))


def test_weights_near_zero_are_counted_over_all_layers() -> None:
    kernels = [np.array([[0.0, 5e-4], [-5e-4, 1.0]]), np.array([[1.0], [1.0]])]
    gradients = [(kernel, np.ones(kernel.shape[1])) for kernel in kernels]
    assert found_in(kernels, gradients, kernels)["near_zero"] == 0.5


@pytest.mark.keras
@pytest.mark.parametrize(
    ("settings", "name", "low", "high"),
    [
        ({"layers": (16, 16), "bias": -10.0}, "without_gradient", 1.0, 1.0),
        ({"layers": (16, 16), "activation": "leaky_relu", "bias": -10.0}, "without_gradient", 0.0, 0.0),
        ({"layers": (16, 16), "initializer": "constant"}, "distinct_units", 1, 1),
        ({"layers": (16, 16)}, "distinct_units", 16, 16),
        ({"layers": (16, 16), "initializer": "zeros"}, "near_zero", 1.0, 1.0),
        ({"layers": (16,) * 8, "activation": "sigmoid"}, "gradient_reach", 0.0, 1e-3),
        ({"layers": (16,) * 8, "initializer": "he_normal"}, "gradient_reach", 0.05, 20.0),
        ({"model": "cnn", "filters": (4,)}, "distinct_units", 4, 4),
    ],
)
def test_nets_before_training_are_as_theory_says(settings: dict[str, Any], name: str, low: float, high: float) -> None:
    experiment = Experiment().with_(examples=200, **settings)
    result, artefact = registry.find("jobs", "inside").perform({"experiment": json.loads(experiment.to_json())}, {}, lambda fraction: None)
    assert artefact is None and low <= result[name] <= high
