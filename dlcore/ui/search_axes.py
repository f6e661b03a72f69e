"""A search in the form that its pictures take: an axis for each setting that varies, a dict of plain values for each trial."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from dlcore.charts.parallel import Axis, score_axis
from dlcore.errors import Invalid
from dlcore.experiment import PARTS
from dlcore.search import Search, Trial, best_of
from dlcore.space import Dimension, show_value
from dlcore.targets import Target
from dlcore.ui import words

SCORE = "score"


def label(search: Search, dimension: Dimension) -> str:
    """What a person calls the setting: "Learning rate", "Dropout of layer 2", "Learning rate (sgd)"."""
    where = "" if dimension.when is None else f" ({', '.join(show_value(value) for value in dimension.when[1])})"
    try:
        target = search.space.target(dimension, search.experiment)
    except Invalid:
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


def axis_of(search: Search, dimension: Dimension, trials: Sequence[Trial] = ()) -> Axis:
    """The setting's axis: its range, with whatever a trial has tried beyond it. Numbers among choices lie on a scale of numbers."""
    title = label(search, dimension)
    tried = [trial.values[dimension.name] for trial in trials if dimension.name in trial.values]
    numbers = [value for value in (*dimension.choices, *tried) if _is_number(value)]
    if dimension.is_range:
        ends = [end for end in (dimension.low, dimension.high) if end is not None]
        return Axis(dimension.name, title, min([*ends, *numbers]), max([*ends, *numbers]), dimension.log)
    if len(numbers) == len(dimension.choices) + len(tried) and len(set(numbers)) > 2:
        return Axis(dimension.name, title, min(numbers), max(numbers), _is_logarithmic(search, dimension, numbers))
    choices = tuple(dict.fromkeys(show_value(value) for value in (*dimension.choices, *tried)))
    return Axis(dimension.name, title, choices=choices)


def axes(search: Search, trials: Sequence[Trial]) -> list[Axis]:
    """One for each setting, and the score's at the end."""
    scores = [trial.score for trial in trials]
    return [*(axis_of(search, own, trials) for own in search.space.dimensions), score_axis(SCORE, score_label(search), scores)]


def rows(search: Search, trials: Sequence[Trial], along: Sequence[Axis]) -> list[dict[str, Any]]:
    """Each trial as its number, its score (None: none), whether it is the best, and its values as the axes know them."""
    best = best_of(search, list(trials))
    return [
        {"trial": trial.number, SCORE: trial.score, "best": best is not None and trial.number == best.number}
        | {axis.key: _on(axis, trial.values) for axis in along if axis.key != SCORE}
        for trial in trials
    ]


def better(search: Search) -> str:
    """The end of the score that is good, as the charts call it."""
    return "high" if search.direction == "max" else "low"


def _on(axis: Axis, values: Mapping[str, Any]) -> Any:
    value = values.get(axis.key)
    return show_value(value) if axis.choices and value is not None else value


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _is_logarithmic(search: Search, dimension: Dimension, numbers: Sequence[float]) -> bool:
    """Whether the setting's own slider is logarithmic and the values allow it."""
    field = search.space.target(dimension, search.experiment).field
    return field is not None and field.log and min(numbers) > 0
