"""Statistics of a few seeds against SciPy's own tests and published values."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from dlcore import statistics
from dlcore.statistics import FAILS, HOLDS, UNTOLD

EFFECTS = (1.2, 0.7, 1.9, 0.3, 1.1)
ABOVE_ZERO = (0.0, math.inf)


def test_interval_and_p_are_those_of_a_t_test() -> None:
    found, expected = statistics.mean_effect(EFFECTS, ABOVE_ZERO), stats.ttest_1samp(EFFECTS, 0)
    interval = expected.confidence_interval(0.95)
    assert (found.low, found.high, found.p) == pytest.approx((interval.low, interval.high, expected.pvalue))


def test_paired_effects_give_the_paired_t_test() -> None:
    draw = np.random.default_rng(3)
    one, other = draw.normal(0.5, 1, 8), draw.normal(0, 1, 8)
    assert statistics.mean_effect(one - other, ABOVE_ZERO).p == pytest.approx(stats.ttest_rel(one, other).pvalue)


def test_ratios_are_averaged_so_that_twice_and_half_cancel() -> None:
    assert statistics.mean_effect((2.0, 0.5, 1.0), (1.0, math.inf), ratio=True).effect == pytest.approx(1)
    found = statistics.mean_effect((2.0, 3.0, 4.0), (1.0, math.inf), ratio=True)
    expected = stats.ttest_1samp(np.log([2.0, 3.0, 4.0]), 0)
    assert (found.low, found.p) == pytest.approx((math.exp(expected.confidence_interval().low), expected.pvalue))


@pytest.mark.parametrize("happened", [0, 1, 4, 6])
def test_shares_have_the_exact_binomial_interval_and_test(happened: int) -> None:
    found = statistics.share([1] * happened + [0] * (6 - happened), (0.5, 1.01))
    side = "greater" if happened > 3 else "less"
    expected = stats.binomtest(happened, 6, 0.5)
    interval = expected.proportion_ci(method="exact")
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high), abs=1e-6)
    assert found.p == pytest.approx(2 * stats.binomtest(happened, 6, 0.5, alternative=side).pvalue)


@pytest.mark.parametrize(
    ("effects", "region", "verdict"),
    [
        (EFFECTS, ABOVE_ZERO, HOLDS),
        (EFFECTS, (-math.inf, 0.0), FAILS),
        (EFFECTS, (1.0, math.inf), UNTOLD),
        ((0.1, -0.1, 0.05, 0.0), (-1.0, 1.0), HOLDS),
        ((2.1, 1.9, 2.05, 2.0), (-1.0, 1.0), FAILS),
        ((0.0,) * 5, ABOVE_ZERO, UNTOLD),
        ((5.0,) * 5, ABOVE_ZERO, UNTOLD),
        ((0.0,) * 6, ABOVE_ZERO, FAILS),
        ((5.0,) * 6, ABOVE_ZERO, HOLDS),
        ((-5.0,) * 6, ABOVE_ZERO, FAILS),
        ((1.2, 1.3), ABOVE_ZERO, UNTOLD),
        ((1.2,), ABOVE_ZERO, UNTOLD),
    ],
)
def test_verdict_goes_by_where_the_interval_lies(effects: tuple[float, ...], region: tuple[float, float], verdict: str) -> None:
    assert statistics.mean_effect(effects, region).verdict(region) == verdict


def test_verdict_and_p_value_agree() -> None:
    draw = np.random.default_rng(0)
    for region in (ABOVE_ZERO, (-math.inf, 0.5), (-0.8, 0.8)):
        for _ in range(200):
            found = statistics.mean_effect(draw.normal(draw.normal(), 1, 5), region)
            assert (found.verdict(region) != UNTOLD) == (found.p < 0.05)


@pytest.mark.parametrize("count", [2, 3, 5, 6, 8])
@pytest.mark.parametrize(("value", "ratio"), [(5.0, False), (0.1 + 0.2, False), (2.0, True)])
def test_effects_that_are_all_alike_get_the_exact_sign_test(count: int, value: float, ratio: bool) -> None:
    # 0.1 + 0.2 and 0.3 differ by rounding only.
    effects = [value, *[0.3 if value < 1 else value] * (count - 1)]
    found = statistics.mean_effect(effects, (1.0, math.inf) if ratio else ABOVE_ZERO, ratio)
    assert found.p == pytest.approx(stats.binomtest(count, count, 0.5).pvalue)
    if count < statistics.LEAST_ALIKE:
        assert (found.low, found.high) == (-math.inf, math.inf)
    else:
        # The interval for a median by order statistics: SciPy's, of confidence 0.95 at most what n values can give.
        median = stats.quantile_test(effects, p=0.5).confidence_interval(0.95)
        assert (found.low, found.high) == pytest.approx((median.low, median.high))
    assert found.effect == pytest.approx(value)


def test_six_equal_effects_are_the_fewest_that_say_anything() -> None:
    said = [statistics.mean_effect([1.0] * count, ABOVE_ZERO).verdict(ABOVE_ZERO) for count in range(3, 8)]
    assert said == [UNTOLD, UNTOLD, UNTOLD, HOLDS, HOLDS]


def test_holms_correction_is_that_of_his_paper() -> None:
    # Holm 1979: the smallest p times the number of tests, the next times one less, never falling.
    assert statistics.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert statistics.holm([0.9, 0.8]) == [1.0, 1.0]
    assert statistics.holm([]) == []


def test_interval_holds_the_truth_nineteen_times_in_twenty() -> None:
    draw = np.random.default_rng(1)
    inside = [(found := statistics.mean_effect(draw.normal(2, 1, 5), ABOVE_ZERO)).low < 2 < found.high for _ in range(2000)]
    assert 0.93 < np.mean(inside) < 0.97
