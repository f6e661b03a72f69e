"""From an experiment to its range test, and from the test's run to rates."""

from __future__ import annotations

import time

import numpy as np
import pytest

from dlcore import service
from dlcore.errors import Invalid, Refused
from dlcore.experiment import Experiment
from dlcore.run import Event
from dlcore.services import range_testing
from dlcore.store import Store

BASE = Experiment().with_(dataset="digits", batch_size=64, learning_rate=0.01)


@pytest.fixture
def tested(store: Store) -> str:
    """A range test of 4 epochs that has trained 2 of them: its loss falls fastest at a rate of 1e-3, then blows up."""
    run = range_testing.start(BASE, epochs=4, first=1e-5, last=1e-1, store=store)
    rates = service.experiment(run, store=store).schedule_spec.rates(0.1, 80, 20, ramp="exponential", first=1e-5, stop_factor=4.0)
    at = np.log10(rates[:60])
    losses = (2.3 - 2 / (1 + np.exp(-6 * (at + 3)))).astype("<f4")
    epochs = np.array([[2.0, 0.2], [1.0, 0.6]], "<f4")
    now = time.time()
    store.append([
        Event(run, 1, 0, "started", now, {"worker": "wide", "worker_class": "wide", "environment": {}, "step": 0}),
        Event(run, 1, 1, "steps", now, {"names": ["loss"], "first": 0}, losses.tobytes()),
        Event(run, 1, 2, "epochs", now, {"names": ["loss", "val_accuracy"], "first": 1}, epochs.tobytes()),
    ])  # fmt: skip
    return run


def test_range_test_climbs_and_stops_early_by_its_loss_only() -> None:
    found = range_testing.experiment(BASE.with_(patience=3, restore_best=True))
    assert found.schedule.name == "range_test" and found.optimizer.settings["learning_rate"] == 10.0
    assert (found.patience, found.restore_best) == (0, False)
    assert found.epochs * 20 >= range_testing.STEPS > (found.epochs - 1) * 20


def test_straight_climb_has_a_point_of_accuracy_for_each_epoch() -> None:
    found = range_testing.experiment(BASE, ramp="linear", last=0.5)
    assert found.epochs == 20 and found.schedule.settings["first"] == 0.001


def test_straight_climb_goes_around_the_rate_there_is() -> None:
    assert range_testing.bounds(BASE, "linear") == (0.001, 1.0)
    assert range_testing.bounds(BASE, "exponential") == (1e-7, 10.0)


def test_rates_of_the_curve_are_those_that_the_run_trained_at(tested: str, store: Store) -> None:
    curve = range_testing.curve(tested, store=store)
    assert len(curve.rates) == len(curve.losses) == 60
    assert curve.rates[0] == pytest.approx(1e-5) and curve.rates[-1] == pytest.approx(1e-5 * 10 ** (4 * 59 / 79))
    assert curve.metric == "val_accuracy"
    np.testing.assert_allclose(curve.epoch_rates, curve.rates[[19, 39]])


def test_picks_follow_the_loss(tested: str, store: Store) -> None:
    picks = range_testing.curve(tested, store=store).picks(0.0)
    assert picks["steepest"] == pytest.approx(1e-3, rel=0.15)
    assert picks["tenth"] < picks["steepest"] * 3


def test_curve_of_a_test_without_steps_is_empty_and_picks_nothing(store: Store) -> None:
    curve = range_testing.curve(range_testing.start(BASE, store=store), store=store)
    assert len(curve.rates) == 0 and curve.picks() == {}


def test_train_at_a_rate_keeps_all_but_the_tests_own_settings(tested: str, store: Store) -> None:
    found = range_testing.trained_at(tested, 0.002, store=store)
    assert found == BASE.with_(learning_rate=0.002)


def test_run_that_is_no_range_test_is_refused(store: Store) -> None:
    with pytest.raises(Refused, match="is no range test"):
        range_testing.curve(service.start(BASE, store=store), store=store)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"first": 1.0, "last": 0.1}, "must climb"),
        ({"ramp": "zigzag"}, "must be exponential or linear"),
        ({"stop_factor": -1.0}, "stop_factor = -1"),
        ({"last": 1000.0}, "learning_rate = 1000"),
    ],
)
def test_bad_settings_are_a_sentence(settings: dict[str, object], says: str) -> None:
    with pytest.raises(Invalid, match=says):
        range_testing.experiment(BASE, **settings)  # type: ignore[arg-type]


def test_optimizer_that_chooses_its_own_steps_is_refused() -> None:
    with pytest.raises(Invalid, match="L-BFGS searches for its own"):
        range_testing.experiment(BASE.with_(optimizer="lbfgs"))


def test_smoothing_of_1_is_a_sentence() -> None:
    with pytest.raises(Invalid, match="smoothing of 1"):
        range_testing.check_smoothing(1.0)
