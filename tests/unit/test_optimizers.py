"""Optimizers: the stock Keras classes, their slots, and defaults that learn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dlcore import registry
from dlcore.calls import Call, make
from dlcore.fields import check_settings

STOCK = [name for name, spec in registry.members("optimizers").items() if not spec.closure]
LIVE = {"learning_rate", "momentum", "beta_1", "weight_decay", "clipnorm"}


def call(name: str, **settings: Any) -> Call:
    spec = registry.find("optimizers", name)
    return spec.call(check_settings(name, spec.fields, settings))


@pytest.mark.parametrize("name", STOCK)
def test_the_numbers_that_can_turn_while_it_trains_are_live(name: str) -> None:
    for field in registry.find("optimizers", name).fields:
        assert field.live == (field.name in LIVE), field.name


def test_decay_and_clipping_are_left_out_where_they_are_off() -> None:
    assert "weight_decay" not in call("adam").arguments and "global_clipnorm" not in call("adam").arguments
    arguments = call("adam", weight_decay=0.1, clipnorm=2.0).arguments
    assert arguments["weight_decay"] == 0.1 and arguments["global_clipnorm"] == 2.0 and "clipnorm" not in arguments


def test_adamw_without_decay_is_still_adamw() -> None:
    assert call("adamw", weight_decay=0.0).arguments["weight_decay"] == 0.0


def test_lbfgs_asks_for_a_closure_over_all_rows() -> None:
    spec = registry.find("optimizers", "lbfgs")
    assert spec.closure and spec.slots({"history": 10}) == 20


@pytest.mark.keras
@pytest.mark.parametrize("name", STOCK)
@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_keras_keeps_as_many_slots_as_forecast(name: str, momentum: float) -> None:
    import keras

    spec = registry.find("optimizers", name)
    known = {field.name for field in spec.fields}
    settings = check_settings(name, spec.fields, {"momentum": momentum} if "momentum" in known else {})
    optimizer = make(spec.call(settings))
    optimizer.build([keras.Variable(np.zeros((7, 11), "float32"))])
    kept = sum(int(np.prod(variable.shape)) for variable in optimizer.variables if variable.shape == (7, 11))
    assert kept == 77 * spec.slots(settings)


@pytest.mark.keras
@pytest.mark.parametrize("name", STOCK)
def test_every_setting_reaches_keras(name: str) -> None:
    settings: dict[str, Any] = {"learning_rate": 0.25, "clipnorm": 3.0, "weight_decay": 0.125}
    config = make(call(name, **settings)).get_config()
    assert config["learning_rate"] == 0.25 and config["global_clipnorm"] == 3.0 and config["weight_decay"] == 0.125


@pytest.mark.keras
@pytest.mark.parametrize("name", STOCK)
def test_default_learning_rates_learn(name: str) -> None:
    """The course's point: Keras's own defaults spoil the comparison (Adadelta 0.001 → 12 %, 1.0 → 95 %)."""
    import keras

    data = registry.find("datasets", "digits").load(seed=0)
    x, y = data["x"].reshape(len(data["x"]), -1), data["y"]
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((64,)), keras.layers.Dense(32, "relu"), keras.layers.Dense(10, "softmax")])
    model.compile(make(call(name)), "sparse_categorical_crossentropy", metrics=["accuracy"], steps_per_execution=45)
    model.fit(x[:1440], y[:1440], batch_size=32, epochs=15, verbose=0)
    assert model.evaluate(x[1440:], y[1440:], batch_size=512, verbose=0)[1] > 0.85, name
