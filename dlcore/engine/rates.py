"""The learning rate of each step, as the schedule says."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from dlcore.engine.feed import Slab
from dlcore.experiment import Experiment


class Rates:
    """The rates of a run as the experiment is now; a changed experiment gets new ones.

    steps: optimizer steps in an epoch. width: steps of the program's static shape, to which a slab's rates are filled up.
    """

    def __init__(self, experiment: Experiment, steps: int, width: int) -> None:
        self._epochs, self._steps, self._width = experiment.epochs, steps, max(1, width)
        base = experiment.optimizer.settings["learning_rate"]
        self._all = experiment.schedule_spec.rates(base, self._epochs * steps, steps, **experiment.schedule.settings)
        self._key: tuple[int, int] | None = None

    def at(self, step: int) -> float:
        """The rate of a step of the run, from 0; past the end that of the last one."""
        return float(self._all[min(step, len(self._all) - 1)])

    def of_epoch(self, epoch: int) -> np.ndarray:
        """float32 (steps,); past the end those of the last epoch."""
        first = min(epoch, self._epochs - 1) * self._steps
        return self._all[first : first + self._steps].astype(np.float32)

    def of_slab(self, epoch: int, slab: Slab) -> tf.Tensor:
        """float32 (width,) for the steps of a slab; kept, since it is asked for several times in a row."""
        if self._key != (epoch, slab.first):
            rates = self.of_epoch(epoch)[slab.first : slab.first + slab.steps]
            self._held = tf.constant(np.resize(rates, self._width))
            self._key = (epoch, slab.first)
        return self._held
