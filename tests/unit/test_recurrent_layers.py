"""The lab's own recurrent cells and layers, against NumPy written from the papers' formulas; saved and loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlcore import Experiment, counts
from dlcore.calls import Call, make

pytestmark = pytest.mark.keras
DRAW = np.random.default_rng(0)
X = DRAW.normal(size=(3, 9, 2)).astype("float32")


def over(cell: str, **settings: Any) -> Any:
    """The cell of that module and class run over the steps, with weights that are all drawn."""
    import keras

    layer = make(Call("layers.RNN", {"cell": Call(cell, settings), "return_sequences": True}))
    layer.build((None, *X.shape[1:]) if "tree" not in cell else (None, 5, 1))
    assert isinstance(layer, keras.layers.RNN)
    layer.set_weights([DRAW.normal(0, 0.5, weight.shape).astype("float32") for weight in layer.get_weights()])
    return layer


def outputs(layer: Any, x: np.ndarray = X) -> np.ndarray:
    return np.asarray(layer(x))


def leaky(weights: list[np.ndarray], alpha: np.ndarray) -> np.ndarray:
    kernel, recurrent, bias = weights[:3]
    h, found = np.zeros((len(X), len(bias))), []
    for t in range(X.shape[1]):
        h = alpha * h + (1 - alpha) * np.tanh(X[:, t] @ kernel + h @ recurrent + bias)
        found.append(h)
    return np.stack(found, axis=1)


def test_leaky_units_keep_a_share_of_their_last_value() -> None:
    layer = over("dlcore.layers.leaky_cell:LeakyCell", units=4, alpha=0.7)
    np.testing.assert_allclose(outputs(layer), leaky(layer.get_weights(), np.full(4, 0.7)), atol=1e-5)


def test_spread_leaks_have_time_scales_from_one_step_to_the_longest() -> None:
    layer = over("dlcore.layers.leaky_cell:LeakyCell", units=4, alpha=0.999, spread=True)
    scales = 1 / (1 - np.array(layer.cell.leaks))
    np.testing.assert_allclose(scales, [1, 10, 100, 1000], rtol=1e-6)
    np.testing.assert_allclose(outputs(layer), leaky(layer.get_weights(), 1 - 1 / scales), atol=1e-5)


def test_learned_leaks_are_weights_that_start_at_alpha() -> None:
    fresh = make(Call("layers.RNN", {"cell": Call("dlcore.layers.leaky_cell:LeakyCell", {"units": 3, "alpha": 0.9, "learned": True})}))
    fresh.build((None, 4, 2))
    np.testing.assert_allclose(1 / (1 + np.exp(-fresh.get_weights()[3])), 0.9, rtol=1e-5)
    layer = over("dlcore.layers.leaky_cell:LeakyCell", units=3, learned=True)
    alpha = 1 / (1 + np.exp(-layer.get_weights()[3].astype("float64")))
    np.testing.assert_allclose(outputs(layer), leaky(layer.get_weights(), alpha), atol=1e-5)


@pytest.mark.parametrize("keep_short", [True, False])
def test_skips_see_the_units_as_they_were_some_steps_before(keep_short: bool) -> None:
    layer = over("dlcore.layers.skip_cell:SkipCell", units=4, skip=3, keep_short=keep_short)
    kernel, *between, skip, bias = layer.get_weights()
    short = between[0] if keep_short else np.zeros((4, 4))
    h = [np.zeros((len(X), 4))] * 3
    for t in range(X.shape[1]):
        h.append(np.tanh(X[:, t] @ kernel + h[-1] @ short + h[-3] @ skip + bias))
    np.testing.assert_allclose(outputs(layer), np.stack(h[3:], axis=1), atol=1e-5)


def test_clocks_tick_every_second_and_fourth_step_and_do_not_hear_the_fast() -> None:
    layer = over("dlcore.layers.clockwork_cell:ClockworkCell", units=6, groups=3)
    kernel, recurrent, bias = layer.get_weights()
    h, found = np.zeros((len(X), 6)), []
    for t in range(X.shape[1]):
        after = h.copy()
        for group in range(3):
            own = slice(2 * group, 2 * group + 2)
            if t % 2**group == 0:
                heard = slice(2 * group, 6)  # itself and all slower ones
                after[:, own] = np.tanh(X[:, t] @ kernel[:, own] + h[:, heard] @ recurrent[heard, own] + bias[own])
        h = after
        found.append(h)
    np.testing.assert_allclose(outputs(layer), np.stack(found, axis=1), atol=1e-5)


def test_a_tree_is_folded_from_its_leaves_to_its_root() -> None:
    layer = over("dlcore.layers.tree_cell:TreeCell", units=3, values=4, operators=2, depth=3)
    table, kernel, bias = layer.get_weights()

    def join(operator: int, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        own = slice(3 * operator, 3 * operator + 3)
        return np.tanh(np.concatenate([left, right]) @ kernel[:, own] + bias[own])

    tokens = np.array([[1, 3, 4, 2, 5], [0, 2, 3, 5, 4]], "float32")[..., None]  # (1 ∘ 3) • 2 and 0 ∘ (2 • 3)
    found = outputs(layer, tokens)[:, -1]
    np.testing.assert_allclose(found[0], join(1, join(0, table[1], table[3]), table[2]), atol=1e-5)
    np.testing.assert_allclose(found[1], join(0, table[0], join(1, table[2], table[3])), atol=1e-5)


def test_halting_is_a_coin_and_then_a_softmax() -> None:
    layer = make(Call("dlcore.layers.halting:Halting", {"units": 4, "halt": 3}))
    z = DRAW.normal(size=(2, 5, 6)).astype("float32")
    found = np.asarray(layer(z))
    sums = z @ layer.get_weights()[0] + layer.get_weights()[1]
    halts = 1 / (1 + np.exp(-sums[..., 3]))
    says = np.exp(sums[..., :3]) / np.exp(sums[..., :3]).sum(axis=-1, keepdims=True)
    np.testing.assert_allclose(found[..., 3], halts, atol=1e-6)
    np.testing.assert_allclose(found[..., :3], (1 - halts)[..., None] * says, atol=1e-6)
    np.testing.assert_allclose(found.sum(axis=-1), 1, atol=1e-6)


def test_what_is_still_to_come_is_added_to_what_was_said() -> None:
    layer = make(Call("dlcore.layers.counted_embedding:CountedEmbedding", {"input_dim": 5, "output_dim": 3, "counts": 4}))
    found = np.asarray(layer(np.array([[[4, 0], [2, 3]]], "float32")))
    tokens, counted = layer.get_weights()
    np.testing.assert_allclose(found[0], [tokens[4] + counted[0], tokens[2] + counted[3]], atol=1e-7)


def test_forget_gates_begin_with_their_bias_and_the_others_with_none() -> None:
    layer = make(Call("dlcore.initializers._forget_bias:ForgetBias", {"value": -2.0}))
    assert np.asarray(layer((12,), "float32")).tolist() == [0.0] * 3 + [-2.0] * 3 + [0.0] * 6


FAMILIES: dict[str, dict[str, Any]] = {
    "leaky": {"model": "leaky_rnn", "dataset": "adding", "spread": True, "learned": True},
    "skip": {"model": "skip_rnn", "dataset": "adding", "skip": 3},
    "removed": {"model": "skip_rnn", "dataset": "copy", "skip": 3, "keep_short": False},
    "clockwork": {"model": "clockwork_rnn", "dataset": "adding"},
    "tree": {"model": "tree", "dataset": "expressions", "dataset.leaves": 4},
    "forget bias": {"model": "rnn", "dataset": "parity", "forget_bias": 4.0},
    "symbol": {"model": "generator", "dataset": "words"},
    "halt": {"model": "generator", "dataset": "words", "ending": "halt"},
    "length": {"model": "generator", "dataset": "words", "ending": "length"},
}


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_is_counted_as_keras_counts_it_and_is_saved_and_loaded(name: str, tmp_path: Path) -> None:
    import keras

    from dlcore.engine import build
    from dlcore.engine.data import prepare

    small = {"units": 8 if name == "tree" else (8,)}
    experiment = Experiment().with_(**{**FAMILIES[name], **small})
    model = build.model_of(experiment)
    layers = counts.layers(experiment.plan(), experiment.shape.input)
    assert sum(layer.parameters for layer in layers) == model.count_params()
    x = prepare(experiment).x_train[:2]
    expected = np.asarray(model(x))
    assert expected.shape[1:] == layers[-1].output and np.isfinite(expected).all()
    model.save(tmp_path / "model.keras")
    np.testing.assert_array_equal(np.asarray(keras.models.load_model(tmp_path / "model.keras")(x)), expected)
