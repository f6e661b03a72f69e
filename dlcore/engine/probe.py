"""A step taken and undone: what the monitors look at without touching the run.

The probe runs beside the compiled loop, on a batch of its own, a few times a minute of work: its cost stays below 1 % of the time
(`pace.Due`), and every variable it moved, the states of seeds included, is set back to the value it had.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import tensorflow as tf

from dlcore import registry
from dlcore.engine.feed import Feed
from dlcore.engine.program import Program, traced
from dlcore.engine.resources import Resources


@dataclass(frozen=True)
class Watched:
    """One layer in the probe: its output (batch, …), and before, after and gradient of each trainable weight."""

    name: str
    activation: str
    hidden: bool
    output: Any
    before: Sequence[Any]
    after: Sequence[Any]
    gradients: Sequence[Any]


@dataclass(frozen=True)
class Probed:
    """What a monitor's `measure` is given."""

    layers: Sequence[Watched]
    loss: Any


class Probe:
    """Measures the chosen monitors on the program's model as it is now."""

    def __init__(self, program: Program, feed: Feed, monitors: Sequence[str]) -> None:
        self._program = program
        self._feed = feed
        self._monitors = [registry.find("monitors", name) for name in monitors]
        self._sample: tuple[tf.Tensor, tf.Tensor] | None = None
        self._resources = Resources()

    def measure(self, rate: float) -> dict[str, float]:
        """Named numbers of all monitors, and what the run costs; `rate` is the learning rate of the step to be taken."""
        return (self._watched(rate) if self._monitors else {}) | self._resources.measure()

    def _watched(self, rate: float) -> dict[str, float]:
        if self._sample is None:
            self._sample = self._feed.sample(min(256, self._program.batch))
        function = self._program.probes.get(self._key)
        if function is None:
            function = self._program.probes[self._key] = traced(self._measure)
        values = function(*self._sample, tf.constant(rate, tf.float32))
        return {name: float(value) for name, value in values.items()}

    @property
    def is_compiled(self) -> bool:
        return self._key in self._program.probes

    @property
    def _key(self) -> tuple[str, ...]:
        return tuple(monitor.name for monitor in self._monitors)

    def _measure(self, x: tf.Tensor, y: tf.Tensor, rate: tf.Tensor) -> dict[str, tf.Tensor]:
        model = self._program.model
        variables = [variable.value for variable in self._program.variables.values()]
        held = [tf.identity(variable) for variable in variables]
        outputs = []
        with tf.GradientTape() as tape:
            signal = x
            for layer in model.layers:
                signal = layer(signal, training=True) if layer._call_has_training_arg else layer(signal)
                outputs.append(signal)
            loss = model.compute_loss(x=x, y=y, y_pred=signal, sample_weight=None, training=True)
        weights = model.trainable_weights
        gradients = [tf.convert_to_tensor(gradient) for gradient in tape.gradient(loss, weights)]  # an embedding's comes as rows
        before = [tf.identity(weight) for weight in weights]
        if model.optimizer is not None:
            model.optimizer._learning_rate.assign(rate)
            model.optimizer.apply_gradients(zip(gradients, weights, strict=True))
        after = [tf.identity(weight) for weight in weights]
        found: dict[str, tf.Tensor] = {}
        probed = Probed(self._layers(outputs, weights, before, after, gradients), loss)
        for monitor in self._monitors:
            found |= monitor.measure(probed)
        with tf.control_dependencies([*after, *found.values()]):
            for variable, value in zip(variables, held, strict=True):
                variable.assign(value)
        return found

    def _layers(self, outputs: list[Any], weights: list[Any], before: list[Any], after: list[Any], gradients: list[Any]) -> list[Watched]:
        index = {id(weight): number for number, weight in enumerate(weights)}
        found = []
        for layer, output in zip(self._program.model.layers, outputs, strict=True):
            own = [index[id(weight)] for weight in layer.trainable_weights]
            activation = getattr(getattr(layer, "activation", None), "__name__", "")
            hidden = layer is not self._program.model.layers[-1] and bool(own or activation)
            found.append(
                Watched(layer.name, activation, hidden, output, *([values[i] for i in own] for values in (before, after, gradients)))
            )
        return found
