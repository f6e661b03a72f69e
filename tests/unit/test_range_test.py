"""The range test: its ramp, when it ends, and what is read from its curve."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from dlcore import registry
from dlcore.engine.ceiling import Ceiling
from dlcore.experiment import Experiment
from dlcore.theory import range_test


def ramp(kind: str, steps: int = 101, first: float = 1e-4, last: float = 1.0) -> np.ndarray:
    return registry.find("schedules", "range_test").rates(last, steps, 10, ramp=kind, first=first, stop_factor=4.0)


def test_exponential_ramp_climbs_in_equal_ratios_from_first_to_last() -> None:
    found = ramp("exponential")
    np.testing.assert_allclose(found[1:] / found[:-1], 10 ** (4 / 100))
    assert found[0] == 1e-4 and found[-1] == 1.0


def test_linear_ramp_climbs_in_equal_steps_from_first_to_last() -> None:
    found = ramp("linear")
    np.testing.assert_allclose(np.diff(found), (1.0 - 1e-4) / 100)
    assert found[0] == 1e-4 and found[-1] == 1.0


def test_first_rate_above_the_last_gives_a_flat_ramp() -> None:
    np.testing.assert_allclose(ramp("exponential", first=5.0), 1.0)


def ceiling(factor: float) -> Ceiling:
    return Ceiling.of(Experiment().with_(schedule="range_test", stop_factor=factor))


def test_runs_that_are_no_range_test_never_end_by_their_loss() -> None:
    assert Ceiling.of(Experiment()).reached(np.array([1.0, 1e9, np.nan])) is None


def test_range_test_ends_where_the_smoothed_loss_is_the_factor_times_its_least() -> None:
    losses = np.concatenate([np.full(40, 1.0), np.full(40, 10.0)])
    means, mean = [], 0.0
    for step, loss in enumerate(losses, 1):
        mean = 0.9 * mean + 0.1 * loss
        means.append(mean / (1 - 0.9**step))
    assert ceiling(4.0).reached(losses) == int(np.argmax(np.array(means) > 4.0)) + 1


def test_one_bad_batch_does_not_end_a_range_test() -> None:
    assert ceiling(4.0).reached(np.array([1.0] * 30 + [20.0] + [1.0] * 30)) is None


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_range_test_ends_before_a_loss_that_is_no_number(bad: float) -> None:
    assert ceiling(0.0).reached(np.array([1.0, 1e6, bad, 1.0])) == 2


def test_ceiling_goes_on_from_a_checkpoint_as_if_never_interrupted() -> None:
    losses = np.concatenate([np.full(25, 1.0), np.linspace(1, 30, 60)])
    whole, first, second = ceiling(4.0), ceiling(4.0), ceiling(4.0)
    expected = whole.reached(losses)
    assert first.reached(losses[:30]) is None
    second.restore(json.loads(json.dumps(first.note())))
    assert second.reached(losses[30:]) == expected - 30  # type: ignore[operator]


def test_smoothing_keeps_a_constant_and_weight_0_keeps_everything() -> None:
    np.testing.assert_allclose(range_test.smooth(np.full(50, 3.0)), 3.0)
    noisy = np.random.default_rng(0).normal(size=20)
    np.testing.assert_allclose(range_test.smooth(noisy, 0.0), noisy)


def test_smoothing_follows_the_published_recursion() -> None:
    # fastai's lr_find: avg = beta * avg + (1 - beta) * loss; smoothed = avg / (1 - beta ** (i + 1))
    values, average, expected = [4.0, 2.0, 1.0], 0.0, []
    for number, value in enumerate(values):
        average = 0.98 * average + 0.02 * value
        expected.append(average / (1 - 0.98 ** (number + 1)))
    np.testing.assert_allclose(range_test.smooth(np.array(values), 0.98), expected)


def test_smoothing_weight_of_1_is_refused() -> None:
    with pytest.raises(ValueError, match="weight = 1"):
        range_test.smooth(np.ones(3), 1.0)


def valley(rates: np.ndarray) -> np.ndarray:
    """A loss that falls along a logistic curve around 1e-3 and blows up above 1."""
    at = np.log10(rates)
    return 2.3 - 2 / (1 + np.exp(-4 * (at + 3))) + 10 * np.maximum(0, at) ** 2


def test_marks_find_steepest_descent_and_a_tenth_of_the_least() -> None:
    rates = np.logspace(-7, 1, 801)
    found = range_test.marks(rates, valley(rates))
    assert found is not None
    assert rates[found.steepest] == pytest.approx(1e-3, rel=0.05)
    assert rates[found.tenth] == pytest.approx(rates[found.least] / 10, rel=0.03)
    assert found.steepest < found.least


def test_loss_that_never_falls_has_no_marks() -> None:
    rates = np.logspace(-7, 1, 100)
    assert range_test.marks(rates, np.linspace(1, 2, 100)) is None
    assert range_test.marks(rates[:5], np.linspace(2, 1, 5)) is None


def test_accuracy_rises_between_two_rates() -> None:
    rates = np.linspace(0.01, 0.2, 20)
    accuracies = np.interp(rates, [0.01, 0.05, 0.1, 0.2], [0.1, 0.1, 0.9, 0.5])
    found = range_test.rise(rates, accuracies)
    assert found is not None
    assert found.begins == pytest.approx(0.06, abs=0.011) and found.stops == pytest.approx(0.1)
    assert range_test.rise(rates, np.full(20, 0.3)) is None
