"""Initialisers against their definitions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from dlcore import registry
from dlcore.calls import Call, make

pytestmark = pytest.mark.keras
INPUTS, UNITS = 400, 200
DEVIATIONS = {
    "glorot_uniform": math.sqrt(2 / (INPUTS + UNITS)),
    "glorot_normal": math.sqrt(2 / (INPUTS + UNITS)),
    "he_uniform": math.sqrt(2 / INPUTS),
    "he_normal": math.sqrt(2 / INPUTS),
    "lecun_uniform": math.sqrt(1 / INPUTS),
    "lecun_normal": math.sqrt(1 / INPUTS),
    "random_normal": 0.05,
    "random_uniform": 0.05 / math.sqrt(3),
    "orthogonal": 1 / math.sqrt(INPUTS),
    "martens_sparse": math.sqrt(2 / INPUTS),
}


def draw(name: str, scale: float = 0.0, connections: int = 15, seed: int = 3, shape: tuple[int, ...] = (INPUTS, UNITS)) -> np.ndarray:
    return np.array(make(registry.find("initializers", name).call(scale, connections, seed))(shape))


@pytest.mark.parametrize("name", DEVIATIONS)
def test_weights_have_the_published_deviation(name: str) -> None:
    weights = draw(name)
    assert abs(weights.mean()) < 0.01
    assert weights.std() == pytest.approx(DEVIATIONS[name], rel=0.03)


@pytest.mark.parametrize("name", DEVIATIONS)
def test_the_seed_decides_the_weights(name: str) -> None:
    np.testing.assert_array_equal(draw(name, seed=7), draw(name, seed=7))
    assert not np.array_equal(draw(name, seed=7), draw(name, seed=8))


@pytest.mark.parametrize(("name", "spec"), [(name, spec) for name, spec in registry.members("initializers").items() if spec.scale_label])
def test_a_scale_of_zero_means_the_default_and_others_scale(name: str, spec: Any) -> None:
    np.testing.assert_array_equal(draw(name), draw(name, scale=spec.scale_default))
    np.testing.assert_allclose(draw(name, scale=2 * spec.scale_default), 2 * draw(name), rtol=1e-5, atol=1e-7)


def test_orthogonal_keeps_lengths() -> None:
    weights = draw("orthogonal", scale=1.5)
    np.testing.assert_allclose(weights.T @ weights, 2.25 * np.eye(UNITS), atol=1e-4)


def test_zeros_and_constant_give_equal_units() -> None:
    assert not draw("zeros").any()
    assert np.unique(draw("constant", scale=0.5)).tolist() == [0.5]


@pytest.mark.parametrize("connections", [1, 15, 50])
def test_martens_gives_each_unit_its_number_of_connections(connections: int) -> None:
    weights = draw("martens_sparse", scale=1.0, connections=connections)
    assert set(np.count_nonzero(weights, axis=0)) == {connections}


def test_martens_draws_inputs_evenly_and_weights_normally() -> None:
    weights = draw("martens_sparse", scale=0.7, connections=20, shape=(100, 5000))
    listeners = np.count_nonzero(weights, axis=1)
    assert abs(listeners.mean() - 1000) < 1e-9 and listeners.std() < 40
    drawn = weights[weights != 0] / 0.7
    assert drawn.std() == pytest.approx(1.0, rel=0.01)
    assert (drawn**4).mean() == pytest.approx(3.0, rel=0.05)


def test_martens_default_scale_keeps_the_size_of_a_relu_signal() -> None:
    signal = np.maximum(np.random.default_rng(0).normal(size=(200, INPUTS)) @ draw("martens_sparse", shape=(INPUTS, INPUTS)), 0)
    assert (signal**2).mean() == pytest.approx(1.0, rel=0.1)


def test_martens_takes_all_inputs_where_there_are_few_and_serves_convolutions() -> None:
    assert np.count_nonzero(draw("martens_sparse", shape=(4, 3))) == 12
    assert set(np.count_nonzero(draw("martens_sparse", shape=(3, 3, 8, 16)).reshape(-1, 16), axis=0)) == {15}


def test_martens_is_saved_and_loaded() -> None:
    import keras

    made: Any = make(registry.find("initializers", "martens_sparse").call(0.5, 4, 9))
    again = keras.initializers.deserialize(keras.initializers.serialize(made))
    np.testing.assert_array_equal(made((8, 3)), again((8, 3)))


@pytest.mark.parametrize("name", registry.members("initializers"))
def test_a_dense_layer_starts_with_every_initialiser(name: str) -> None:
    start = registry.find("initializers", name).call(0.0, 15, 1)
    layer = make(Call("layers.Dense", {"units": 4, "kernel_initializer": start}))
    layer.build((None, 6))
    assert np.isfinite(layer.get_weights()[0]).all()
