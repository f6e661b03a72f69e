"""Initialisation, dropout, penalties and early stopping: NumPy against Keras, SciPy and what theory says."""

from __future__ import annotations

import numpy as np
import pytest

from dlcore.theory import dropout, early_stopping, penalties, signal
from dlcore.theory.activations import activation

NET = {"depth": 10, "width": 128, "activation": "relu", "initializer": "he_normal"}


@pytest.mark.keras
@pytest.mark.parametrize("name", sorted(signal.INITIALIZERS))
def test_weights_are_spread_as_keras_draws_them(name: str) -> None:
    from dlcore import registry
    from dlcore.calls import make

    call = registry.find("initializers", name).call(0.0, 15, 1)
    theirs = np.asarray(make(call)((200, 400)))
    ours = signal.weights(name, 200, 400, np.random.default_rng(1))
    assert ours.shape == theirs.shape
    assert ours.std() == pytest.approx(theirs.std(), rel=0.03, abs=1e-6)
    if "uniform" in name:
        assert np.abs(ours).max() == pytest.approx(np.abs(theirs).max(), rel=0.02)
    if name == "martens_sparse":
        assert ((ours != 0).sum(axis=0) == (theirs != 0).sum(axis=0)).all()
    if name == "orthogonal":
        np.testing.assert_allclose(ours @ ours.T, np.eye(200), atol=1e-9)


def test_he_keeps_the_size_of_a_relu_signal_and_a_smaller_scale_loses_it() -> None:
    kept = np.mean([signal.propagate(**NET, seed=seed).forward[-1] ** 2 for seed in range(20)])
    # Half of a standard normal sum's square is left after a ReLU, and He's variance doubles it again.
    assert kept == pytest.approx(1.0, rel=0.4)
    lost = signal.propagate(**{**NET, "initializer": "lecun_normal"})
    assert lost.forward[-1] ** 2 == pytest.approx(0.5**10, rel=0.8)


def test_glorots_scale_shrinks_with_width_and_not_with_depth() -> None:
    draw = np.random.default_rng(0)
    narrow, wide = (signal.weights("glorot_normal", width, width, draw).std() for width in (64, 256))
    assert narrow / wide == pytest.approx(2.0, rel=0.1)


@pytest.mark.parametrize(("initializer", "units"), [("zeros", 1), ("constant", 1), ("he_normal", 128)])
def test_any_constant_start_leaves_one_distinct_unit(initializer: str, units: int) -> None:
    assert set(signal.propagate(**{**NET, "initializer": initializer}).distinct) == {units}


def test_gradients_of_each_layer_are_finite_differences() -> None:
    draw, h = np.random.default_rng(0), 1e-6
    kernels = [signal.weights("glorot_normal", 8, 8, draw) for _ in range(3)]
    x, way, tanh = draw.standard_normal((1, 8)), draw.standard_normal((1, 8)), activation("tanh")

    def through(nudged: int, nudge: np.ndarray) -> tuple[float, list[np.ndarray]]:
        out, sums = x, []
        for layer, kernel in enumerate(kernels):
            sums.append(out @ kernel + (nudge if layer == nudged else 0))
            out = np.tanh(sums[-1])
        return float((out * way).sum()), sums

    found = signal.gradients(kernels, through(0, np.zeros(8))[1], tanh, way)
    for layer in range(3):
        slopes = [(through(layer, h * unit)[0] - through(layer, -h * unit)[0]) / (2 * h) for unit in np.eye(8)]
        np.testing.assert_allclose(found[layer][0], slopes, rtol=1e-5, atol=1e-8)


def test_sigmoids_lose_the_gradient_and_he_with_relu_keeps_it() -> None:
    lost = signal.propagate(depth=30, width=64, activation="sigmoid", initializer="glorot_uniform")
    kept = signal.propagate(depth=30, width=64, activation="relu", initializer="he_normal")
    assert lost.backward[0] < 1e-8 and 0.01 < kept.backward[0] < 100


def test_a_negative_bias_silences_units_and_a_leaky_unit_is_never_silent() -> None:
    begin = {"depth": 1, "width": 400, "initializer": "glorot_uniform"}
    share = [signal.propagate(**begin, activation="relu", bias=bias).silent[0] for bias in (0.0, -1.0, -4.0)]
    assert share[0] == 0 and share[0] <= share[1] < share[2] == 1
    assert signal.propagate(**begin, activation="leaky_relu", bias=-4.0).silent[0] == 0


def test_silent_units_of_many_biases_side_by_side_are_those_of_each_alone() -> None:
    begin = {"depth": 4, "width": 32, "activation": "relu", "initializer": "he_normal"}
    biases = np.array([-4.0, -1.0, 0.0, 0.5])
    together = signal.silent(biases, **begin)
    assert together.shape == (4, 4) and together[0, 0] > together[2, 0]
    for bias, shares in zip(biases, together, strict=True):
        np.testing.assert_allclose(shares, signal.propagate(**begin, bias=float(bias)).silent)


def test_dropout_keeps_the_mean_and_spreads_it_as_theory_says() -> None:
    found = dropout.masks(20_000, 50, 0.4)
    assert found.mean() == pytest.approx(1.0, abs=0.01)
    assert found.mean(axis=1).std() == pytest.approx(dropout.spread(0.4, 50), rel=0.03)
    assert (dropout.masks(3, 5, 0.0) == 1).all()
    with pytest.raises(ValueError, match="rate = 1"):
        dropout.masks(3, 5, 1.0)


def test_whole_net_is_the_average_of_its_dropped_ones() -> None:
    fit = dropout.fitted(0.5, 4000)
    np.testing.assert_allclose(fit.mean, fit.whole, atol=0.03)
    assert fit.deviation.max() > 0.1
    assert dropout.fitted(0.0, 5).deviation.max() < 1e-12


def test_output_weights_are_those_that_training_with_dropout_leads_to() -> None:
    draw = np.random.default_rng(1)
    features, targets, rate = draw.random((12, 6)), draw.random(12), 0.4
    best = dropout.best_weights(features, targets, rate)

    def loss(w: np.ndarray) -> float:
        # The mean over all 64 masks of a row, each with its probability.
        kept = (np.arange(64)[:, None] >> np.arange(6)) & 1
        chance = np.prod(np.where(kept, 1 - rate, rate), axis=1)
        errors = [(features @ (mask / (1 - rate) * w) - targets) ** 2 for mask in kept]
        return float(chance @ np.sum(errors, axis=1) + dropout.PENALTY * w @ w)

    h = 1e-5
    slopes = [(loss(best + h * unit) - loss(best - h * unit)) / (2 * h) for unit in np.eye(6)]
    np.testing.assert_allclose(slopes, 0, atol=1e-6)


@pytest.mark.parametrize(("l1", "l2"), [(0.0, 0.0), (0.0, 0.3), (0.4, 0.0), (0.9, 0.0), (0.2, 0.2), (3.0, 0.0)])
def test_penalised_solution_is_the_lowest_point_that_scipy_finds(l1: float, l2: float) -> None:
    from scipy.optimize import minimize

    theirs = minimize(lambda w: penalties.loss(w, l1, l2), [0.3, 0.3], method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-12})
    np.testing.assert_allclose(penalties.solution(l1, l2), theirs.x, atol=1e-5)


def test_l1_reaches_exactly_zero_and_l2_never_does() -> None:
    assert (penalties.trail("l1", np.array([2.5]))[0] == 0).all()
    assert (penalties.trail("l1", np.array([0.7]))[0] == 0).sum() == 1
    assert (np.abs(penalties.trail("l2", np.geomspace(0.01, 100, 20))) > 0).all()


def test_under_adam_an_l2_penalty_shrinks_less_where_gradients_are_large_and_decay_does_not_care() -> None:
    shrunk = {
        (size, decoupled): penalties.adam_shrinks(size, 0.1, 0.01, 400, decoupled)[-1]
        for size in (0.1, 10.0)
        for decoupled in (True, False)
    }
    assert shrunk[10.0, False] > shrunk[0.1, False] + 0.2
    assert abs(shrunk[10.0, True] - shrunk[0.1, True]) < 0.1


def theirs(curve: np.ndarray, patience: int, min_delta: float, rising: bool) -> tuple[int, int]:
    """Epochs trained and best epoch, by Keras's own callback."""
    import keras

    class Told:
        stop_training = False

        def get_weights(self) -> list[np.ndarray]:
            return []

        def set_weights(self, weights: object) -> None:
            pass

    callback = keras.callbacks.EarlyStopping(monitor="m", patience=patience, min_delta=min_delta, mode="max" if rising else "min")
    callback.set_model(Told())
    callback.on_train_begin()
    for epoch, value in enumerate(curve):
        callback.on_epoch_end(epoch, {"m": float(value)})
        if callback.model.stop_training:
            return epoch + 1, callback.best_epoch + 1
    return len(curve), callback.best_epoch + 1


@pytest.mark.keras
@pytest.mark.parametrize("patience", [1, 2, 5, 20])
@pytest.mark.parametrize(("min_delta", "rising"), [(0.0, False), (0.02, False), (0.01, True)])
def test_stops_where_the_keras_callback_does(patience: int, min_delta: float, rising: bool) -> None:
    for seed in range(4):
        curve = early_stopping.example(seed=seed) * (-1 if rising else 1)
        found = early_stopping.stop(curve, patience, min_delta, rising)
        assert found is not None
        assert (found.stopped, found.best) == theirs(curve, patience, min_delta, rising)


def test_no_patience_never_stops_and_an_empty_curve_has_no_answer() -> None:
    found = early_stopping.stop([3.0, 2.0, 2.5, 2.6], 0)
    assert found == early_stopping.Stop(4, False, 2, 2.0, 2.0, 2)
    assert early_stopping.stop([], 3) is None and early_stopping.stops([], [1, 2]) == []


def test_too_little_patience_misses_what_comes_later() -> None:
    curve = [1.0, 0.8, 0.9, 0.95, 0.5, 0.6]
    assert [found.value for found in early_stopping.stops(curve, [1, 3])] == [0.8, 0.5]
    assert early_stopping.stops(curve, [1])[0].overlooked == 0.5


def test_curves_of_equal_loss_and_of_equal_penalty_are_what_they_say() -> None:
    np.testing.assert_allclose(penalties.loss(penalties.ellipse(0.7)), 0.7)
    through = np.array([0.8, -0.3])
    for kind, (l1, l2) in {"l1": (1, 0), "l2": (0, 1), "elastic": (0.5, 0.5)}.items():
        penalty = [penalties.loss(w, l1, l2) - penalties.loss(w) for w in (through, *penalties.ball(kind, through))]
        np.testing.assert_allclose(penalty, penalty[0])
