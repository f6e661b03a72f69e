"""Ends a range test once its loss has blown up: what the schedule's `stop_factor` asks for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlcore.experiment import Experiment

SMOOTHING = 0.9  # weight of the past in the running mean; about ten steps, so that one bad batch ends nothing
FIRST_STEPS = 10  # the mean of fewer steps says little


@dataclass
class Ceiling:
    """Follows the running mean of the losses (bias corrected, as Adam's) and its least value.

    factor: None for runs that are no range test, which never end here; 0 ends at NaN or infinity only.
    """

    factor: float | None = None
    mean: float = 0.0
    steps: int = 0
    least: float = math.inf

    @staticmethod
    def of(experiment: Experiment) -> Ceiling:
        factor = experiment.schedule.settings.get("stop_factor")
        return Ceiling(float(factor) if isinstance(factor, (int, float)) else None)

    def reached(self, losses: np.ndarray) -> int | None:
        """How many of these losses (count,) of successive steps are worth telling before the end; None: it goes on."""
        if self.factor is None:
            return None
        for place, loss in enumerate(losses.tolist()):
            if not math.isfinite(loss):
                return place
            self.steps += 1
            self.mean = SMOOTHING * self.mean + (1 - SMOOTHING) * loss
            now = self.mean / (1 - SMOOTHING**self.steps)
            self.least = min(self.least, now) if self.steps >= FIRST_STEPS else self.least
            if self.factor and now > self.factor * self.least:
                return place + 1
        return None

    def note(self) -> dict[str, Any]:
        """What a checkpoint keeps of it."""
        return {"mean": self.mean, "steps": self.steps, "least": self.least}

    def restore(self, note: Mapping[str, Any]) -> None:
        self.mean, self.steps, self.least = note["mean"], note["steps"], note["least"]
