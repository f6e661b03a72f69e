"""How sure one can be of an effect that was measured over a few seeds: intervals, p-values, verdicts, many comparisons at once.

An effect is one number per seed: both sides of a comparison are trained with the same seed, hence on the same split and in the same
order, and what differs is taken seed by seed (a paired design). The quantiles are SciPy's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

CONFIDENCE = 0.95
LEAST_SEEDS = 3
HOLDS, FAILS, UNTOLD = "holds here", "does not hold here", "too few seeds to tell"


@dataclass(frozen=True)
class Estimate:
    """An effect over n seeds: its mean, its 95 % confidence interval, and the two-sided p-value of "it lies on the limit of the claim".

    p belongs to the side on which the mean lies: below 0.05 exactly when the interval holds no limit of the claimed region.
    """

    effect: float
    low: float
    high: float
    p: float
    n: int

    def verdict(self, region: tuple[float, float]) -> str:
        """Whether the interval lies in the claimed region (limits excluded), outside it, or across a limit."""
        if self.n < LEAST_SEEDS or not math.isfinite(self.low) or not math.isfinite(self.high):
            return UNTOLD
        lowest, highest = region
        if lowest < self.low and self.high < highest:
            return HOLDS
        return FAILS if self.high <= lowest or self.low >= highest else UNTOLD


def mean_effect(effects: Sequence[float], region: tuple[float, float], ratio: bool = False) -> Estimate:
    """The mean of one effect per seed with Student's t interval (Student 1908), which supposes that effects scatter normally.

    effects: (n,), finite. region: the claimed values, with infinite limits where there are none. ratio: the effects are quotients:
    mean, interval and test are those of their logarithms, told as quotients again (so 2 and ½ cancel).
    Effects that are all the same give an interval of no width.
    """
    from scipy import special

    values = np.log(np.asarray(effects, float)) if ratio else np.asarray(effects, float)
    limits = _logged(region) if ratio else region
    count, mean = len(values), float(values.mean())
    if count < 2:
        return Estimate(_told(mean, ratio), -math.inf, math.inf, 1.0, count)
    error = float(values.std(ddof=1)) / math.sqrt(count)
    half = float(special.stdtrit(count - 1, (1 + CONFIDENCE) / 2)) * error
    tails = [_tail(mean - limit, error, count - 1) for limit in limits if math.isfinite(limit)]
    # The nearer limit decides: inside a region both must be ruled out (two one-sided tests, Schuirmann 1987), outside the one beyond.
    p = min(1.0, 2 * max(tails)) if tails else 1.0
    return Estimate(_told(mean, ratio), _told(mean - half, ratio), _told(mean + half, ratio), p, count)


def half_width(spread: float, count: int) -> float:
    """Half the 95 % interval of a mean of `count` values (two or more) whose sample standard deviation is `spread`, by Student's t."""
    from scipy import special

    return float(special.stdtrit(count - 1, (1 + CONFIDENCE) / 2)) * spread / math.sqrt(count)


def share(successes: Sequence[float], region: tuple[float, float]) -> Estimate:
    """The share of seeds in which something happened (each 0 or 1), with the exact interval of Clopper & Pearson (1934)."""
    from scipy import special

    count, happened = len(successes), int(sum(value > 0.5 for value in successes))
    alpha = (1 - CONFIDENCE) / 2
    low = float(special.betaincinv(happened, count - happened + 1, alpha)) if happened else 0.0
    high = float(special.betaincinv(happened + 1, count - happened, 1 - alpha)) if happened < count else 1.0
    mean = happened / count
    # P(at least k) and P(at most k) of a binomial, as incomplete beta functions.
    tails = []
    for limit in region:
        if 0 < limit < 1:
            above = mean > limit
            k = happened if above else happened + 1
            at_least = float(special.betainc(k, count - k + 1, limit)) if 0 < k <= count else float(k <= 0)
            tails.append(at_least if above else 1 - at_least)
    p = min(1.0, 2 * max(tails)) if tails else 1.0
    return Estimate(mean, low, high, p, count)


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values corrected for having made all these comparisons (Holm 1979), in the order given.

    Below 0.05 after the correction: the chance that even one of such findings is an accident stays below 5 %.
    """
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    corrected, highest = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[place]))
        corrected[place] = highest
    return corrected


def _tail(distance: float, error: float, freedom: int) -> float:
    """The one-sided p-value of a mean that lies `distance` from a limit, on the side where it lies."""
    from scipy import special

    if error == 0:
        return 1.0 if distance == 0 else 0.0
    return float(special.stdtr(freedom, -abs(distance) / error))


def _logged(region: tuple[float, float]) -> tuple[float, float]:
    low, high = (math.log(limit) if 0 < limit < math.inf else limit if limit > 0 else -math.inf for limit in region)
    return low, high


def _told(value: float, ratio: bool) -> float:
    return math.exp(value) if ratio and value < 700 else value
