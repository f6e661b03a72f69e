"""Whether a space can be searched, before anything trains; and what is proposed for a setting, from its own spec."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dlcore import registry
from dlcore.errors import Invalid
from dlcore.experiment import PARTS, Experiment
from dlcore.fields import Field
from dlcore.studies.space import Dimension, Space, show_value
from dlcore.studies.targets import Target, target_of

EMPTY = "Add a setting, such as learning_rate from 0.0001 to 0.1."
SMALL = {"l1": (1e-6, 1e-1), "l2": (1e-6, 1e-1), "weight_decay": (1e-5, 1e-1), "min_delta": (1e-5, 1e-1), "clipnorm": (0.1, 10.0)}
"""Where numbers whose spec only says "from 0" are worth looking."""
WHOLE = {"patience": (1, 20), "seed": (0, 9), "split_seed": (0, 9), "examples": (100, 1000)}
AROUND = 100.0  # how far a proposed range reaches below and above a value on a log scale


def check_space(space: Space, experiment: Experiment) -> Space:
    """The space with keys in full and values in their normal form; `Invalid` with one sentence for what cannot be searched."""
    if not space.dimensions:
        raise Invalid("The space is empty: no setting varies.", EMPTY)
    checked = Space()
    for own in space.dimensions:
        own = _with_condition(own, checked, experiment)
        target = Space((*checked.dimensions, own)).target(own, experiment)
        if target.kind == "part" and own.when is not None:
            raise Invalid(f"{own.key} cannot be conditional: it is a part of the experiment, not a setting.")
        made = replace(own, key=target.full)
        made = _checked_range(made, target) if own.is_range else _checked_choices(made, target)
        if any(other.name == made.name for other in checked.dimensions):
            raise Invalid(f"{made.name} is in the space twice.", "Keep one of the two.")
        checked = Space((*checked.dimensions, made))
    return checked


def propose(experiment: Experiment, key: str) -> Dimension:
    """A range or choices for a setting (or part) of the experiment, from its spec and its value now."""
    target = target_of(key, experiment)
    if target.kind == "part":
        return Dimension(target.full, choices=tuple(fitting(experiment, target.full)))
    own = target.field
    assert own is not None
    if target.counts:
        return Dimension(target.full, low=1, high=3)
    if target.is_list:
        return Dimension(target.full, choices=_lists(experiment, own, target.full))
    if own.kind in ("bool", "choice"):
        return Dimension(target.full, choices=own.choices or (False, True))
    low, high, log = _range(own, _scalar(experiment, target))
    return Dimension(target.full, low=low, high=high, log=log)


def proposed(experiment: Experiment, keys: Sequence[str]) -> Space:
    """A space of several settings, checked."""
    return check_space(Space(tuple(propose(experiment, key) for key in keys)), experiment)


def fitting(experiment: Experiment, part: str) -> list[str]:
    """The names that the part can have in this experiment: models that read its data, losses that fit its task, all optimizers …"""
    found = []
    for name, spec in registry.members(PARTS[part]).items():
        if part == "optimizer" and spec.closure:  # full batches only: another program, and another meaning of an epoch
            continue
        try:
            experiment.with_(**{part: name})
        except Invalid:
            continue
        found.append(name)
    return found


def _with_condition(own: Dimension, before: Space, experiment: Experiment) -> Dimension:
    """The dimension with its condition's key in full, once it is sure that the space can meet it."""
    if own.when is None:
        return own
    name, values = own.when
    known = {other.name: other for other in before.dimensions}
    parent = known.get(name) or known.get(target_of(name, experiment).full)
    if parent is None:
        raise Invalid(f"{own.key} depends on {name!r}, which is not before it in the space.", "Put that setting first.")
    for value in values:
        if not parent.contains(value):
            raise Invalid(f"{own.key} depends on {name} = {show_value(value)}, which the space never tries.")
    return replace(own, when=(parent.name, values))


def _checked_range(own: Dimension, target: Target) -> Dimension:
    if own.low is None or own.high is None:
        raise Invalid(f"{own.key} has no values to try.", "Give it a range (low and high) or choices.")
    if target.kind not in ("int", "float") or target.is_list:
        raise Invalid(f"{own.key} cannot have a range: it is {_kind(target)}.", "Give it choices.")
    if own.low > own.high:
        raise Invalid(f"{own.key} from {own.low:g} to {own.high:g} is not a range: it begins above its end.")
    if own.log and own.low <= 0:
        raise Invalid(
            f"{own.key} from {own.low:g} cannot be searched on a log scale: 0 and numbers below it have no logarithm.",
            "Begin above 0, or switch the log scale off.",
        )
    if own.step is not None and (own.step <= 0 or (own.log and own.step <= 1)):
        least = "above 1, since it multiplies on a log scale" if own.log else "above 0"
        raise Invalid(f"step = {own.step:g} of {own.key} is not allowed: it must be {least}.")
    whole = target.kind == "int"
    if whole and own.step is not None and own.step != int(own.step):
        raise Invalid(f"step = {own.step:g} of {own.key} is not allowed: it must be a whole number.")
    low, high = (float(target.check(end)) for end in (own.low, own.high))  # type: ignore[arg-type]  # numbers, as checked
    return replace(own, low=int(low) if whole else low, high=int(high) if whole else high)


def _checked_choices(own: Dimension, target: Target) -> Dimension:
    if own.low is not None or own.high is not None:
        raise Invalid(f"{own.key} has both a range and choices.", "Give it one of the two.")
    choices = tuple(target.check(value) for value in own.choices)
    if len(set(choices)) < len(choices):
        raise Invalid(f"{own.key} has the same choice twice.")
    return replace(own, choices=choices, log=False, step=None)


def _kind(target: Target) -> str:
    if target.is_list:
        return "a list"
    return {"part": "a name", "bool": "true or false", "choice": "one of some words"}[target.kind]


def _scalar(experiment: Experiment, target: Target) -> Any:
    """The value now of the setting, or of its first layer."""
    full = target.full.partition("[")[0]
    value = {name: now for name, _, now in experiment.fields()}[full]
    items = value if isinstance(value, tuple) else (value,)
    return items[min(max(target.item, 0), len(items) - 1)] if items else 0


def _range(own: Field, now: Any) -> tuple[float, float, bool]:
    """low, high and whether on a log scale."""
    least, most = own.minimum or 0.0, own.maximum if own.maximum is not None else math.inf
    if own.kind == "int":
        if own.name in WHOLE:
            return (*WHOLE[own.name], own.name == "examples")
        now = max(int(now), 1)
        return max(int(least), now // 4, 1), min(int(most), now * 4), own.log
    if own.log:
        now = float(now) or math.sqrt(least * most)
        return max(least, now / AROUND), min(most, now * AROUND), True
    if own.name in SMALL:
        return (*SMALL[own.name], True)
    if most <= 1:
        return least, min(most, 0.6) if own.name.endswith("dropout") else most, False
    reach = abs(float(now)) or 1.0
    return max(least, float(now) - reach), min(most, float(now) + reach), False


def _lists(experiment: Experiment, own: Field, full: str) -> tuple[Any, ...]:
    """A few lists around the one there is: half and twice as wide, one more and one less."""
    now = {name: value for name, _, value in experiment.fields()}[full]
    if own.kind != "int":
        return (now, ()) if now else (now, (own.choices[0],))
    whole = tuple(int(width) for width in now if not isinstance(width, str)) if isinstance(now, tuple) and now else (64,)
    half, twice = (tuple(max(1, int(width * factor)) for width in whole) for factor in (0.5, 2))
    return tuple(dict.fromkeys((half, whole, twice, (*whole, whole[-1]), (*twice, twice[-1]))))
