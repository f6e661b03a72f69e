"""Forecasts of a series that need no net: what a net has to beat. Hyndman & Athanasopoulos (2021), chapters 3 and 5.

A forecast made at time t for `ahead` steps later may use the values up to t and no later ones.
"""

from __future__ import annotations

import numpy as np


def naive(values: np.ndarray, ahead: int) -> np.ndarray:
    """The last value seen, (n,): what was said for each time; NaN where nothing was known yet."""
    return _shifted(values, ahead)


def seasonal(values: np.ndarray, ahead: int, season: int) -> np.ndarray:
    """The value of the same season in the last whole round that is known, (n,)."""
    return _shifted(values, season * -(-ahead // season))


def mean(values: np.ndarray, ahead: int) -> np.ndarray:
    """The mean of all that was seen, (n,)."""
    return _shifted(np.cumsum(values) / np.arange(1, len(values) + 1), ahead)


def linear(values: np.ndarray, ahead: int, lags: int, train: int) -> np.ndarray:
    """A weighted sum of the last `lags` values and a constant, fitted by least squares to the first `train` values, (n,)."""
    rows = np.array([values[t - lags : t] for t in range(lags, len(values) - ahead + 1)])
    wanted = values[lags + ahead - 1 :]
    x = np.column_stack([rows, np.ones(len(rows))])
    fitted = lags + ahead - 1 + np.arange(len(rows)) < train
    weights = np.linalg.lstsq(x[fitted], wanted[fitted], rcond=None)[0]
    found = np.full(len(values), np.nan)
    found[lags + ahead - 1 :] = x @ weights
    return found


def errors(said: np.ndarray, values: np.ndarray, first: int) -> tuple[float, float]:
    """Mean absolute error and root of the mean squared error from time `first` on, where something was said."""
    off = (said - values)[first:]
    off = off[np.isfinite(off)]
    return float(np.abs(off).mean()), float(np.sqrt((off**2).mean()))


def drawn(name: str, length: int = 144, seed: int = 0) -> np.ndarray:
    """A series of one's own making: "a wave with noise" (a round of 12) or "a random walk", (length,)."""
    draw = np.random.default_rng(seed)
    if name == "a wave with noise":
        return 100 + 30 * np.sin(2 * np.pi * np.arange(length) / 12) + draw.normal(0, 8, length)
    return 100 + np.cumsum(draw.normal(0, 5, length))


def _shifted(values: np.ndarray, steps: int) -> np.ndarray:
    found = np.full(len(values), np.nan)
    found[steps:] = values[: len(values) - steps]
    return found
