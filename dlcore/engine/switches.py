"""Activations that may change between runs of one compiled program: a search over three of them compiles one net, not three.

Under XLA all of them are worked out and one is taken, in one pass over numbers that are at hand: 3 to 6 % of an MLP's time for three
activations, against two seconds for each net that need not be compiled. What is learned is bit for bit what a program of the activation's
own learns, but for a net in a hundred, since how XLA merges and rounds is its own affair: there weights differ by 1e-8 after an epoch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import keras
import tensorflow as tf

from dlcore.calls import Call
from dlcore.experiment import Experiment
from dlcore.structure import switched_layers

if TYPE_CHECKING:
    from dlcore.engine.feed import Feed


class Switch:
    """An activation that is one of `names`, the one that `turn` was told last.

    Not a choice between branches (`tf.switch_case`), which XLA compiles each as a program of its own: half as long again.
    """

    def __init__(self, names: Sequence[str], now: str) -> None:
        self.names = tuple(names)
        self._functions = [keras.activations.get(name) for name in self.names]
        self._place = tf.Variable(self.names.index(now), dtype=tf.int32, trainable=False)

    def turn(self, name: str) -> None:
        self._place.assign(self.names.index(name))

    def __call__(self, x: tf.Tensor) -> tf.Tensor:
        """Of the same shape as x. The gradient is chosen among those of the activations: one that is infinite where it is not asked for,
        and then multiplied by 0, would be NaN."""

        @tf.custom_gradient
        def chosen(x: tf.Tensor) -> tuple[tf.Tensor, Any]:
            place = self._place.read_value()
            found = []
            for function in self._functions:
                with tf.GradientTape() as tape:
                    tape.watch(x)
                    value = function(x)
                found.append((value, tape))
            return _at(place, [value for value, _ in found]), lambda upstream: _at(
                place, [tape.gradient(value, x, upstream) for value, tape in found]
            )

        return chosen(x)


def put_switches(layers: Sequence[Any], experiment: Experiment, switched: Sequence[str]) -> None:
    """Put a switch into each of the layers, made from the experiment's plan, that can have one (`structure.switched_layers`)."""
    plan = experiment.plan()
    for place in switched_layers(experiment, switched):
        layers[place].activation = Switch(switched, plan[place].arguments["activation"])


def is_exact(feed: Feed) -> bool:
    """Whether all batches are matrices: a single row is a vector, see `structure.switched_layers`."""
    sizes = (feed.batch, feed.rest, feed.validation_batch if feed.validation_rows else 0, feed.validation_rows % feed.validation_batch)
    return feed.resident and 1 not in sizes


def turn_switch(layer: Any, call: Call | None) -> None:
    """Turn the layer's switch, where it has one, to the activation of `call`."""
    if call is not None and isinstance(switch := getattr(layer, "activation", None), Switch):
        switch.turn(call.arguments["activation"])


def _at(place: tf.Tensor, values: Sequence[tf.Tensor]) -> tf.Tensor:
    """The value at that place, by selection."""
    taken = values[-1]
    for index in range(len(values) - 2, -1, -1):
        taken = tf.where(tf.equal(place, index), values[index], taken)
    return taken
