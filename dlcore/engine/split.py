"""A sequence loop of our own: each batch in parts side by side, one on each core.

A recurrent net multiplies a small matrix in every time step. Shared between cores such a product is slower than on one (LSTM 64 over 50
steps: 8,000 against 9,500 examples/s), so each core takes a part of the batch through all steps, and the gradients are summed: 15,000.
The sums are taken in another order than `fit` takes them: values agree to rounding, and bitwise with every run on as many threads.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from dlcore.engine.program import Program, traced
from dlcore.experiment import Experiment

MOST_PARTS = 4
LEAST_ROWS = 16
WHOLE = {"Dropout", "BatchNormalization", "SimpleRNN"}


def parts(experiment: Experiment, batch: int) -> int:
    """Into how many parts a batch is split; 1 where splitting does not apply or would not pay.

    Dropout and batch norm see the whole batch or none: their masks and statistics would not be those of `fit`. A simple recurrent net gains
    7 % by it, and may lose what `fit` would learn: without gates it can be as sensitive as a chaotic system to how sums are rounded (words
    read both ways, Adam: losses 2e-3 apart after two epochs).
    """
    kinds = {inner.kind for call in experiment.plan() for inner in call.walk()}
    if not experiment.model_spec.split or kinds & WHOLE or tf.config.list_physical_devices("GPU"):
        return 1
    return max(1, min(tf.config.threading.get_intra_op_parallelism_threads(), MOST_PARTS, batch // LEAST_ROWS))


class SplitProgram(Program):
    """A program whose steps train `count` parts of each batch at the same time. The epoch's last, smaller batch goes whole."""

    def __init__(self, experiment: Experiment, batch: int, count: int, switched: Sequence[str] = ()) -> None:
        super().__init__(experiment, batch, switched)
        self._cuts = [batch * part // count for part in range(count + 1)]
        self._compiled_part = traced(self._part, jit_compile=True)
        self._compiled_join = traced(self._join, jit_compile=True)
        self.steps = traced(self._steps)

    def _loop_step(self, x: tf.Tensor, y: tf.Tensor, rate: tf.Tensor) -> tf.Tensor:
        # Tensors, not variables: a compiled function locks the variables it reads, and the parts would wait for each other.
        weights = [tf.convert_to_tensor(weight.value) for weight in self.model.trainable_weights]
        pairs = zip(self._cuts, self._cuts[1:], strict=False)
        return self._compiled_join([self._compiled_part(x[first:end], y[first:end], weights) for first, end in pairs], y, rate)

    def _part(self, x: tf.Tensor, y: tf.Tensor, weights: list[tf.Tensor]) -> tuple[Any, ...]:
        """Loss, predictions and gradients of a part of the batch at the given weights."""
        model = self.model
        with tf.GradientTape() as tape:
            tape.watch(weights)
            with keras.StatelessScope(state_mapping=list(zip(model.trainable_weights, weights, strict=True))):
                predicted = model(x, training=True)
                loss = model.compute_loss(x=x, y=y, y_pred=predicted, sample_weight=None, training=True)
        return loss, predicted, [_taken_apart(gradient) for gradient in tape.gradient(loss, weights)]

    def _join(self, found: list[tuple[Any, ...]], y: tf.Tensor, rate: tf.Tensor) -> tf.Tensor:
        """One update from the parts' gradients, each weighted by its share of the batch; the loss of the whole."""
        model = self.model
        shares = [(end - first) / self.batch for first, end in zip(self._cuts, self._cuts[1:], strict=False)]
        loss = tf.add_n([share * part[0] for share, part in zip(shares, found, strict=True)])
        by_weight = zip(*(part[2] for part in found), strict=True)
        gradients = [_whole(each, shares, weight.shape) for each, weight in zip(by_weight, model.trainable_weights, strict=True)]
        model.optimizer._learning_rate.assign(rate)
        model._loss_tracker.update_state(loss, sample_weight=self.batch)
        model.optimizer.apply_gradients(zip(gradients, model.trainable_weights, strict=True))
        model.compute_metrics(None, y, tf.concat([part[1] for part in found], axis=0))
        return loss


def _taken_apart(gradient: tf.Tensor | tf.IndexedSlices) -> tf.Tensor | tuple[tf.Tensor, tf.Tensor]:
    """A compiled function returns tensors only: an embedding's gradient, which comes as the rows that were looked up, as (rows, places)."""
    return (gradient.values, gradient.indices) if isinstance(gradient, tf.IndexedSlices) else gradient


def _whole(parts: Sequence[Any], shares: Sequence[float], shape: Sequence[int]) -> tf.Tensor | tf.IndexedSlices:
    """The batch's gradient, of that shape. Rows that were looked up are not summed to a table: `fit` gives each to the optimizer, and Keras
    squares each by itself, so that Adam would take other steps on a table."""
    if not isinstance(parts[0], (tuple, list)):
        return tf.add_n([share * own for share, own in zip(shares, parts, strict=True)])
    rows = tf.concat([share * rows for share, (rows, _) in zip(shares, parts, strict=True)], axis=0)
    return tf.IndexedSlices(rows, tf.concat([places for _, places in parts], axis=0), tf.constant(list(shape)))
