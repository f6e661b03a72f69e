"""The best epoch so far, and when to stop early: the meaning of Keras's EarlyStopping (Prechelt 1998)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dlcore.experiment import Experiment
from dlcore.metrics import higher_is_better

BEST = "best/"  # before the paths of the best weights in a checkpoint


@dataclass
class Best:
    """The best epoch by the watched metric, its weights, and how many epochs have passed without improvement."""

    metric: str
    min_delta: float = 0.0
    value: float = math.nan
    epoch: int = 0
    waited: int = 0
    weights: Mapping[str, Any] = field(default_factory=dict)  # tensors or arrays

    @staticmethod
    def of(experiment: Experiment) -> Best:
        return Best(experiment.watched, experiment.min_delta)

    def improves(self, epoch: int, results: Mapping[str, float]) -> bool:
        """Take in an epoch's results; whether it is the best so far by at least `min_delta`."""
        now = results[self.metric]
        sign = 1.0 if higher_is_better(self.metric) else -1.0
        better = self.epoch == 0 or sign * (now - self.value) > self.min_delta
        if better:
            self.value, self.epoch, self.waited = now, epoch, 0
        else:
            self.waited += 1
        return better

    def has_waited(self, patience: int) -> bool:
        """Whether patience (in epochs, 0: endless) is used up."""
        return 0 < patience <= self.waited

    def note(self) -> dict[str, Any]:
        return {"value": self.value, "epoch": self.epoch, "waited": self.waited}

    def restore(self, note: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
        """From a checkpoint: its arrays hold the best weights apart, under `BEST`, or as the model's own (`is_here`)."""
        self.value, self.epoch, self.waited = note["value"], note["epoch"], note["waited"]
        before = "" if note.get("is_here") else BEST
        self.weights = {path.removeprefix(before): array for path, array in arrays.items() if path.startswith(f"{before}model/")}
