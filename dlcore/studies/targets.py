"""What a key of a search's space means in an experiment, and the experiment with values put there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dlcore import registry
from dlcore.errors import Invalid
from dlcore.experiment import PARTS, Experiment
from dlcore.fields import Field, Value

COUNT = ".count"
_ITEM = re.compile(r"(.+)\[(\d+)\]")
MOST_LAYERS = 100


@dataclass(frozen=True)
class Target:
    """A place in an experiment. kind: "part", "int", "float", "bool" or "choice". full: its key, written in full.

    field: the setting it is, or belongs to (None for a part). item: which item of the setting's list (-1: all of it). counts: whether it
    is the number of the list's items.
    """

    full: str
    kind: str
    field: Field | None = None
    item: int = -1
    counts: bool = False

    @property
    def is_list(self) -> bool:
        """Whether a value is a whole list."""
        return self.field is not None and self.field.many and self.item < 0 and not self.counts

    def check(self, value: Any) -> Value:
        """The value in its normal form, or `Invalid`."""
        if self.kind == "part":
            return str(registry.find(PARTS[self.full], value).name)
        assert self.field is not None
        if self.counts:
            if not isinstance(value, (int, float)) or isinstance(value, bool) or value != int(value) or not 0 <= value <= MOST_LAYERS:
                raise Invalid(f"{self.full} = {value!r} is not allowed: it must be a whole number from 0 to {MOST_LAYERS}.")
            return int(value)
        if self.item < 0:
            return self.field.check(value)
        checked = self.field.check((value,))
        return checked[0] if isinstance(checked, tuple) else checked


def target_of(key: str, experiment: Experiment) -> Target:
    """What the key means; `Invalid` when the experiment has no such place."""
    if key in PARTS:
        return Target(key, "part")
    if key.endswith(COUNT):
        full, own = experiment.find_field(key.removesuffix(COUNT))
        if not own.many:
            raise Invalid(f"{key} is not allowed: {full} is one value, not a list.")
        return Target(full + COUNT, "int", own, counts=True)
    if item := _ITEM.fullmatch(key):
        full, own = experiment.find_field(item[1])
        if not (own.many or own.per_layer):
            raise Invalid(f"{key} is not allowed: {full} is one value, not a list.")
        return Target(f"{full}[{item[2]}]", own.kind, own, item=int(item[2]))
    full, own = experiment.find_field(key)
    return Target(full, own.kind, own)


def applied(experiment: Experiment, values: Mapping[str, Any]) -> Experiment:
    """The experiment with values by key. Lists take their new length first, and lists with one value for each layer follow it."""
    parts = {key: value for key, value in values.items() if key in PARTS}
    draft = experiment.with_(**parts) if parts else experiment
    targets = [(target_of(key, draft), value) for key, value in values.items() if key not in PARTS]
    changes = {target.full: value for target, value in targets if target.item < 0 and not target.counts}
    for target, value in targets:
        if target.counts:
            full = target.full.removesuffix(COUNT)
            changes[full] = _resized(_listed(changes.get(full, _now(draft, full))), int(value))
    layers = _layers(draft, changes)
    changes |= {full: _resized(value, layers) for full, value in _per_layer(draft, changes).items() if layers and len(value) != layers}
    for target, value in targets:
        if target.item >= 0:
            full = target.full.partition("[")[0]
            assert target.field is not None
            now = changes.get(full, _now(draft, full))
            whole = _listed(now) if isinstance(now, (tuple, list)) or target.field.many else (now,) * max(layers, 1)
            if target.item < len(whole):
                changes[full] = (*whole[: target.item], value, *whole[target.item + 1 :])
    return draft.with_(**changes) if changes else draft


def layers_key(experiment: Experiment) -> str:
    """The setting that lists the net's layers ("model.layers"), "" where the model has none."""
    found = next((own.name for own in experiment.model_spec.fields if own.many and not own.per_layer and own.kind == "int"), "")
    return f"model.{found}" if found else ""


def _layers(experiment: Experiment, changes: Mapping[str, Any]) -> int:
    key = layers_key(experiment)
    return len(_listed(changes.get(key, _now(experiment, key)))) if key else 0


def _per_layer(experiment: Experiment, changes: Mapping[str, Any]) -> dict[str, tuple[Any, ...]]:
    """The model's lists with one value for each layer."""
    found = {}
    for own in experiment.model_spec.fields:
        value = changes.get(f"model.{own.name}", experiment.model.settings[own.name])
        if own.per_layer and isinstance(value, (tuple, list)):
            found[f"model.{own.name}"] = tuple(value)
    return found


def _now(experiment: Experiment, full: str) -> Any:
    part, _, name = full.rpartition(".")
    return getattr(experiment, part).settings[name] if part else getattr(experiment, full)


def _listed(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, (tuple, list)) else (value,)


def _resized(values: tuple[Any, ...], count: int) -> tuple[Any, ...]:
    """Cut, or lengthened by its last item."""
    return (*values, *values[-1:] * (count - len(values)))[:count]
