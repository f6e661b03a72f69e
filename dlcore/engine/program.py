"""The compiled program of one architecture: trains, evaluates and is set up for run after run without compiling again.

An ordinary `tf.function` loops over steps: it gathers a batch from data on the device, calls the Keras model, its `compute_loss` and the
optimizer's `apply_gradients`, in the order of Keras's own `train_step`, so that the numbers are those of `fit` with the same jit flag.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any

import keras
import tensorflow as tf

from dlcore.engine import build
from dlcore.engine.compiled import named
from dlcore.engine.feed import EVALUATION_BATCH
from dlcore.engine.live import pair, traced_for_xla, turn_dials
from dlcore.engine.switches import put_switches
from dlcore.experiment import Experiment
from dlcore.structure import beginning_of

MOST_KEPT = 4_000_000  # numbers of initial weights that are kept for the next run
# AutoGraph would read and rewrite every function of Keras's on the way, at twice the time of a trace; loops are written out instead.
traced = partial(tf.function, autograph=False)


def jit_flag(experiment: Experiment) -> bool:
    """XLA doubles the speed of dense and recurrent nets on a CPU and halves that of convolutions there; a GPU gains with all."""
    return experiment.model_spec.xla or bool(tf.config.list_physical_devices("GPU"))


class Program:
    """One architecture's model with its compiled loops.

    batch: examples per step; evaluation_batch: of a validation, as its feed says; switched: activations that its layers may be switched
    between.
    """

    evaluation_batch = EVALUATION_BATCH

    def __init__(self, experiment: Experiment, batch: int, switched: Sequence[str] = ()) -> None:
        self.batch, self.switched = batch, switched
        self.jit = jit_flag(experiment)
        self.model = build.model_of(experiment, live=True)
        put_switches(self.model.layers, experiment, switched)
        self.variables = build.variables_of(self.model)
        self._make_metrics(experiment)
        self.metric_variables = {f"metric/{i}": v for i, v in enumerate(self._metric_states())}
        self._beginning, self._begins = "", dict[str, Any]()
        self._fresh_optimizer = {path: v.numpy() for path, v in self.variables.items() if path.startswith("optimizer/")}
        self.steps = traced(self._steps, jit_compile=self.jit)
        self.tail = traced(self._tail, jit_compile=self.jit, reduce_retracing=False)
        self.evaluate = traced(self._evaluate, jit_compile=self.jit)
        rows = tf.TensorSpec((None, *experiment.shape.input), tf.float32)
        self.predict = traced(self._predict, input_signature=[rows])  # not under XLA, which would compile it for each number of rows
        self.forget_metrics = traced(self._forget_metrics)
        self._take_metrics = traced(self._results_then_forget)  # one call: an epoch can be as short as some milliseconds
        self.name = ""  # unique in this process, and the same in every process for programs that are the same
        self.compiled: set[str] = set()  # those of the functions below that have been called once
        self.predicting = 0.0  # seconds that `predict` took for a row when it was last called; 0: not yet
        self._named: set[str] = set()
        self.is_ahead = False  # whether nothing is left to be compiled before a run
        self.probes: dict[tuple[str, ...], Any] = {}

    def naming(self, function: str) -> AbstractContextManager[None]:
        """To trace `function` in: what XLA makes of it is then found again on disk (`compiled.named`)."""
        if function in self._named or not self.name:
            return nullcontext()
        self._named.add(function)
        return named(f"{self.name}/{function}")

    # Setting up.
    def begin(self, experiment: Experiment) -> None:
        """Initial weights, fresh optimizer, dials and rate as the experiment says; compiles nothing."""
        for path, value in self._first(experiment).items():
            self.variables[path].assign(value)
        for path, value in self._fresh_optimizer.items():
            self.variables[path].assign(value)
        self.turn(experiment)
        self.forget_metrics()

    def _first(self, experiment: Experiment) -> Mapping[str, Any]:
        """The model's variables as they begin, by path.

        Kept for the next run, which differs most often in its rate alone: Keras takes 14 ms to make the layers of a small net.
        """
        beginning = beginning_of(experiment)
        if self._beginning != beginning:
            made = {path: variable.value for path, variable in build.variables_of(build.layers_of(experiment), optimizer=False).items()}
            if sum(value.shape.num_elements() for value in made.values()) > MOST_KEPT:
                return made
            self._beginning, self._begins = beginning, made
        return self._begins

    def turn(self, experiment: Experiment) -> None:
        """Turn the dials to the experiment's numbers: momentum, decay, dropout, penalties. `Refused` where there is no dial to turn."""
        for layer, call in pair(self.model.layers, experiment.plan()):
            turn_dials(layer, call)
        if self.model.optimizer is not None:
            turn_dials(self.model.optimizer, build.optimizer_call(experiment))

    def state(self, metrics: bool = True) -> dict[str, Any]:
        """All variables by path as they are now; with `metrics` the half-finished sums of the epoch as well.

        Tensors that nothing is copied for: TensorFlow writes into a variable's memory only while nobody else holds it.
        """
        chosen = self.variables | self.metric_variables if metrics else self.variables
        return _held(chosen)

    def load(self, state: Mapping[str, Any]) -> None:
        """Set the variables back to a saved state; goes on bitwise as the uninterrupted run."""
        for path, variable in (self.variables | self.metric_variables).items():
            if path in state:
                variable.assign(state[path])

    def weights(self) -> dict[str, Any]:
        """The model's own variables as they are now, held as in `state`: what "best weights" keeps."""
        return _held({path: variable for path, variable in self.variables.items() if path.startswith("model/")})

    # Reading.
    def results(self) -> dict[str, float]:
        """The metrics since they were last forgotten, as `fit` would log them; forgets them, ready for the next epoch."""
        return {name: float(value) for name, value in self._take_metrics().items()}

    # The compiled functions.
    def _steps(self, x: tf.Tensor, y: tf.Tensor, order: tf.Tensor, rates: tf.Tensor, first: tf.Tensor, count: tf.Tensor) -> tf.Tensor:
        """`count` steps from step `first` of the epoch; returns losses (steps,) of which those steps are filled in.

        order (rows,) int32: row numbers, batch after batch; rates (steps,) float32.
        """
        end = first + count

        def one(step: tf.Tensor, losses: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            rows = tf.slice(order, [step * self.batch], [self.batch])
            loss = self._loop_step(tf.gather(x, rows), tf.gather(y, rows), rates[step])
            return step + 1, tf.tensor_scatter_nd_update(losses, [[step]], [loss])

        # Its length is an input: a constant one would make one program for each length.
        return tf.while_loop(lambda step, losses: step < end, one, (first, tf.zeros_like(rates)))[1]

    def _tail(self, x: tf.Tensor, y: tf.Tensor, rows: tf.Tensor, rate: tf.Tensor) -> tf.Tensor:
        """One step on the rows named: the epoch's last, smaller batch."""
        return self._step(tf.gather(x, rows), tf.gather(y, rows), rate)

    def _loop_step(self, x: tf.Tensor, y: tf.Tensor, rate: tf.Tensor) -> tf.Tensor:
        """One step of the loop; other kinds of program take it in another way."""
        return self._step(x, y, rate)

    def _step(self, x: tf.Tensor, y: tf.Tensor, rate: tf.Tensor) -> tf.Tensor:
        model = self.model
        model.optimizer._learning_rate.assign(rate)
        with traced_for_xla(self.jit), tf.GradientTape() as tape:
            predicted = model(x, training=True)
            loss = model.compute_loss(x=x, y=y, y_pred=predicted, sample_weight=None, training=True)
        model._loss_tracker.update_state(loss, sample_weight=tf.shape(x)[0])
        weights = model.trainable_weights
        model.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        model.compute_metrics(x, y, predicted)
        return loss

    def _evaluate(self, x: tf.Tensor, y: tf.Tensor) -> None:
        """Adds all rows to the metrics, `evaluation_batch` at a time."""
        rows, size = x.shape[0], self.evaluation_batch
        if rows <= size:  # XLA compiles the body of a loop even when it never runs, and refuses the slice
            self._test(x, y)
            return

        def one(batch: tf.Tensor) -> tuple[tf.Tensor]:
            self._test(*(tf.slice(t, [batch * size, *[0] * (len(t.shape) - 1)], [size, *t.shape[1:]]) for t in (x, y)))
            return (batch + 1,)

        tf.while_loop(lambda batch: batch < rows // size, one, (tf.constant(0),))
        if rest := rows % size:
            self._test(x[rows - rest :], y[rows - rest :])

    def _test(self, x: tf.Tensor, y: tf.Tensor) -> None:
        predicted = self.model(x, training=False)
        loss = self.model.compute_loss(x=x, y=y, y_pred=predicted, sample_weight=None, training=False)
        self.model._loss_tracker.update_state(loss, sample_weight=tf.shape(x)[0])
        self.model.compute_metrics(x, y, predicted)

    def _predict(self, x: tf.Tensor) -> tf.Tensor:
        return self.model(x, training=False)

    # Metrics.
    def _make_metrics(self, experiment: Experiment) -> None:
        """Keras makes metric variables at the first batch; here it must happen outside the compiled loop."""
        shape = experiment.shape
        each = shape.input[:1] if shape.per_step else ()  # steps that have targets of their own
        targets = ((2, *each), "int64") if shape.task == "classes" else ((2, *each, shape.outputs), "float32")
        target = keras.KerasTensor(targets[0], dtype=targets[1])
        predicted = keras.KerasTensor((2, *each, shape.outputs))
        self.model._compile_metrics.build(target, predicted)
        self.model._compile_loss.build(target, predicted)
        # R² makes its variables at the first update only, too late for the compiled `forget_metrics` to know them.
        self.model._compile_metrics.update_state(keras.ops.zeros(target.shape, target.dtype), keras.ops.zeros(predicted.shape))
        self._forget_metrics()

    def _metric_states(self) -> list[Any]:
        return [variable for metric in self.model.metrics for variable in metric.variables]

    def _results_then_forget(self) -> dict[str, tf.Tensor]:
        results = {name: tf.identity(value) for name, value in self.model.get_metrics_result().items()}
        with tf.control_dependencies(list(results.values())):
            self._forget_metrics()
        return results

    def _forget_metrics(self) -> None:
        for metric in self.model.metrics:
            metric.reset_state()


def _held(variables: Mapping[str, keras.Variable]) -> dict[str, tf.Tensor]:
    read = tf.raw_ops.ReadVariableOp  # `read_value` puts an identity behind it, for twice the time
    return {path: read(resource=variable.value.handle, dtype=variable.value.dtype) for path, variable in variables.items()}
