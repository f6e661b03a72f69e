"""What is said about a run's health is what was measured, names its number and says what to try."""

from __future__ import annotations

import math

import numpy as np
import pytest

from dlcore.ui.health import findings, guess_loss

FALLING = np.linspace(1.0, 0.1, 12)


def _curves(**last: float) -> dict[str, np.ndarray]:
    return {name.replace("__", "/"): np.array([value], "f4") for name, value in last.items()}


def _names(*of: object, **more: object) -> list[str]:
    return [finding.name for finding in findings(*of, **more)]  # type: ignore[arg-type]


def test_nothing_is_said_before_anything_was_measured() -> None:
    assert findings({}, {}) == []
    assert findings({"loss": FALLING[:3]}, {}) == []


def test_dead_units_are_named_by_layer() -> None:
    (found,) = findings({}, _curves(dead_units__dense=0.1, dead_units__dense_1=0.6))
    assert found.said.startswith("60 % of the units of dense_1") and "leaky ReLU" in found.advice
    assert _names({}, _curves(dead_units__dense=0.39)) == []


def test_large_and_tiny_steps_are_noticed_two_orders_from_the_usual() -> None:
    assert _names({}, _curves(update_ratio__dense=0.11)) == ["Large steps"]
    assert _names({}, _curves(update_ratio__dense=0.9e-5)) == ["Tiny steps"]
    for ratio in (1.1e-5, 1e-3, 0.09):
        assert _names({}, _curves(update_ratio__dense=ratio)) == ["No sign of trouble"]


def test_one_layer_that_still_moves_is_no_standstill() -> None:
    assert _names({}, _curves(update_ratio__dense=1e-7, update_ratio__dense_1=1e-3)) == ["No sign of trouble"]


def test_gradient_that_fades_towards_the_first_layer_is_noticed() -> None:
    layers = ("dense", "dense_1", "dense_2")
    norms = {"gradient_norm__dense": 1e-5, "gradient_norm__dense_1": 1e-3, "gradient_norm__dense_2": 1.0}
    (found,) = findings({}, _curves(**norms), layers)
    assert found.name == "Vanishing gradient" and "in dense it is 0.001 %" in found.said
    assert _names({}, _curves(**norms | {"gradient_norm__dense": 2e-3}), layers) == []
    assert _names({}, _curves(**norms), ("dense_2", "dense_1", "dense")) == []


def test_overfitting_names_the_best_epoch() -> None:
    epochs = {"loss": np.linspace(1, 0.1, 10), "val_loss": np.array([1, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1, 1, 1])}
    (found,) = findings(epochs, {})
    assert found.said == "Validation loss was lowest in epoch 2 and is 100 % higher now, while training loss fell: the net overfits."


@pytest.mark.parametrize(
    ("lowest", "now", "said"), [(0.0, 0.4, "is at 0.4 now"), (0.01, 0.5, "is 50 times that now"), (0.2, 0.5, "is 150 % higher now")]
)
def test_overfitting_says_how_far_the_loss_has_risen_from_however_little(lowest: float, now: float, said: str) -> None:
    curves = {"loss": np.linspace(1.0, 0.1, 9), "val_loss": np.array([1.0, 0.6, lowest, *[now] * 6])}
    (found,) = (one for one in findings(curves, {}) if one.name == "Overfitting")
    assert said in found.said


def test_net_that_is_right_about_everything_does_not_overfit_by_a_hair() -> None:
    curves = {"loss": np.linspace(1e-2, 1e-9, 9), "val_loss": np.array([1.0, 0.01, 1e-8, *[1e-6] * 6])}
    assert not [one for one in findings(curves, {}) if one.name == "Overfitting"]


def test_a_rise_below_five_per_cent_is_no_overfitting() -> None:
    assert _names({"loss": FALLING, "val_loss": np.array([1.0, 0.5, *[0.52] * 10])}, {}) == ["No sign of trouble"]


def test_falling_losses_are_no_trouble() -> None:
    assert _names({"loss": FALLING, "val_loss": FALLING + 0.1}, {}) == ["No sign of trouble"]


def test_a_loss_that_is_no_number_is_called_diverged_and_breaks_nothing() -> None:
    epochs = {"loss": np.array([1.0, np.nan]), "val_loss": np.array([np.nan, np.nan])}
    assert _names(epochs, _curves(update_ratio__dense=float("nan"))) == ["Diverged"]


def test_a_loss_of_four_times_its_best_diverges_unless_it_is_lower_than_at_the_start() -> None:
    assert _names({"loss": np.array([1.0, 0.5, 2.1])}, {}) == ["Diverges"]
    assert _names({"loss": np.array([1.0, 0.5, 1.9])}, {}) == []
    assert _names({"loss": np.array([1.0, 0.01, 0.05])}, {}) == []


def test_a_net_that_only_guesses_is_told_the_loss_of_guessing() -> None:
    guess = guess_loss(10)
    assert guess == math.log(10)
    (found,) = findings({"loss": np.full(4, 2.31)}, {}, guess=guess)
    assert found.name == "Learns nothing" and "guessing alone gives 2.3" in found.said
    assert _names({"loss": np.array([2.3, 2.2, 2.0])}, {}, guess=guess) == []
    assert _names({"loss": np.full(2, 2.31)}, {}, guess=guess) == []


def test_a_plateau_is_ten_epochs_without_a_lower_loss() -> None:
    assert _names({"loss": np.array([1.0, 0.5, *[0.5] * 10])}, {}) == ["Plateau"]
    assert _names({"loss": np.array([1.0, 0.5, *np.linspace(0.5, 0.49, 10)])}, {}) == ["No sign of trouble"]


def test_the_worst_comes_first() -> None:
    epochs = {"loss": np.array([1.0, 0.5, *[0.5] * 10])}
    assert _names(epochs, _curves(dead_units__dense=0.9, update_ratio__dense=0.5)) == ["Dead units", "Large steps", "Plateau"]
