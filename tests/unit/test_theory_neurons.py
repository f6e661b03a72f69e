"""The arithmetic behind the pages on neurons, activations and backpropagation, against independent references."""

from __future__ import annotations

import numpy as np
import pytest

from dlcore.theory import activations, backpropagation, mcculloch_pitts, perceptron

X = mcculloch_pitts.inputs(2).astype(float)
AND, XOR = np.array(mcculloch_pitts.GATES["AND"]), np.array(mcculloch_pitts.GATES["XOR"])
ALL_UNITS = [(t, i, c) for t in (0, 1, 2, 3) for i in X.astype(bool) for c in X.astype(bool)]


def test_rows_of_inputs_count_upwards() -> None:
    assert mcculloch_pitts.inputs(3).tolist() == [[int(bit) for bit in f"{row:03b}"] for row in range(8)]


@pytest.mark.parametrize(("gate", "most"), [("AND", 4), ("OR", 4), ("NOT", 4), ("XOR", 3)])
def test_one_unit_of_mcculloch_and_pitts_is_every_gate_but_xor(gate: str, most: int) -> None:
    assert max(mcculloch_pitts.right_rows(gate, *unit) for unit in ALL_UNITS) == most


def test_one_inhibitory_input_silences_the_unit_whatever_the_others_do() -> None:
    x = mcculloch_pitts.inputs(5)
    fired = mcculloch_pitts.fires(x, 1, [False] * 4 + [True])
    assert not fired[x[:, 4] == 1].any()
    assert fired[(x[:, 4] == 0) & (x[:, :4].sum(axis=1) > 0)].all()


def blobs(seed: int) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    targets = draw.integers(0, 2, 40)
    return draw.normal(0, 1, (40, 2)) + 3.0 * targets[:, None], targets


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_rosenblatts_rule_walks_as_scikit_learns_perceptron(seed: int) -> None:
    from sklearn.linear_model import Perceptron

    x, targets = blobs(seed)
    start = np.random.default_rng(seed).normal(0, 1, 3)
    for epochs in (1, 2, 7):
        theirs = Perceptron(eta0=0.3, shuffle=False, tol=None, max_iter=epochs)
        theirs.fit(x, targets, coef_init=start[None, :2].copy(), intercept_init=start[2:].copy())  # it writes into what it is given
        ours = perceptron.learn(x, targets, start[:2], start[2], rate=0.3, epochs=epochs)
        np.testing.assert_allclose(ours.weights[-1], theirs.coef_[0])
        np.testing.assert_allclose(ours.biases[-1], theirs.intercept_[0])


def test_delta_rule_goes_down_the_gradient_of_the_squared_error() -> None:
    x, weights, bias, target, h = np.array([0.4, -1.3]), np.array([0.7, 0.2]), np.array(-0.1), 1.0, 1e-6

    def error(w: np.ndarray, b: float) -> float:
        return float((perceptron.output(x, w, b, "delta") - target) ** 2 / 2)

    after, bias_after = perceptron.update("delta", 1.0, x, target, weights, bias)
    slopes = [(error(weights + h * e, bias) - error(weights - h * e, bias)) / (2 * h) for e in np.eye(2)]
    np.testing.assert_allclose(after - weights, -np.array(slopes), rtol=1e-6)
    np.testing.assert_allclose(bias_after - bias, -(error(weights, bias + h) - error(weights, bias - h)) / (2 * h), rtol=1e-6)


def test_misprinted_rule_learns_nothing_where_the_output_is_0_or_the_bias_is() -> None:
    weights = np.array([-1.0, -1.0])
    after, bias = perceptron.update("misprint", 0.5, np.ones(2), 1.0, weights, 0.0)
    assert (after == weights).all() and bias == 0


def test_right_rule_solves_and_from_every_start_and_the_misprinted_one_from_few() -> None:
    assert perceptron.solved(X, AND, rule="rosenblatt", rate=0.1) == 100
    assert perceptron.solved(X, AND, rule="misprint", rate=0.1) < 20


def test_no_rule_solves_xor() -> None:
    assert [perceptron.solved(X, XOR, rule=rule, rate=0.5, starts=30) for rule in perceptron.RULES] == [0, 0, 0]


def test_learning_keeps_every_step_and_counts_mistakes() -> None:
    path = perceptron.learn(X, AND, np.zeros(2), 0.0, rate=1.0, epochs=10)
    assert (path.weights.shape, path.biases.shape, path.mistakes.shape) == ((41, 2), (41,), (11,))
    assert path.mistakes[0] == 3 and path.mistakes[-1] == 0


def test_unknown_rule_is_named() -> None:
    with pytest.raises(ValueError, match="'hebb'"):
        perceptron.update("hebb", 0.1, X[0], 1.0, X[0], 0.0)


GRID = np.concatenate([np.linspace(-6, 6, 241), [-40.0, 40.0]]) + 1e-3


@pytest.mark.parametrize("name", activations.NAMES)
def test_derivative_is_the_slope_of_the_function(name: str) -> None:
    kind = activations.activation(name, slope=0.2)
    h = 1e-4 if name == "gelu" else 1e-6
    slope = (kind.f(GRID + h) - kind.f(GRID - h)) / (2 * h)
    np.testing.assert_allclose(kind.derivative(GRID), slope, atol=3e-3 if name == "gelu" else 1e-6)


@pytest.mark.parametrize("name", activations.NAMES)
def test_values_stay_between_the_bounds_that_are_told(name: str) -> None:
    kind = activations.activation(name)
    values = kind.f(np.linspace(-50, 50, 20_001))
    assert kind.low - 1e-4 <= values.min() and values.max() <= kind.high + 1e-4
    if np.isfinite(kind.low):
        assert values.min() == pytest.approx(kind.low, abs=2e-4)


@pytest.mark.keras
@pytest.mark.parametrize("name", activations.NAMES)
def test_function_is_the_one_that_keras_trains_with(name: str) -> None:
    import keras

    kind = activations.activation(name, slope=0.2)
    if name == "scaled_tanh":
        from dlcore.layers.scaled_tanh import ScaledTanh

        theirs = ScaledTanh()(GRID.astype("float32"))
    elif name == "leaky_relu":
        theirs = keras.ops.leaky_relu(GRID.astype("float32"), 0.2)
    else:
        theirs = keras.activations.get(kind.keras)(GRID.astype("float32"))
        if name == "gelu":
            theirs = keras.activations.gelu(GRID.astype("float32"), approximate=False)
    np.testing.assert_allclose(kind.f(GRID), np.asarray(theirs), atol=2e-6, rtol=1e-5)


def test_normal_distribution_function_is_scipys() -> None:
    from scipy.stats import norm

    np.testing.assert_allclose(activations.normal_cdf(GRID), norm.cdf(GRID), atol=1e-7)


CASE = (0.05, 0.10, 0.01)


def test_every_gradient_is_its_finite_difference() -> None:
    draw = np.random.default_rng(3)
    for _ in range(20):
        net = backpropagation.Net(*draw.normal(0, 2, 9))
        x1, x2, target = draw.normal(0, 2, 3)
        gradients, differences = net.backward(x1, x2, target), net.differences(x1, x2, target)
        np.testing.assert_allclose([gradients[name] for name in backpropagation.PARAMETERS], list(differences.values()), atol=1e-8)


def test_forward_pass_has_the_published_numbers() -> None:
    # Mazur, "A step by step backpropagation example" (2015): net and output of h1, h2 and o1.
    net = backpropagation.Net(w11=0.15, w21=0.20, w12=0.25, w22=0.30, b1=0.35, b2=0.35, v1=0.40, v2=0.45, c=0.60)
    now = net.forward(*CASE)
    assert now["z1"] == pytest.approx(0.3775) and now["h1"] == pytest.approx(0.593269992)
    assert now["h2"] == pytest.approx(0.596884378)
    assert now["s"] == pytest.approx(1.105905967) and now["o"] == pytest.approx(0.75136507)
    assert now["loss"] == pytest.approx(0.274811083)


def test_backward_pass_has_the_published_numbers() -> None:
    net = backpropagation.Net()
    gradients = net.backward(*CASE)
    assert gradients["v1"] == pytest.approx(0.082167041)
    assert net.updated(gradients, 0.5).v1 == pytest.approx(0.35891648)


def test_steps_go_forward_then_back_and_name_every_parameter_once() -> None:
    found = backpropagation.steps(backpropagation.Net(), *CASE, 0.5)
    assert [step.phase for step in found] == sorted((step.phase for step in found), key=["forward", "backward", "update"].index)
    assert [step.name for step in found if step.phase == "update"] == list(backpropagation.PARAMETERS)
    assert {step.name for step in found if step.phase == "backward"} == set(backpropagation.Net().backward(*CASE))


def test_one_update_lowers_the_loss() -> None:
    net = backpropagation.Net()
    after = net.updated(net.backward(*CASE), 0.5)
    assert after.forward(*CASE)["loss"] < net.forward(*CASE)["loss"]
