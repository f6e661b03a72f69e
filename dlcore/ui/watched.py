"""The runs that a live panel shows: each with its experiment, its curves and what follows from them, worked out once for all viewers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from dlcore.calls import layer_names
from dlcore.charts.curves import RunCurves, run_lines
from dlcore.charts.lines import Line
from dlcore.charts.stages import Stage, stages
from dlcore.experiment import Experiment
from dlcore.run import Run
from dlcore.services import viewing
from dlcore.ui.health import Finding, findings, guess_loss
from dlcore.ui.labels import labels
from dlcore.ui.palette import colour
from dlcore.ui.progress import steps_per_epoch
from dlcore.ui.reader import READER, Curves, Seen
from dlcore.views import View


@dataclass(frozen=True)
class Watched:
    """A run as the panel shows it. label: what tells it apart from those beside it. per_epoch: optimizer steps of an epoch."""

    seen: Seen
    experiment: Experiment
    per_epoch: int
    label: str
    dark: bool

    @property
    def run(self) -> Run:
        return self.seen.run

    @property
    def colour(self) -> str:
        return colour(self.run.colour, self.dark)

    @property
    def epochs(self) -> Curves:
        return self.seen.epochs

    @property
    def probes(self) -> Curves:
        return self.seen.probes

    @property
    def done(self) -> float:
        """Epochs, with the part of the present one."""
        return max(self.run.epoch, self.run.step / max(1, self.per_epoch))

    @property
    def layers(self) -> list[str]:
        """Keras's names of the layers, from input to output."""
        return _layers(self.run.experiment)

    @property
    def stages(self) -> tuple[Stage, ...]:
        return _stages(self.run.experiment)

    def view(self) -> View | None:
        """What the net looks like beyond its curves, as it was seen last."""
        now = (self.run.seq, self.run.state)
        return READER.made(self.run, "view", now, lambda: viewing.view(self.run.id))  # type: ignore[no-any-return]

    def findings(self) -> list[Finding]:
        """What curves and monitors say about its health."""
        epochs, probes = self.epochs, self.probes
        version = (_length(epochs), _length(probes))
        return READER.made(self.run, "findings", version, lambda: findings(epochs, probes, self.layers, self._guess()))  # type: ignore[no-any-return]

    def curves(self) -> RunCurves:
        marks = [(change["step"] / self.per_epoch, _change_words(change)) for change in self.seen.changes]
        seen = self.seen
        return RunCurves(seen.run.id, self.label, self.colour, seen.run.epochs, seen.epochs, seen.steps, self.per_epoch, marks)

    def lines(self, name: str, curves: RunCurves) -> list[Line]:
        """The lines of a recorded number and its validation twin."""
        version = (_length(curves.epochs), _length(curves.steps), curves.label, curves.colour)
        return READER.made(self.run, f"lines/{name}/{self.dark}", version, lambda: run_lines(name, [curves]))  # type: ignore[no-any-return]

    def _guess(self) -> float | None:
        shape = self.experiment.shape
        cross_entropy = self.experiment.loss_spec.name == "crossentropy" and shape.task != "regression"
        return guess_loss(shape.outputs) if cross_entropy else None


def watch(ids: Sequence[str], dark: bool) -> list[Watched]:
    """The runs as they are now. Raises `NotFound`."""
    found = [READER.seen(name) for name in ids]
    named = _labels(tuple((seen.run.id, seen.run.title, seen.run.experiment) for seen in found))
    return [Watched(seen, *_known(seen.run.experiment), label, dark) for seen, label in zip(found, named, strict=True)]


@lru_cache(maxsize=256)
def _known(text: str) -> tuple[Experiment, int]:
    experiment = Experiment.from_json(text)
    return experiment, steps_per_epoch(experiment)


@lru_cache(maxsize=256)
def _stages(text: str) -> tuple[Stage, ...]:
    experiment = _known(text)[0]
    return stages(experiment.plan(), experiment.shape.input)


@lru_cache(maxsize=256)
def _layers(text: str) -> list[str]:
    return layer_names(_known(text)[0].plan())


@lru_cache(maxsize=64)
def _labels(runs: tuple[tuple[str, str, str], ...]) -> list[str]:
    return labels([Run(name, 0.0, title=title) for name, title, _ in runs], [_known(text)[0] for _, _, text in runs])


def _length(curves: Mapping[str, np.ndarray]) -> tuple[int, ...]:
    return tuple(len(curve) for curve in curves.values())


def _change_words(change: dict[str, Any]) -> str:
    return f"{change['field'].rpartition('.')[2].replace('_', ' ')} {change['value']}"
