"""A search in the form that its pictures take: an axis for each setting that varies, a dict of plain values for each trial."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dlcore.charts.parallel import Axis, score_axis
from dlcore.errors import Invalid
from dlcore.experiment import PARTS
from dlcore.studies.search import Search, Trial, best_of
from dlcore.studies.space import Dimension, show_value
from dlcore.studies.targets import Target
from dlcore.ui import words

SCORE = "score"


def label(search: Search, dimension: Dimension) -> str:
    """What a person calls the setting: "Learning rate", "Dropout of layer 2", "Learning rate (sgd)"."""
    where = "" if dimension.when is None else f" ({', '.join(show_value(value) for value in dimension.when[1])})"
    try:
        known = next(own for own in search.space.dimensions if own.key == dimension.key)
        target = search.space.target(known, search.experiment)
    except (Invalid, StopIteration):
        return dimension.name
    return target_label(target) + where


def target_label(target: Target) -> str:
    """The same for a place in an experiment."""
    if target.field is None:
        return PARTS[target.full].removesuffix("s").replace("datasets", "data set").capitalize().replace("Losse", "Loss")
    if target.counts:
        return f"Number of {target.field.label.lower()}"
    return target.field.label if target.item < 0 else f"{target.field.label} of layer {target.item + 1}"


def score_label(search: Search) -> str:
    return words.metric_name(search.objective)


def axis_of(search: Search, key: str, trials: Sequence[Trial] = ()) -> Axis:
    """A setting's axis: its range with whatever a trial has tried beyond it; of several conditional ranges all of them.

    Numbers among choices lie on a scale of numbers.
    """
    same = [own for own in search.space.dimensions if own.key == key]
    title = label(search, same[0] if len(same) == 1 else replace(same[0], when=None))
    tried = [value for trial in trials if (value := value_of(search, key, trial.values)) is not None]
    choices = [value for own in same for value in own.choices]
    ends = [end for own in same for end in (own.low, own.high) if end is not None]
    numbers = [value for value in (*ends, *choices, *tried) if _is_number(value)]
    if all(own.is_range for own in same):
        return Axis(key, title, min(numbers), max(numbers), all(own.log for own in same))
    if len(numbers) == len(ends) + len(choices) + len(tried) and len(set(numbers)) > 2:
        return Axis(key, title, min(numbers), max(numbers), _is_logarithmic(search, same[0], numbers))
    return Axis(key, title, choices=tuple(dict.fromkeys(show_value(value) for value in (*choices, *tried))))


def value_of(search: Search, key: str, values: Mapping[str, Any]) -> Any:
    """A trial's value of a setting, whichever of its conditional ranges it comes from; None where the setting did not count."""
    same = [own for own in search.space.dimensions if own.key == key]
    return next((values[own.name] for own in same if own.name in values and own.is_active(values)), None)


def axes(search: Search, trials: Sequence[Trial]) -> list[Axis]:
    """One for each setting, and the score's at the end."""
    scores = [trial.score for trial in trials]
    keys = dict.fromkeys(own.key for own in search.space.dimensions)
    return [*(axis_of(search, key, trials) for key in keys), score_axis(SCORE, score_label(search), scores)]


def rows(search: Search, trials: Sequence[Trial], along: Sequence[Axis]) -> list[dict[str, Any]]:
    """Each trial as its number, its score (None: none), whether it is the best, and its values as the axes know them."""
    best = best_of(search, list(trials))
    return [
        {"trial": trial.number, SCORE: trial.score, "best": best is not None and trial.number == best.number}
        | {axis.key: _on(axis, value_of(search, axis.key, trial.values)) for axis in along if axis.key != SCORE}
        for trial in trials
    ]


def said(search: Search, values: Mapping[str, Any]) -> str:
    """A trial's values in words: "learning rate 0.01, optimizer adam"."""
    counting = [own for own in search.space.dimensions if own.name in values and own.is_active(values)]
    return ", ".join(f"{label(search, replace(own, when=None)).lower()} {show_value(values[own.name])}" for own in counting)


def better(search: Search) -> str:
    """The end of the score that is good, as the charts call it."""
    return "high" if search.direction == "max" else "low"


def _on(axis: Axis, value: Any) -> Any:
    return show_value(value) if axis.choices and value is not None else value


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _is_logarithmic(search: Search, dimension: Dimension, numbers: Sequence[float]) -> bool:
    """Whether the setting's own slider is logarithmic and the values allow it."""
    field = search.space.target(dimension, search.experiment).field
    return field is not None and field.log and min(numbers) > 0
