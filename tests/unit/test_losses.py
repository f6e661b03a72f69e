"""Losses against their definitions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dlcore import registry
from dlcore.calls import make
from dlcore.experiment import Experiment

pytestmark = pytest.mark.keras


def value(name: str, task: str, truth: Any, prediction: Any, **settings: Any) -> float:
    loss = make(registry.find("losses", name).call(settings, task))
    return float(loss(np.array(truth), np.array(prediction, "float32")))


def weston_watkins(truth: np.ndarray, scores: np.ndarray) -> float:
    total = 0.0
    for label, row in zip(truth, scores, strict=True):
        total += sum(max(0.0, 1 + row[other] - row[label]) for other in range(len(row)) if other != label)
    return total / len(truth)


@pytest.mark.parametrize("column", [False, True])
def test_multiclass_hinge_sums_the_margins_that_are_missed(column: bool) -> None:
    random = np.random.default_rng(0)
    truth, scores = random.integers(0, 5, 20), random.normal(0, 2, (20, 5)).astype("float32")
    given = truth[:, np.newaxis] if column else truth
    assert value("hinge", "classes", given, scores) == pytest.approx(weston_watkins(truth, scores), rel=1e-5)


def test_multiclass_hinge_is_satisfied_by_a_lead_of_one() -> None:
    assert value("hinge", "classes", [2, 0], [[0.0, 1.0, 2.0], [5.0, -1.0, 3.9]]) == 0.0


def test_multiclass_hinge_is_saved_and_loaded() -> None:
    import keras

    loss = make(registry.find("losses", "hinge").call({}, "classes"))
    again = keras.losses.deserialize(keras.losses.serialize(loss))
    assert type(again) is type(loss) and again.get_config() == loss.get_config()


def test_binary_hinge_reads_zero_as_minus_one() -> None:
    assert value("hinge", "binary", [[1.0], [0.0], [0.0]], [[0.25], [-3.0], [1.0]]) == pytest.approx((0.75 + 0 + 2) / 3)


def test_hinge_predicts_class_one_above_zero() -> None:
    assert registry.find("losses", "hinge").threshold == 0.0
    assert Experiment().with_(loss="hinge").head.activation == "linear"


def test_crossentropy_is_the_surprise_in_nats() -> None:
    assert value("crossentropy", "classes", [1], [[0.5, 0.25, 0.25]]) == pytest.approx(np.log(4), rel=1e-5)
    assert value("crossentropy", "binary", [[0.0]], [[0.8]]) == pytest.approx(-np.log(0.2), rel=1e-5)


def test_errors_of_a_regression() -> None:
    truth, prediction = [[0.0], [0.0]], [[0.5], [-3.0]]
    assert value("mse", "regression", truth, prediction) == pytest.approx((0.25 + 9) / 2)
    assert value("mae", "regression", truth, prediction) == pytest.approx(1.75)
    assert value("huber", "regression", truth, prediction, delta=2.0) == pytest.approx((0.125 + 2 * 3 - 2) / 2)


@pytest.mark.parametrize("name", [name for name in registry.members("losses") if name != "auto"])
def test_every_loss_can_be_made_for_each_task_it_fits(name: str) -> None:
    spec = registry.find("losses", name)
    for task in spec.activation:
        assert make(spec.call({field.name: field.default for field in spec.fields}, task)) is not None
