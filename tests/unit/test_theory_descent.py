"""Surfaces and optimizers: formulas against finite differences, paths against Keras and SciPy."""

from __future__ import annotations

import numpy as np
import pytest

from dlcore.theory import batches, descent, surfaces
from dlcore.theory.descent import RULES, Settings, descend
from dlcore.theory.surfaces import SURFACES, Surface, bowl

EVERY = [*SURFACES.values(), bowl(100.0)]
PLACES = np.random.default_rng(0).uniform(-2, 2, (25, 2))


def gradient_of(surface: Surface) -> descent.Gradient:
    return lambda point: np.array(surface.gradient(*point), float)


@pytest.mark.parametrize("surface", EVERY, ids=lambda surface: surface.name)
def test_gradient_and_hessian_are_finite_differences(surface: Surface) -> None:
    h = 1e-5
    for x, y in PLACES:
        slopes = [(surface.f(x + h, y) - surface.f(x - h, y)) / (2 * h), (surface.f(x, y + h) - surface.f(x, y - h)) / (2 * h)]
        np.testing.assert_allclose(surface.gradient(x, y), slopes, rtol=1e-5, atol=1e-5)
        across = (np.array(surface.gradient(x + h, y)) - np.array(surface.gradient(x - h, y))) / (2 * h)
        up = (np.array(surface.gradient(x, y + h)) - np.array(surface.gradient(x, y - h))) / (2 * h)
        np.testing.assert_allclose(surface.hessian(x, y), [across[0], across[1], up[1]], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("surface", EVERY, ids=lambda surface: surface.name)
def test_lowest_points_are_level_and_lower_than_all_that_is_drawn(surface: Surface) -> None:
    x, y = np.meshgrid(np.linspace(*surface.across, 201), np.linspace(*surface.up, 201))
    for point in surface.lowest:
        np.testing.assert_allclose(surface.gradient(*point), 0, atol=1e-8)
        assert surfaces.kind_of_point(surface, *point) == "minimum"
        assert surface.f(*point) <= surface.f(x, y).min() + 1e-9


@pytest.mark.parametrize("surface", EVERY, ids=lambda surface: surface.name)
def test_start_lies_in_the_picture(surface: Surface) -> None:
    assert surface.across[0] <= surface.start[0] <= surface.across[1] and surface.up[0] <= surface.start[1] <= surface.up[1]


def test_known_values_of_the_usual_test_functions() -> None:
    from scipy.optimize import rosen, rosen_der, rosen_hess

    point = np.array([-1.2, 1.0])
    surface = SURFACES["rosenbrock"]
    assert surface.f(*point) == pytest.approx(rosen(point))
    np.testing.assert_allclose(surface.gradient(*point), rosen_der(point))
    xx, xy, yy = surface.hessian(*point)
    np.testing.assert_allclose([[xx, xy], [xy, yy]], rosen_hess(point))
    assert SURFACES["beale"].f(3.0, 0.5) == 0 and SURFACES["beale"].f(0.0, 0.0) == pytest.approx(14.203125)
    assert SURFACES["rastrigin"].f(0.0, 0.0) == 0 and SURFACES["rastrigin"].f(0.5, 0.5) == pytest.approx(40.5)


def test_a_saddle_is_level_in_every_direction_and_its_hessian_indefinite() -> None:
    assert SURFACES["saddle"].gradient(0.0, 0.0) == (0.0, 0.0)
    assert surfaces.kind_of_point(SURFACES["saddle"], 0.0, 0.0) == "saddle"
    assert surfaces.kind_of_point(SURFACES["double_well"], surfaces.HIGH_WELL, 0.0) == "minimum"
    assert surfaces.kind_of_point(SURFACES["double_well"], surfaces.WELL_TOP, 0.0) == "saddle"


ARGUMENTS = {
    "sgd": ("SGD", {}), "momentum": ("SGD", {"momentum": 0.9}), "nesterov": ("SGD", {"momentum": 0.9, "nesterov": True}),
    "adagrad": ("Adagrad", {}), "adadelta": ("Adadelta", {"rho": 0.9}), "rmsprop": ("RMSprop", {}), "adam": ("Adam", {}),
    "adamw": ("AdamW", {"weight_decay": 0.1}), "nadam": ("Nadam", {}),
}  # fmt: skip


@pytest.mark.keras
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("name", ["ravine", "beale"])
def test_path_is_that_of_the_keras_optimizer(rule: str, name: str) -> None:
    import keras

    kind, arguments = ARGUMENTS[rule]
    rate, steps, surface = 0.002, 40, SURFACES[name]
    theirs = getattr(keras.optimizers, kind)(learning_rate=rate, **arguments)
    point = keras.Variable(np.array(surface.start), dtype="float64")
    theirs.build([point])
    walked = [surface.start]
    for _ in range(steps):
        theirs.apply([keras.ops.convert_to_tensor(gradient_of(surface)(np.asarray(point.value)), dtype="float64")])
        walked.append(tuple(np.asarray(point.value)))
    ours = descend(rule, gradient_of(surface), surface.start, Settings(rate=rate, decay=0.1), steps)
    np.testing.assert_allclose(ours.points, walked, rtol=1e-4, atol=1e-5)


def hessian_of(surface: Surface) -> descent.Gradient:
    def found(point: np.ndarray) -> np.ndarray:
        xx, xy, yy = surface.hessian(*point)
        return np.array([[xx, xy], [xy, yy]], float)

    return found


def test_newton_is_drawn_to_the_saddle_and_reaches_a_quadratics_bottom_in_one_step() -> None:
    saddle = SURFACES["saddle"]
    path = descend("newton", gradient_of(saddle), (1.0, 0.5), Settings(), 20, hessian=hessian_of(saddle))
    np.testing.assert_allclose(path.points[-1], [0, 0], atol=1e-6)
    round_one = bowl(1000.0)
    path = descend("newton", gradient_of(round_one), (-2.0, 1.5), Settings(), 1, hessian=hessian_of(round_one))
    np.testing.assert_allclose(path.points[-1], [0, 0], atol=1e-12)


@pytest.mark.parametrize("name", ["rosenbrock", "beale"])
def test_lbfgs_ends_where_scipys_does(name: str) -> None:
    from scipy.optimize import minimize

    surface = SURFACES[name]
    theirs = minimize(lambda p: surface.f(*p), surface.start, jac=lambda p: np.array(surface.gradient(*p)), method="L-BFGS-B")
    path = descend("lbfgs", gradient_of(surface), surface.start, Settings(), 100, f=lambda p: float(surface.f(*p)))
    np.testing.assert_allclose(path.points[-1], theirs.x, atol=1e-3)
    np.testing.assert_allclose(path.points[-1], surface.lowest[0], atol=1e-5)


def test_noise_frees_gradient_descent_from_the_saddle() -> None:
    saddle = SURFACES["saddle"]
    still = descend("sgd", gradient_of(saddle), saddle.start, Settings(rate=0.1), 200)
    shaken = descend("sgd", gradient_of(saddle), saddle.start, Settings(rate=0.1), 200, noise=0.1)
    assert abs(still.points[-1, 1]) < 1e-12 and abs(abs(shaken.points[-1, 1]) - 2) < 0.5


def test_momentum_gains_on_plain_descent_as_the_bowl_grows_narrow() -> None:
    def steps(rule: str, condition: float) -> int:
        # Each at the rate that is best for it on this bowl (Polyak 1964).
        root = np.sqrt(condition)
        beta = ((root - 1) / (root + 1)) ** 2
        rate = (2 / (root + 1)) ** 2 if rule == "momentum" else 2 / (1 + condition)
        path = descend(rule, gradient_of(bowl(condition)), (-2.0, 1.5), Settings(rate=rate, momentum=beta), 4000)
        found = descent.steps_to(path.points, (0.0, 0.0), 1e-3)
        assert found is not None
        return found

    gains = [steps("sgd", condition) / steps("momentum", condition) for condition in (10, 100, 1000)]
    assert 1 < gains[0] < gains[1] < gains[2]


def test_adagrads_effective_rate_falls_as_one_over_root_t_under_a_steady_gradient() -> None:
    path = descend("adagrad", lambda point: np.ones(2), (0.0, 0.0), Settings(rate=0.5, initial=0.0), 400)
    np.testing.assert_allclose(path.sizes[:, 0], 0.5 / np.sqrt(np.arange(1, 401)), rtol=1e-6)


def test_without_its_correction_adam_begins_with_steps_of_another_size() -> None:
    first = [
        descend("adam", lambda point: np.ones(2), (0.0, 0.0), Settings(rate=0.1, correction=on), 1).moves[0, 0] for on in (True, False)
    ]
    assert first[0] == pytest.approx(-0.1, rel=1e-5)
    assert first[1] == pytest.approx(-0.1 * 0.1 / np.sqrt(0.001), rel=1e-4)


def test_a_path_that_leaves_is_told_and_stays_finite() -> None:
    path = descend("sgd", gradient_of(bowl(100.0)), (1.0, 1.0), Settings(rate=0.5), 100)
    assert path.diverged and np.isfinite(path.points).all()


def test_step_at_which_a_path_arrives_to_stay() -> None:
    points = np.array([[3.0, 0], [0.1, 0], [2.0, 0], [0.2, 0], [0.1, 0]])
    assert descent.steps_to(points, (0.0, 0.0), 0.5) == 3
    assert descent.steps_to(points[:3], (0.0, 0.0), 0.5) is None
    assert descent.steps_to(points[3:], (0.0, 0.0), 0.5) == 0


def test_variance_of_a_batchs_gradient_falls_as_one_over_its_size() -> None:
    x, y = batches.rows(20_000)
    found = [batches.gradients(x, y, np.zeros(2), batch)[:, 0].var() for batch in (1, 10, 100)]
    np.testing.assert_allclose([found[0] / found[1], found[1] / found[2]], 10, rtol=0.25)


def test_summed_gradients_are_the_mean_times_the_batch_size() -> None:
    x, y = batches.rows(64)
    np.testing.assert_allclose(batches.gradients(x, y, np.ones(2), 16, mean=False), 16 * batches.gradients(x, y, np.ones(2), 16, mean=True))
    whole = batches.fit(x, y, batch=64, rate=0.01, epochs=5, mean=False)
    scaled = batches.fit(x, y, batch=64, rate=0.64, epochs=5)
    np.testing.assert_allclose(whole.losses, scaled.losses)


def test_losses_along_the_way_are_the_mean_squared_errors_of_its_weights() -> None:
    x, y = batches.rows(64)
    found = batches.fit(x, y, batch=64, rate=0.1, epochs=2)
    w, losses = np.zeros(2), []
    for _ in range(3):
        losses.append(np.mean((x @ w - y) ** 2))
        w = w - 0.1 * batches.gradients(x, y, w, 64)[0]
    np.testing.assert_allclose(found.losses, losses, rtol=1e-9)


def test_full_batch_descent_ends_at_the_least_squares_line() -> None:
    x, y = batches.rows(256)
    best = np.linalg.lstsq(x, y, rcond=None)[0]
    assert batches.fit(x, y, batch=256, rate=0.3, epochs=60).losses[-1] == pytest.approx(np.mean((x @ best - y) ** 2))


@pytest.mark.parametrize("rule", RULES)
def test_best_rate_of_a_grid_is_the_one_whose_own_path_ends_lowest(rule: str) -> None:
    surface, rates = SURFACES["ravine"], np.geomspace(1e-3, 1, 7)
    found = descent.tuned(
        rule, lambda p: np.stack(surface.gradient(p[:, 0], p[:, 1]), axis=1), lambda p: surface.f(p[:, 0], p[:, 1]), surface.start,
        Settings(), 60, rates,
    )  # fmt: skip
    alone = [descend(rule, gradient_of(surface), surface.start, Settings(rate=rate), 60) for rate in rates]
    ends = [np.inf if path.diverged else float(surface.f(*path.points[-1])) for path in alone]
    np.testing.assert_allclose(found.heights, ends, rtol=1e-6)
    assert found.rate == rates[int(np.argmin(ends))]
    np.testing.assert_allclose(found.descent.points, alone[int(np.argmin(ends))].points)


def test_lbfgs_has_no_rate_to_tune_and_walks_its_own_path() -> None:
    surface = SURFACES["ravine"]
    found = descent.tuned(
        "lbfgs", lambda p: np.stack(surface.gradient(p[:, 0], p[:, 1]), axis=1), lambda p: surface.f(p[:, 0], p[:, 1]), surface.start,
        Settings(), 60,
    )  # fmt: skip
    own = descend("lbfgs", gradient_of(surface), surface.start, Settings(), 60, f=lambda point: float(surface.f(*point)))
    assert np.isnan(found.rate)
    np.testing.assert_allclose(found.descent.points, own.points)
    assert float(surface.f(*own.points[-1])) < 1e-6
