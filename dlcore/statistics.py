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
LEAST_ALIKE = 6  # seeds that it takes to say anything of effects that are all the same
SAME = 1e-12  # of their size: what rounding alone can make of equal effects
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
    Effects that are all the same say nothing of how they scatter, and Student's interval would have no width however few there are. Then
    the test is the exact sign test (each effect lies on one side of the limit, like coins that all fall alike), and the interval that of
    the median, whose chance of holding it is 1 − 2^(1 − n): below 95 % up to five seeds, so there is none (−∞ to ∞); from six on it is
    the one value (Conover 1999, section 3.2).
    """
    from scipy import special

    values = np.log(np.asarray(effects, float)) if ratio else np.asarray(effects, float)
    limits = _logged(region) if ratio else region
    count, mean = len(values), float(values.mean())
    if count < 2:
        return Estimate(_told(mean, ratio), -math.inf, math.inf, 1.0, count)
    if np.ptp(values) <= SAME * max(1.0, abs(mean)):
        return _all_alike(mean, count, limits, ratio)
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


def _all_alike(value: float, count: int, limits: tuple[float, float], ratio: bool) -> Estimate:
    """The estimate of `count` effects that are all `value`; limits: of the claimed region."""
    chance = 2.0 ** (1 - count)
    known = [limit for limit in limits if math.isfinite(limit)]
    p = 1.0 if not known or value in known else min(1.0, chance)
    told = _told(value, ratio)
    return Estimate(told, told, told, p, count) if 1 - chance >= CONFIDENCE else Estimate(told, -math.inf, math.inf, p, count)


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


def welch(left: Sequence[float], right: Sequence[float]) -> Estimate:
    """The difference of two means, left minus right, of values that do not belong together in pairs, without supposing equal spreads
    (Welch 1947). n is the smaller number of values; below two the interval is infinite."""
    from scipy import special

    one, other = np.asarray(left, float), np.asarray(right, float)
    effect, count = float(one.mean() - other.mean()), min(len(one), len(other))
    if count < 2:
        return Estimate(effect, -math.inf, math.inf, 1.0, count)
    parts = [float(values.var(ddof=1)) / len(values) for values in (one, other)]
    error = math.sqrt(sum(parts))
    if error == 0:
        return Estimate(effect, effect, effect, 0.0 if effect else 1.0, count)
    freedom = sum(parts) ** 2 / sum(part**2 / (len(values) - 1) for part, values in zip(parts, (one, other), strict=True))
    half = float(special.stdtrit(freedom, (1 + CONFIDENCE) / 2)) * error
    return Estimate(effect, effect - half, effect + half, 2 * float(special.stdtr(freedom, -abs(effect) / error)), count)


def effect_size(differences: Sequence[float]) -> float | None:
    """How many of their own standard deviations paired differences lie from zero (Cohen 1988, d_z), put right for few pairs as by
    Hedges (1981): 0.2 is small, 0.8 large. None for fewer than two, or when all are the same."""
    values = np.asarray(differences, float)
    spread = float(values.std(ddof=1)) if len(values) > 1 else 0.0
    return float(values.mean()) / spread * _few(len(values) - 1) if spread else None


def effect_size_apart(left: Sequence[float], right: Sequence[float]) -> float | None:
    """The same for values without pairs: the difference of the means in pooled standard deviations (Hedges's g)."""
    one, other = np.asarray(left, float), np.asarray(right, float)
    freedom = len(one) + len(other) - 2
    if min(len(one), len(other)) < 2:
        return None
    pooled = math.sqrt((one.var(ddof=1) * (len(one) - 1) + other.var(ddof=1) * (len(other) - 1)) / freedom)
    return float(one.mean() - other.mean()) / pooled * _few(freedom) if pooled else None


def seeds_needed(size: float | None, paired: bool = True) -> int | None:
    """Seeds on each side at which an effect of this size would be found in four cases of five, at 5 % (two-sided): the normal
    approximation with Guenther's (1981) correction for Student's t. None without a size, or for one so small that no number helps."""
    if not size or abs(size) < 0.01:
        return None
    normal, power = 1.959964, 0.841621
    count = ((normal + power) / abs(size)) ** 2 * (1 if paired else 2) + normal**2 / (2 if paired else 4)
    return max(LEAST_SEEDS, math.ceil(count))


def _few(freedom: int) -> float:
    """Hedges's factor: a standard deviation of few values is too small on average."""
    return 1 - 3 / (4 * freedom - 1) if freedom > 1 else 1.0


def rank_correlations(table: np.ndarray) -> np.ndarray:
    """Spearman's (1904) correlation of each two columns of (rows, columns) over the rows that have both, (columns, columns).

    Equal values share the mean of their ranks. NaN for fewer than three such rows, or a column that is always the same.
    """
    columns = table.shape[1]
    found = np.full((columns, columns), np.nan)
    for one in range(columns):
        for other in range(one, columns):
            both = np.isfinite(table[:, one]) & np.isfinite(table[:, other])
            left, right = _ranks(table[both, one]), _ranks(table[both, other])
            if both.sum() >= LEAST_SEEDS and left.std() > 0 and right.std() > 0:
                found[one, other] = found[other, one] = float(np.clip(np.corrcoef(left, right)[0, 1], -1, 1))
    return found


def _ranks(values: np.ndarray) -> np.ndarray:
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(count) - (count - 1) / 2)[place] if len(values) else values


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
    """The one-sided p-value of a mean that lies `distance` from a limit, on the side where it lies. error: above 0."""
    from scipy import special

    return float(special.stdtr(freedom, -abs(distance) / error))


def _logged(region: tuple[float, float]) -> tuple[float, float]:
    low, high = (math.log(limit) if 0 < limit < math.inf else limit if limit > 0 else -math.inf for limit in region)
    return low, high


def _told(value: float, ratio: bool) -> float:
    return math.exp(value) if ratio and value < 700 else value
