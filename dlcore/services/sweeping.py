"""The whole slider: one setting trained over its whole range with several seeds, and what became of each value.

A sweep is a grid search over one setting (`dlcore.services.searching`): its runs are ordinary trials, it survives what searches
survive, and it is paused, stopped and exported like one. Values are tried from the ends inwards, so that the curve shows its shape early.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dlcore import service
from dlcore.errors import Invalid
from dlcore.experiment import Experiment
from dlcore.fields import Value
from dlcore.run import State
from dlcore.services import searching
from dlcore.statistics import mean_effect
from dlcore.store import Store
from dlcore.studies.search import Search, Study
from dlcore.studies.space import Dimension, Space, tidy
from dlcore.studies.space_check import propose
from dlcore.studies.targets import target_of

VALUES, SEEDS = 9, 3
MOST_VALUES = 100
EVERYTHING = (-math.inf, math.inf)


@dataclass(frozen=True)
class Point:
    """What the runs at one value gave: the best epoch of each, their mean, and Student's 95 % interval (the mean itself for one run)."""

    value: Any
    results: tuple[float, ...]
    mean: float
    low: float
    high: float


def search(
    experiment: Experiment, key: str, *, low: float | None = None, high: float | None = None, values: int = VALUES, seeds: int = SEEDS,
    epochs: int = 0, objective: str = "val_loss",
) -> Search:  # fmt: skip
    """The search that sweeps a setting from `low` to `high` (None: what its spec and its value now propose) at `values` places.

    Settings with choices are tried with each of them. Raises `Invalid` for what has no range, and for numbers that make none.
    """
    if not 2 <= values <= MOST_VALUES:
        raise Invalid(f"values = {values} is not allowed: a sweep needs 2 to {MOST_VALUES}.")
    proposed = propose(experiment, key)
    if proposed.is_range:
        choices = places(experiment, proposed, proposed.low if low is None else low, proposed.high if high is None else high, values)
    else:
        choices = proposed.choices
    space = Space((Dimension(proposed.key, choices=tuple(from_the_ends(choices))),))
    return Search(experiment, space, oracle="grid", objective=objective, epochs=epochs, seeds=seeds, keep=1)


def start(experiment: Experiment, key: str, *, owner: str = "", store: Store | None = None, **settings: Any) -> str:
    """Starts a sweep and returns its search's id; settings are those of `search`."""
    asked = search(experiment, key, **settings)
    label = target_of(key, experiment).full.rpartition(".")[2].replace("_", " ")
    return searching.start(asked, owner=owner, title=f"Whole slider: {label}", store=store)


def is_sweep(study: Study) -> bool:
    """Whether it varies one setting over a grid: then there is a response curve."""
    return study.search.oracle == "grid" and len(study.search.space.dimensions) == 1


def points(study: str, *, store: Store | None = None) -> list[Point]:
    """What is known so far, by value in ascending order (choices in theirs); trials that failed or have no result are left out."""
    place = store or service.open_store()
    asked = searching.study(study, store=place).search
    (dimension,) = asked.space.dimensions
    trials = [trial for trial in searching.trials(study, store=place) if trial.is_ended and trial.state is not State.FAILED]
    measured = place.metrics_of([run for trial in trials for run in trial.runs])
    found = []
    for trial in trials:
        bests = [measured.get(run, {}).get(asked.objective, {}).get("best") for run in trial.runs]
        results = tuple(float(best) for best in bests if best is not None and math.isfinite(best))
        if results:
            found.append(point(trial.values[dimension.name], results))
    return sorted(found, key=lambda one: dimension_order(dimension, one.value))


def point(value: Any, results: Sequence[float]) -> Point:
    """The mean of results with its confidence interval."""
    estimate = mean_effect(results, EVERYTHING)
    known = math.isfinite(estimate.low)  # there is none of a single seed, nor of a few that came out alike
    return Point(value, tuple(results), estimate.effect, *((estimate.low, estimate.high) if known else (estimate.effect,) * 2))


def best(found: Sequence[Point], direction: str) -> Point | None:
    """The value with the best mean; direction: "min" or "max"."""
    sign = -1 if direction == "max" else 1
    return min(found, key=lambda one: sign * one.mean, default=None)


def places(experiment: Experiment, proposed: Dimension, low: float | None, high: float | None, count: int) -> tuple[Value, ...]:
    """`count` values from low to high: in equal ratios where the setting is logarithmic; whole numbers that coincide count once."""
    if low is None or high is None or not low < high:
        raise Invalid(
            f"A sweep of {proposed.key} from {low} to {high} is not allowed: it must climb.", "Choose a first value below the last."
        )
    if proposed.log and low <= 0:
        raise Invalid(f"A sweep of {proposed.key} from {low:g} cannot go in equal ratios.", "Begin above 0.")
    whole = target_of(proposed.key, experiment).kind == "int"
    shares = [number / (count - 1) for number in range(count)]
    made = [low * (high / low) ** share if proposed.log else low + share * (high - low) for share in shares]
    return tuple(dict.fromkeys(tidy(float(f"{value:.3g}") if proposed.log else value, whole) for value in made))


def from_the_ends(values: Sequence[Value]) -> list[Value]:
    """The values in the order in which they tell most: the ends, the middle, then what lies between, again and again."""
    order, gaps = [0, len(values) - 1], [(0, len(values) - 1)]
    while gaps:
        left, right = gaps.pop(0)
        middle = (left + right) // 2
        if middle not in (left, right):
            order.append(middle)
            gaps += [(left, middle), (middle, right)]
    return [values[number] for number in dict.fromkeys(order)]


def dimension_order(dimension: Dimension, value: Any) -> Any:
    """What sorts values of the dimension for a picture."""
    is_number = all(isinstance(choice, (int, float)) and not isinstance(choice, bool) for choice in dimension.choices)
    return value if is_number else dimension.choices.index(value)
