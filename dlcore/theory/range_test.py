"""Reading a learning-rate range test: smoothing, and the rates at which people train after it.

Losses: Gugger, "How Do You Find A Good Learning Rate" (2018) and fastai's `lr_find`. Accuracies: Smith, "Cyclical Learning Rates for
Training Neural Networks" (2017), section 3.3. All rates are of shape (steps,), one for each loss, and climb.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SMOOTHING = 0.9  # fastai's 0.98 lags 50 steps behind: most of a decade of rates in a short climb
EDGE = 0.05  # share of the points at either end in which a slope says little: a mean that has just begun, and the blow-up
FEWEST = 10


@dataclass(frozen=True)
class Marks:
    """Places in a loss curve, as numbers of steps.

    steepest: where the smoothed loss falls fastest. least: its lowest point. tenth: the last step before it whose rate is a tenth of that
    at the lowest point or less (step 0 where there is none).
    """

    steepest: int
    least: int
    tenth: int


@dataclass(frozen=True)
class Rise:
    """Smith's two bounds in an accuracy curve: rates where it begins to rise, and where it has stopped to."""

    begins: float
    stops: float


def smooth(values: np.ndarray, weight: float = SMOOTHING) -> np.ndarray:
    """The running mean m ← weight · m + (1 − weight) · value, divided by 1 − weight^t against its beginning at 0; float64.

    weight: from 0 (the values as they are) to below 1.
    """
    if not 0 <= weight < 1:
        raise ValueError(f"weight = {weight} is not allowed: it must be from 0 to below 1")
    mean, found = 0.0, np.empty(len(values))
    for step, value in enumerate(np.asarray(values, float), start=1):
        mean = weight * mean + (1 - weight) * value
        found[step - 1] = mean / (1 - weight**step)
    return found


def marks(rates: np.ndarray, smoothed: np.ndarray) -> Marks | None:
    """The places to train at, from smoothed finite losses; None when there are fewer than ten, or when the loss never falls.

    The slope is taken against the logarithm of the rate: equal distances in the picture.
    """
    count = len(smoothed)
    if count < FEWEST:
        return None
    edge = max(1, int(EDGE * count))
    least = edge + int(np.argmin(smoothed[edge:]))
    slope = np.gradient(smoothed, np.log(rates))[edge : max(least, edge + 1)]
    if not len(slope) or slope.min() >= 0:
        return None
    below = np.flatnonzero(rates[: least + 1] <= rates[least] / 10)
    return Marks(edge + int(slope.argmin()), least, int(below[-1]) if len(below) else 0)


def rise(rates: np.ndarray, accuracies: np.ndarray) -> Rise | None:
    """Where accuracies (points,) of a climb begin to rise (above a tenth of the way up) and where they stop to (at their highest).

    Smith takes the first as the lower and the second as the upper bound of cyclical rates. None for fewer than three points or no rise.
    """
    if len(accuracies) < 3 or not np.isfinite(accuracies).all():
        return None
    top = int(np.argmax(accuracies))
    floor = float(accuracies[: top + 1].min())
    if accuracies[top] <= floor:
        return None
    begins = int(np.argmax(accuracies[: top + 1] > floor + 0.1 * (accuracies[top] - floor)))
    return Rise(float(rates[begins]), float(rates[top]))
