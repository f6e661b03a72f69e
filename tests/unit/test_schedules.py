"""Schedules against their published formulas and against Keras's own."""

from __future__ import annotations

import inspect
import math
from typing import Any

import numpy as np
import pytest

from dlcore import registry
from dlcore.fields import check_settings

STEPS, PER_EPOCH, BASE = 240, 12, 0.4


def rates(name: str, steps: int = STEPS, per_epoch: int = PER_EPOCH, **settings: Any) -> np.ndarray:
    spec = registry.find("schedules", name)
    return spec.rates(BASE, steps, per_epoch, **check_settings(name, spec.fields, settings))


def keras_rates(schedule: Any, steps: int = STEPS) -> np.ndarray:
    return np.array([float(schedule(step)) for step in range(steps)])


@pytest.mark.parametrize("name", registry.members("schedules"))
@pytest.mark.parametrize("steps", [1, 2, 7, STEPS])
def test_every_step_has_a_rate_that_is_never_above_the_learning_rate(name: str, steps: int) -> None:
    found = rates(name, steps)
    assert found.shape == (steps,) and found.dtype == np.float64
    assert np.all(np.isfinite(found)) and np.all(found >= 0) and np.all(found <= BASE * (1 + 1e-12))


@pytest.mark.parametrize("name", registry.members("schedules"))
def test_the_source_of_a_schedule_runs_alone(name: str) -> None:
    spec = registry.find("schedules", name)
    alone: dict[str, Any] = {"np": np}
    exec(inspect.getsource(spec.rates), alone)
    settings = check_settings(name, spec.fields, {})
    np.testing.assert_array_equal(alone["rates"](BASE, STEPS, PER_EPOCH, **settings), spec.rates(BASE, STEPS, PER_EPOCH, **settings))


@pytest.mark.parametrize("name", ["constant", "step", "exponential", "cosine"])
def test_warm_up_climbs_in_equal_steps_and_then_the_schedule_begins(name: str) -> None:
    warm = 2 * PER_EPOCH
    found = rates(name, warm_up=2.0)
    np.testing.assert_allclose(np.diff(found[: warm + 1]), BASE / (warm + 1))
    np.testing.assert_allclose(found[warm:], rates(name, steps=STEPS - warm))


@pytest.mark.parametrize(
    "name", [name for name, spec in registry.members("schedules").items() if "warm_up" not in {f.name for f in spec.fields}]
)
def test_schedules_without_warm_up_begin_low(name: str) -> None:
    assert rates(name)[0] <= 0.26 * BASE


def test_step_decay_drops_by_its_factor_after_each_period() -> None:
    found = rates("step", factor=0.1, every=5)
    np.testing.assert_allclose(found[[0, 59, 60, 119, 120, 239]], BASE * np.array([1, 1, 0.1, 0.1, 0.01, 0.001]))


def test_triangular_meets_its_bounds_at_the_ends_of_each_step() -> None:
    found = rates("triangular", step_size=2.0, lowest=0.2)
    np.testing.assert_allclose(found[[0, 24, 48, 72, 96]], BASE * np.array([0.2, 1.0, 0.2, 1.0, 0.2]))
    np.testing.assert_allclose(np.diff(found[:25]), 0.8 * BASE / 24)


def smith(policy: str, step: int, step_size: float, base: float, top: float, gamma: float = 1.0) -> float:
    """The code that Smith published with the paper."""
    cycle = math.floor(1 + step / (2 * step_size))
    x = abs(step / step_size - 2 * cycle + 1)
    scale = {"triangular": 1.0, "triangular2": 1 / 2 ** (cycle - 1), "exp_range": gamma**step}[policy]
    return base + (top - base) * max(0.0, 1 - x) * scale


@pytest.mark.parametrize("policy", ["triangular", "triangular2", "exp_range"])
@pytest.mark.parametrize("step_size", [0.5, 1.7, 3.0])
def test_cycles_follow_the_code_of_the_paper(policy: str, step_size: float) -> None:
    extra = {"gamma": 0.99} if policy == "exp_range" else {}
    expected = [smith(policy, step, step_size * PER_EPOCH, 0.3 * BASE, BASE, **extra) for step in range(STEPS)]
    np.testing.assert_allclose(rates(policy, step_size=step_size, lowest=0.3, **extra), expected, rtol=1e-12)


def test_one_cycle_follows_the_published_two_phases() -> None:
    def cosine(start: float, end: float, share: float) -> float:
        return end + (start - end) / 2 * (1 + math.cos(math.pi * share))

    rise, start, final = 0.3, 0.04, 1e-4  # PyTorch's OneCycleLR with its defaults: pct_start 0.3, div_factor 25, final_div_factor 1e4
    peak, first = rise * STEPS - 1, BASE * start
    up = [cosine(first, BASE, step / peak) for step in range(72)]
    down = [cosine(BASE, first * final, (step - peak) / (STEPS - 1 - peak)) for step in range(72, STEPS)]
    np.testing.assert_allclose(rates("one_cycle", rise=rise, start=start, final=final), up + down, rtol=1e-12)


@pytest.mark.keras
def test_decays_are_those_of_keras() -> None:
    from keras.optimizers import schedules

    pairs = [
        (rates("exponential", factor=0.9), schedules.ExponentialDecay(BASE, PER_EPOCH, 0.9)),
        (rates("step", factor=0.5, every=4), schedules.ExponentialDecay(BASE, 4 * PER_EPOCH, 0.5, staircase=True)),
        (rates("cosine", final=0.1), schedules.CosineDecay(BASE, STEPS, alpha=0.1)),
    ]
    for ours, theirs in pairs:
        np.testing.assert_allclose(ours, keras_rates(theirs), rtol=2e-5)
