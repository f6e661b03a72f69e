"""The space of a search: which settings of an experiment vary, over which ranges or choices.

A dimension's key is a setting by its full or short name ("optimizer.learning_rate", "epochs"), a part ("optimizer"; its choices are names),
one item of a list ("model.dropout[0]", counted from 0), or how many items a list has ("model.layers.count").
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from dlcore.errors import Invalid
from dlcore.experiment import Experiment
from dlcore.fields import Value
from dlcore.studies.targets import Target, applied, target_of

GRID_VALUES = 10  # of a range without a step, end to end
MOST_COMBINATIONS = 100_000  # of the settings that conditions ask for


@dataclass(frozen=True)
class Dimension:
    """One setting that varies: numbers from `low` to `high`, or `choices`.

    step: distance of neighbouring values, or with `log` their ratio; None: every value in between. log: equal ratios are equally likely.
    when: (name of an earlier dimension, the values of it for which this one counts); None: always.
    """

    key: str
    low: float | None = None
    high: float | None = None
    step: float | None = None
    log: bool = False
    choices: tuple[Value, ...] = ()
    when: tuple[str, tuple[Value, ...]] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "choices", tuple(_hashable(value) for value in self.choices))
        if self.when is not None:
            name, values = self.when
            object.__setattr__(self, "when", (name, tuple(_hashable(value) for value in values)))

    @property
    def name(self) -> str:
        """What the dimension is called in a trial's values; unique in its space."""
        if self.when is None:
            return self.key
        return f"{self.key} ({self.when[0]}={','.join(show_value(value) for value in self.when[1])})"

    @property
    def is_range(self) -> bool:
        return not self.choices

    def is_active(self, values: Mapping[str, Any]) -> bool:
        """Whether it counts beside these values of the other dimensions."""
        return self.when is None or (self.when[0] in values and _hashable(values[self.when[0]]) in self.when[1])

    def grid_values(self, whole: bool) -> tuple[Value, ...]:
        """The values that a grid tries, in order; whole: the setting is a whole number.

        A range without a step counts as `GRID_VALUES` values from end to end, whole numbers as all of them where they are fewer.
        """
        if not self.is_range:
            return self.choices
        assert self.low is not None and self.high is not None
        if self.step:
            return tuple(self._stepped(whole))
        if whole and (not self.log or self.high - self.low < GRID_VALUES) and self.high - self.low < 4 * GRID_VALUES:
            return tuple(range(int(self.low), int(self.high) + 1))
        shares = [number / (GRID_VALUES - 1) for number in range(GRID_VALUES)]
        made = [self.low * (self.high / self.low) ** share if self.log else self.low + share * (self.high - self.low) for share in shares]
        return tuple(dict.fromkeys(tidy(value, whole) for value in made))

    def count(self) -> int | None:
        """How many values there are; None for a range of all numbers."""
        return len(self.choices) if self.choices else len(list(self._stepped(False))) if self.step else None

    def contains(self, value: Any) -> bool:
        """Whether the value lies in the range, or is one of the choices."""
        if not self.is_range:
            return _hashable(value) in self.choices
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return is_number and self.low is not None and self.high is not None and self.low <= value <= self.high

    def to_json(self) -> dict[str, Any]:
        """What is set of it, as plain JSON."""
        if not self.is_range:
            body: dict[str, Any] = {"key": self.key, "choices": [_plain(value) for value in self.choices]}
        else:
            body = {"key": self.key, "low": self.low, "high": self.high}
            body |= ({"step": self.step} if self.step else {}) | ({"log": True} if self.log else {})
        return body | ({"when": [self.when[0], [_plain(value) for value in self.when[1]]]} if self.when else {})

    @staticmethod
    def from_json(body: Any) -> Dimension:
        if not isinstance(body, Mapping) or not isinstance(body.get("key"), str):
            raise Invalid(
                "A dimension of a space must be an object with a key.", 'Such as {"key": "learning_rate", "low": 1e-4, "high": 0.1}.'
            )
        unknown = set(body) - {"key", "low", "high", "step", "log", "choices", "when"}
        if unknown:
            raise Invalid(
                f"The dimension {body['key']} has an unknown entry {min(unknown)!r}.", "It has low, high, step, log, choices, when."
            )
        when = body.get("when")
        if when is not None and not (isinstance(when, Sequence) and len(when) == 2 and isinstance(when[1], Sequence)):
            raise Invalid(f"when = {when!r} of the dimension {body['key']} must be a name and a list of values.")
        numbers = {name: _number(body, name) for name in ("low", "high", "step")}
        choices = body.get("choices") or ()
        if isinstance(choices, str) or not isinstance(choices, Sequence):
            raise Invalid(f"choices = {choices!r} of the dimension {body['key']} must be a list.")
        return Dimension(
            body["key"], **numbers, log=bool(body.get("log", False)), choices=tuple(choices),
            when=(str(when[0]), tuple(when[1])) if when else None,
        )  # fmt: skip

    def _stepped(self, whole: bool) -> Iterator[Value]:
        assert self.low is not None and self.high is not None and self.step
        for number in range(MOST_COMBINATIONS):
            value = self.low * self.step**number if self.log else self.low + number * self.step
            if value > self.high * (1 + 1e-9) + (0 if self.log else 1e-9 * self.step):
                return
            yield tidy(value, whole)


@dataclass(frozen=True)
class Space:
    """Several dimensions, those that conditions name before those that have them."""

    dimensions: tuple[Dimension, ...] = ()

    def __getitem__(self, name: str) -> Dimension:
        found = next((own for own in self.dimensions if own.name == name), None)
        if found is None:
            raise Invalid(f"The space has no dimension called {name!r}.", f"It has: {', '.join(own.name for own in self.dimensions)}.")
        return found

    def target(self, dimension: Dimension, experiment: Experiment) -> Target:
        """What the dimension's key means in the experiment where the dimension counts; `Invalid` when it means nothing."""
        return target_of(dimension.key, self._where(dimension, experiment))

    def apply(self, experiment: Experiment, values: Mapping[str, Any]) -> Experiment:
        """The experiment with one trial's values (by dimension name); `Invalid` when they do not go together."""
        active = [own for own in self.dimensions if own.name in values and own.is_active(values)]
        return applied(experiment, {own.key: _hashable(values[own.name]) for own in active})

    def combinations(self, experiment: Experiment) -> int:
        """How many trials a whole grid has."""
        parents = [own for own in self.dimensions if any(other.when and other.when[0] == own.name for other in self.dimensions)]
        sizes = {own.name: self.values(own, experiment) for own in self.dimensions}
        total = 0
        for chosen in product(*(sizes[own.name] for own in parents)):
            values = dict(zip((own.name for own in parents), chosen, strict=True))
            # A parent that does not count is met once, with its first value.
            if any(not own.is_active(values) and values[own.name] != sizes[own.name][0] for own in parents):
                continue
            total += math.prod(len(sizes[own.name]) for own in self.dimensions if own not in parents and own.is_active(values))
        return total

    def values(self, dimension: Dimension, experiment: Experiment) -> tuple[Value, ...]:
        """The values that a grid tries of a dimension."""
        return dimension.grid_values(self.target(dimension, experiment).kind == "int")

    def replaced(self, dimension: Dimension) -> Space:
        """The space with another dimension in the place of the one of the same name."""
        self[dimension.name]
        return Space(tuple(dimension if own.name == dimension.name else own for own in self.dimensions))

    def to_json(self) -> str:
        return json.dumps({"version": 1, "dimensions": [own.to_json() for own in self.dimensions]})

    @staticmethod
    def from_json(text: str) -> Space:
        """Reads what `to_json` wrote, a list of dimensions, or an object: {"learning_rate": {"low": …, "high": …}, "activation": [ … ]}."""
        try:
            body = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise Invalid(f"This space is not valid JSON: {error}.") from None
        return Space.of(body)

    @staticmethod
    def of(body: Any) -> Space:
        """The same from parsed JSON."""
        if isinstance(body, Mapping) and "dimensions" in body:
            if body.get("version", 1) != 1:
                raise Invalid(f"This space has version {body['version']!r}, and this lab reads version 1.", "Update the lab.")
            body = body["dimensions"]
        if isinstance(body, Mapping):
            body = [{"key": key, **(item if isinstance(item, Mapping) else {"choices": item})} for key, item in body.items()]
        if not isinstance(body, list):
            raise Invalid(
                "A space must be a JSON object or a list of dimensions.", 'Such as {"learning_rate": {"low": 1e-4, "high": 0.1}}.'
            )
        return Space(tuple(Dimension.from_json(item) for item in body))

    def _where(self, dimension: Dimension, experiment: Experiment) -> Experiment:
        """The experiment in which the dimension counts."""
        if dimension.when is None:
            return experiment
        parent = self[dimension.when[0]]
        return applied(self._where(parent, experiment), {parent.key: dimension.when[1][0]})


def tidy(value: float, whole: bool) -> float | int:
    """A value without the dust of arithmetic: 0.3, not 0.30000000000000004."""
    return round(value) if whole else float(f"{value:.12g}")


def show_value(value: Any) -> str:
    """A value as people read it: 0.001, relu, 64,32."""
    if isinstance(value, (tuple, list)):
        return ",".join(show_value(item) for item in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _number(body: Mapping[str, Any], name: str) -> float | None:
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise Invalid(f"{name} = {value!r} of the dimension {body['key']} is not allowed: it must be a number.")
    return value


def _hashable(value: Any) -> Any:
    return tuple(_hashable(item) for item in value) if isinstance(value, (list, tuple)) else value


def _plain(value: Any) -> Any:
    return [_plain(item) for item in value] if isinstance(value, tuple) else value
