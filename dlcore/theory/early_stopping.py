"""What early stopping would have done with a finished curve, by the rules of Keras's `EarlyStopping` (Prechelt 1998 on when to stop)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Stop:
    """Epochs are counted from 1. stopped: the last epoch trained; all of them where `early` is False. best: the epoch whose weights
    `restore_best_weights` brings back, with its value. overlooked: the best value of the whole curve, and its epoch."""

    stopped: int
    early: bool
    best: int
    value: float
    overlooked: float
    overlooked_at: int


def stop(values: Sequence[float] | np.ndarray, patience: int, min_delta: float = 0.0, rising: bool = False) -> Stop | None:
    """What patience would have done with one value per epoch; None for an empty curve.

    An epoch improves when it beats the last improvement by more than min_delta; after `patience` epochs in a row without one, training
    stops. 0 never stops early, as in an experiment. rising: whether higher is better. The best weights are those of the last improvement.
    """
    curve = np.asarray(values, float)
    if not len(curve):
        return None
    losses = -curve if rising else curve
    best, waited, stopped, early = 0, 0, len(curve), False
    for epoch in range(1, len(curve)):
        if losses[epoch] < losses[best] - min_delta:
            best, waited = epoch, 0
            continue
        waited += 1
        if patience and waited >= patience:
            stopped, early = epoch + 1, True
            break
    lowest = int(np.nanargmin(losses)) if not np.isnan(losses).all() else 0
    return Stop(stopped, early, best + 1, float(curve[best]), float(curve[lowest]), lowest + 1)


def stops(values: Sequence[float] | np.ndarray, patiences: Sequence[int], min_delta: float = 0.0, rising: bool = False) -> list[Stop]:
    """The same for each patience; empty for an empty curve."""
    return [found for patience in patiences if (found := stop(values, patience, min_delta, rising))]


def example(epochs: int = 60, noise: float = 0.03, overfit: float = 1.0, seed: int = 0) -> np.ndarray:
    """A validation loss drawn by formula, (epochs,), for a page without a run: it falls, turns, and rises by `overfit`, with noise."""
    passed = np.arange(1, epochs + 1) / epochs
    smooth = 0.35 + 0.9 * np.exp(-7 * passed) + 0.35 * overfit * passed**2
    return smooth + noise * np.random.default_rng(seed).standard_normal(epochs)
