"""One plain sentence about a run's health says only what was measured."""

from __future__ import annotations

import numpy as np

from dlcore.ui.health import health


def _curves(**last: float) -> dict[str, np.ndarray]:
    return {name.replace("__", "/"): np.array([value], "f4") for name, value in last.items()}


def test_nothing_is_said_before_anything_was_measured() -> None:
    assert health({}, {}) == ""


def test_dead_units_are_named_by_layer() -> None:
    assert health({}, _curves(dead_units__dense=0.1, dead_units__dense_1=0.6)).startswith("60 % of the units of dense_1")


def test_large_and_tiny_steps_are_noticed() -> None:
    assert "may be too large" in health({}, _curves(update_ratio__dense=0.5))
    assert "hardly move" in health({}, _curves(update_ratio__dense=1e-8))


def test_overfitting_names_the_best_epoch() -> None:
    epochs = {"loss": np.linspace(1, 0.1, 10), "val_loss": np.array([1, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1, 1, 1])}
    said = "Validation loss was lowest in epoch 2 and is 100 % higher now, while training loss fell: the net overfits."
    assert health(epochs, {}) == said


def test_falling_losses_are_no_overfitting() -> None:
    assert health({"loss": np.linspace(1, 0.1, 10), "val_loss": np.linspace(1, 0.2, 10)}, {}) == ""


def test_diverged_values_break_nothing() -> None:
    assert health({"loss": np.array([np.nan]), "val_loss": np.array([np.nan])}, _curves(update_ratio__dense=float("nan"))) == ""


def test_healthy_net_is_called_healthy() -> None:
    assert health({}, _curves(update_ratio__dense=0.001, dead_units__dense=0.0)).startswith("No sign of trouble")
