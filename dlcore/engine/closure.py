"""The program kind for optimizers that call the loss as often as they like: all rows at once, a line search on the host."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from dlcore.calls import make
from dlcore.engine import build
from dlcore.engine.live import traced_for_xla
from dlcore.engine.program import Program, traced
from dlcore.experiment import Experiment


class ClosureProgram(Program):
    """One step an epoch, on all training rows. The optimizer is our own, on the host; loss and gradient are compiled."""

    def __init__(self, experiment: Experiment, batch: int, switched: Sequence[str] = ()) -> None:
        super().__init__(experiment, batch, switched)
        self._seeds = [v for path, v in self.variables.items() if path.startswith("model/") and "seed" in path]
        self._value_and_gradient = traced(self._closure, jit_compile=self.jit)
        self._compiled_evaluate = self.evaluate
        self.steps = self._iterate
        self._sizes = [int(np.prod(weight.shape)) for weight in self.model.trainable_weights]

    def begin(self, experiment: Experiment) -> None:
        self.minimiser = make(build.optimizer_call(experiment))
        super().begin(experiment)

    def turn(self, experiment: Experiment) -> None:
        for name, value in experiment.optimizer.settings.items():
            setattr(self.minimiser, name, value)
        super().turn(experiment)

    def state(self, metrics: bool = True) -> dict[str, Any]:
        memory = {f"lbfgs/moves/{i}": move for i, move in enumerate(self.minimiser.moves)}
        memory |= {f"lbfgs/bends/{i}": bend for i, bend in enumerate(self.minimiser.bends)}
        return super().state(metrics) | memory

    def load(self, state: Mapping[str, Any]) -> None:
        super().load(state)
        for kind in ("moves", "bends"):
            kept = [path for path in state if path.startswith(f"lbfgs/{kind}/")]
            setattr(self.minimiser, kind, [state[f"lbfgs/{kind}/{i}"] for i in range(len(kept))])

    def _iterate(self, x: tf.Tensor, y: tf.Tensor, order: tf.Tensor, rates: tf.Tensor, first: tf.Tensor, count: tf.Tensor) -> tf.Tensor:
        """`steps` for a closure: `order` plays no part, since every step takes all rows."""
        losses = np.zeros(rates.shape, np.float32)
        for step in range(int(first), int(first) + int(count)):
            self.minimiser.learning_rate = float(rates[step])
            losses[step] = self._one(x, y)
        return tf.constant(losses)

    def _one(self, x: tf.Tensor, y: tf.Tensor) -> float:
        self._compiled_evaluate(x, y)
        seeds = [tf.identity(seed) for seed in self._seeds]

        def function(point: np.ndarray) -> tuple[float, np.ndarray]:
            # The same dropout masks for every point of a line search: else it would compare different functions.
            for variable, seed in zip(self._seeds, seeds, strict=True):
                variable.assign(seed)
            value, gradient = self._value_and_gradient(x, y, tf.constant(point, tf.float32))
            return float(value), gradient.numpy().astype(np.float64)

        flat = np.concatenate([weight.numpy().ravel() for weight in self.model.trainable_weights]).astype(np.float64)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # SciPy warns of a line search that found nothing; the step says so by staying.
            new, value = self.minimiser.step(function, flat)
        self._assign(tf.constant(new, tf.float32))
        return value

    def _closure(self, x: tf.Tensor, y: tf.Tensor, point: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Loss and gradient (n,) at the flat weights `point` (n,)."""
        self._assign(point)
        weights = self.model.trainable_weights
        with traced_for_xla(self.jit), tf.GradientTape() as tape:
            loss = self.model.compute_loss(x=x, y=y, y_pred=self.model(x, training=True), sample_weight=None, training=True)
        return loss, tf.concat([tf.reshape(g, [-1]) for g in tape.gradient(loss, weights)], axis=0)

    def _assign(self, point: Any) -> None:
        for weight, piece in zip(self.model.trainable_weights, tf.split(point, self._sizes), strict=True):
            weight.assign(tf.reshape(piece, weight.shape))
