"""A search's space as keras-tuner's hyperparameters, and values between the two."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from dlcore.experiment import Experiment
from dlcore.oracle.light import tuner_module
from dlcore.studies.space import Dimension, Space, tidy


class Hyperparameters:
    """The space, dimension by dimension. grid: ranges become the values that a grid tries."""

    def __init__(self, space: Space, experiment: Experiment, grid: bool) -> None:
        self.space = space
        self._grid = grid
        self._whole = {own.name: space.target(own, experiment).kind == "int" for own in space.dimensions}
        self._choices = {own.name: own.grid_values(self._whole[own.name]) for own in space.dimensions if grid or not own.is_range}

    def made(self) -> Any:
        """A keras_tuner.HyperParameters with the space and no values."""
        made = tuner_module("engine.hyperparameters").HyperParameters()
        for own in self.space.dimensions:
            if own.when is None:
                self._add(made, own)
            else:
                parent, wanted = own.when
                with made.conditional_scope(parent, [self.encoded(parent, value) for value in wanted]):
                    self._add(made, own)
        made.values = {}
        return made

    def encode(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self.encoded(name, value) for name, value in values.items()}

    def encoded(self, name: str, value: Any) -> Any:
        """keras-tuner's form of a value: choices of one type, lists as text."""
        if name not in self._choices:
            return value
        return _code(value, self._choices[name])

    def decode(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The search's form of what keras-tuner suggests; other entries ("tuner/epochs") are left out."""
        return {own.name: self._decoded(own, values[own.name]) for own in self.space.dimensions if own.name in values}

    def _decoded(self, own: Dimension, value: Any) -> Any:
        if own.name in self._choices:
            known = self._choices[own.name]
            return next(choice for choice in known if _code(choice, known) == value)
        assert own.low is not None and own.high is not None
        whole = self._whole[own.name]
        return tidy(min(max(value, own.low), own.high), whole)

    def _add(self, made: Any, own: Dimension) -> None:
        if own.name in self._choices:
            known = self._choices[own.name]
            made.Choice(own.name, [_code(value, known) for value in known])
            return
        kind = made.Int if self._whole[own.name] else made.Float
        step = int(own.step) if own.step and self._whole[own.name] else own.step
        kind(own.name, own.low, own.high, step=step, sampling="log" if own.log else "linear")


def _code(value: Any, known: Sequence[Any]) -> Any:
    """bool, text, or a number where all choices are numbers; else JSON text."""
    if all(isinstance(choice, (int, float)) and not isinstance(choice, bool) for choice in known):
        return float(value) if any(isinstance(choice, float) for choice in known) else value
    if all(isinstance(choice, bool) for choice in known) or all(isinstance(choice, str) for choice in known):
        return value
    return json.dumps(value)
