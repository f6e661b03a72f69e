"""Recurrent nets by hand: gradients against finite differences and TensorFlow, cells against Keras, eigenvalues against NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dlcore.theory import cliff, gates, memory, spectral
from dlcore.theory.recurrence import PARAMETERS, Recurrence, influence, recurrent_parameters, table_entries

DRAW = np.random.default_rng(5)
X, Y = DRAW.standard_normal(8), DRAW.standard_normal(8)
EVERY, LAST = np.ones(8), np.eye(8)[-1]


@pytest.mark.parametrize("counts", [EVERY, LAST], ids=["every step", "last step"])
def test_gradient_through_time_is_the_finite_difference(counts: np.ndarray) -> None:
    net = Recurrence(w=0.7, u=-1.2, b=0.1, v=0.9, c=-0.2)
    gradients, differences = net.backward(X, Y, counts), net.differences(X, Y, counts)
    for name in PARAMETERS:
        assert gradients.total(name) == pytest.approx(differences[name], rel=1e-6, abs=1e-9)


def test_gradient_of_a_state_is_what_a_push_on_it_does_to_the_loss() -> None:
    net, step = Recurrence(), 1e-6

    def loss_after_push(at: int, push: float) -> float:
        state, losses = 0.0, 0.0
        for t in range(8):
            state = np.tanh(net.w * X[t] + net.u * state + net.b) + (push if t == at else 0.0)
            losses += 0.5 * (net.v * state + net.c - Y[t]) ** 2
        return losses

    found = [(loss_after_push(at, step) - loss_after_push(at, -step)) / (2 * step) for at in range(8)]
    np.testing.assert_allclose(net.backward(X, Y, EVERY).h, found, rtol=1e-6)


def test_table_of_ten_variables_and_its_recurrent_net_have_the_books_numbers() -> None:
    assert table_entries(10, 10) == 10**10 - 1
    assert recurrent_parameters(10, 32) == 1706


def test_recurrent_parameters_are_those_keras_counts() -> None:
    import keras

    net = keras.Sequential([keras.Input((None, 10)), keras.layers.SimpleRNN(32), keras.layers.Dense(10, activation="softmax")])
    assert recurrent_parameters(10, 32) == net.count_params()


def test_output_of_one_direction_sees_no_later_input_and_both_directions_see_all() -> None:
    forward, both = influence(12, both=False), influence(12, both=True)
    assert (forward[np.triu_indices(12, 1)] == 0).all() and (forward[np.tril_indices(12)] > 0).all()
    assert (both > 0).all()
    near = np.abs(np.subtract.outer(np.arange(12), np.arange(12)))
    assert both[near == 0].mean() > both[near == 3].mean() > both[near == 8].mean()


@pytest.mark.parametrize("shear", [0.0, 0.7, 2.0])
@pytest.mark.parametrize("radius", [0.1, 0.9, 1.5])
def test_recurrent_weights_have_exactly_the_spectral_radius_asked_for(radius: float, shear: float) -> None:
    weights = spectral.matrix(radius, shear)
    # The eigenvalues of a matrix that is far from normal are ill-conditioned: rounding alone moves them in the fourth digit.
    np.testing.assert_allclose(np.abs(np.linalg.eigvals(weights)), radius, rtol=2e-3)
    commutes = np.allclose(weights @ weights.T, weights.T @ weights)
    assert commutes == (shear == 0)


@pytest.mark.parametrize("tanh", [True, False])
def test_gradient_norms_and_weight_gradient_are_those_of_tensorflow(tanh: bool) -> None:
    import tensorflow as tf

    weights, steps, top = spectral.matrix(1.1, 0.5, 8, 3), 12, DRAW.standard_normal(8)
    flow = spectral.flow(weights, steps, tanh=tanh, drive=0.5, seed=3, top=top)
    inputs = 0.5 * np.random.default_rng([3, 1]).standard_normal((steps, 8))
    w = tf.Variable(weights)
    with tf.GradientTape(persistent=True) as tape:
        states = [tf.zeros(8, tf.float64)]
        tape.watch(states[0])
        for given in inputs:
            summed = tf.linalg.matvec(w, states[-1]) + given
            states.append(tf.tanh(summed) if tanh else summed)
        loss = tf.reduce_sum(states[-1] * top)
    norms = [float(tf.norm(tape.gradient(loss, state))) for state in reversed(states)]
    np.testing.assert_allclose(flow.norms, norms, rtol=1e-9)
    assert flow.weights == pytest.approx(float(tf.norm(tape.gradient(loss, w))), rel=1e-9)


def test_linear_normal_net_follows_the_eigenvalue_rule_exactly() -> None:
    for radius in (0.8, 1.2):
        flow = spectral.flow(spectral.matrix(radius), 40, tanh=False)
        np.testing.assert_allclose(flow.norms, radius ** np.arange(41), rtol=1e-9)


def test_non_normal_weights_stretch_first_and_vanish_later() -> None:
    stretched = spectral.transient(spectral.matrix(0.9, 1.0), 200)
    assert stretched.max() > 3 and stretched[200] < 1e-3
    assert spectral.transient(spectral.matrix(0.9), 200).max() == pytest.approx(1.0)


def test_numbers_out_of_range_are_infinite_and_raise_nothing() -> None:
    assert not np.isfinite(spectral.flow(spectral.matrix(2.0, 2.0), 2000, tanh=False).norms[-1])


def test_clipping_keeps_short_gradients_and_cuts_long_ones() -> None:
    assert spectral.clipped(0.3, 1.0) == 0.3 and spectral.clipped(30.0, 1.0) == 1.0 and spectral.clipped(30.0, 0.0) == 30.0


def test_slope_of_the_cliff_is_the_finite_difference() -> None:
    weights = np.linspace(-2, 10, 41)
    slopes = (cliff.loss(weights + 1e-6, -2.0)[0] - cliff.loss(weights - 1e-6, -2.0)[0]) / 2e-6
    np.testing.assert_allclose(cliff.loss(weights, -2.0)[1], slopes, rtol=1e-3, atol=1e-6)


def test_clipped_descent_never_moves_further_than_rate_times_limit() -> None:
    steps = np.abs(np.diff(cliff.descend(3.99, -2.0, 1.0, 40, limit=0.1).weights))
    assert steps.max() <= 0.1 + 1e-12


@pytest.mark.parametrize("way", memory.WAYS)
def test_gradients_of_longer_memories_are_finite_differences(way: str) -> None:
    net = memory.Net(way, delay=3, leak=0.6, width=4, seed=1)
    inputs, top = DRAW.standard_normal((9, 4)) / 2, DRAW.standard_normal(4)
    found, step = net.gradients(inputs, top), 1e-6
    for at in range(10):
        for unit in range(4):
            up, down = (float(_pushed(net, inputs, at, unit, push)[-1] @ top) for push in (step, -step))
            assert found[at, unit] == pytest.approx((up - down) / (2 * step), rel=1e-4, abs=1e-8)


def _pushed(net: memory.Net, inputs: np.ndarray, at: int, unit: int, push: float) -> np.ndarray:
    """The states when the state `at` is pushed: written out again from the formulas, independently of the module."""
    near, far = net.weights
    h = [np.zeros(4)]
    h[0][unit] += push if at == 0 else 0.0
    for t in range(1, len(inputs) + 1):
        late = far @ h[t - net.delay] if t >= net.delay else np.zeros(4)
        summed = {
            "plain": near @ h[t - 1], "skip": near @ h[t - 1] + late, "leaky": near @ h[t - 1], "removed": late,
        }[net.way] + inputs[t - 1]  # fmt: skip
        leak = net.leak if net.way == "leaky" else 0.0
        h.append(leak * h[t - 1] + (1 - leak) * np.tanh(summed))
        h[t][unit] += push if at == t else 0.0
    return np.array(h)


def test_removed_edges_carry_the_gradient_only_every_delayth_step() -> None:
    norms = memory.reach(memory.Net("removed", delay=4), 20)
    assert (norms[::4] > 0).all() and (np.delete(norms, np.s_[::4]) == 0).all()


def test_half_life_is_when_a_leaky_past_counts_half() -> None:
    assert 0.9 ** memory.half_life(0.9) == pytest.approx(0.5) and memory.half_life(0.0) == 0


KERAS: dict[str, Any] = {"simple": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}


def keras_layer(weights: gates.Weights) -> Any:
    import keras

    more = {"reset_after": weights.reset_after} if weights.cell == "gru" else {}
    layer = getattr(keras.layers, KERAS[weights.cell])(weights.units, return_sequences=True, dtype="float64", **more)
    layer.build((1, None, len(weights.kernel)))
    layer.set_weights([weights.kernel, weights.recurrent, weights.bias])
    return layer


def cells() -> list[gates.Weights]:
    draw = np.random.default_rng(0)
    found = []
    for cell in gates.CELLS:
        weights = gates.drawn(cell, 3, 5, seed=2)
        found.append(gates.Weights(cell, weights.kernel, weights.recurrent, draw.standard_normal(weights.bias.shape)))
    last = found[-1]
    return [*found, gates.Weights("gru", last.kernel, last.recurrent, last.bias[0], reset_after=False)]


@pytest.mark.parametrize("weights", cells(), ids=["simple", "lstm", "gru", "gru as Cho has it"])
def test_cells_and_their_gradients_through_time_are_those_of_keras(weights: gates.Weights) -> None:
    import tensorflow as tf

    x, top = DRAW.standard_normal((9, 3)), DRAW.standard_normal(5)
    given = tf.constant(x[None])
    with tf.GradientTape() as tape:
        tape.watch(given)
        outputs = keras_layer(weights)(given)
        loss = tf.reduce_sum(outputs[0, -1] * top)
    np.testing.assert_allclose(gates.run(weights, x).h, outputs[0], rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(gates.input_gradients(weights, x, top), tape.gradient(loss, given)[0], rtol=1e-5, atol=1e-9)


def test_open_forget_gate_carries_the_gradient_further() -> None:
    x, top = DRAW.standard_normal((60, 2)), np.ones(16)
    near, far = (gates.reach(gates.drawn("lstm", 2, 16, keep_bias=bias), x, top)[-1] for bias in (-2.0, 4.0))
    assert far > 1e6 * near
