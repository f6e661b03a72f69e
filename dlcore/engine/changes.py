"""What a person changed while a run trained, by step, so that a later attempt or the exported script repeats it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dlcore.experiment import Experiment

FAR = 2**31 - 1


@dataclass(frozen=True, order=True)
class Change:
    """From step number `step` on, `field` (a full key) has `value`."""

    step: int
    field: str
    value: Any


class Changes:
    """All changes of a run, by step. Those at steps that lie ahead come from an attempt that got further than this one's checkpoint."""

    def __init__(self, made: Iterable[Mapping[str, Any]] = ()) -> None:
        self._all = sorted((Change(c["step"], c["field"], _value(c["value"])) for c in made), key=lambda change: change.step)
        self._applied = 0

    def add(self, field: str, value: Any, step: int) -> None:
        """A change made now. What lay ahead is kept: it was said to happen."""
        self._all.insert(self._applied, Change(step, field, value))
        self._applied += 1

    def until(self, experiment: Experiment, step: int) -> Experiment:
        """The experiment with all changes up to and at `step`, which count as applied."""
        for change in self.due(step):
            experiment = experiment.with_(**{change.field: change.value})
        return experiment

    def due(self, step: int) -> list[Change]:
        """The changes that `step` has reached and that were not applied yet."""
        found = []
        while self._applied < len(self._all) and self._all[self._applied].step <= step:
            found.append(self._all[self._applied])
            self._applied += 1
        return found

    def steps_until_next(self, step: int) -> int:
        return self._all[self._applied].step - step if self._applied < len(self._all) else FAR


def _value(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
