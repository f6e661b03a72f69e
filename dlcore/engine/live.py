"""Numbers that may change while a compiled program runs.

Keras bakes Python numbers (SGD's momentum, a penalty's strength, `clipnorm`) into the traced program. A `Dial` stands in their place:
decisions about structure ("is there any momentum?") see the number it began with, arithmetic reads a variable. The objects keep their
stock classes; only Dropout, whose rate TensorFlow insists on baking, needs a thin subclass. Models are saved through `build.py`, which
makes them anew without dials.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from dlcore.calls import Call

# Where a number of a call may turn while its program runs: the arguments, by path.
TURNING: dict[str, tuple[str, ...]] = {
    "layers.Dropout": ("rate",),
    "regularizers.L1L2": ("l1", "l2"),
    "optimizers.SGD": ("momentum", "weight_decay", "clipnorm", "global_clipnorm"),
    "optimizers.RMSprop": ("momentum", "weight_decay", "clipnorm", "global_clipnorm"),
    "optimizers.Adagrad": ("weight_decay", "clipnorm", "global_clipnorm"),
    "optimizers.Adadelta": ("weight_decay", "clipnorm", "global_clipnorm"),
    "optimizers.Adam": ("beta_1", "weight_decay", "clipnorm", "global_clipnorm"),
    "optimizers.AdamW": ("beta_1", "weight_decay", "clipnorm", "global_clipnorm"),
    "optimizers.Nadam": ("beta_1", "weight_decay", "clipnorm", "global_clipnorm"),
}


class Dial:
    """A float32 variable that passes for the Python number it began with.

    `1 - dial` and `1 / dial` are rounded from the double, as Keras does it with a Python number: otherwise Adam's bits, or those of clipped
    gradients, would differ from `fit`'s.
    """

    def __init__(self, value: float) -> None:
        self.began = float(value)
        self.value = tf.Variable(value, dtype=tf.float32, trainable=False)
        self.complement = tf.Variable(1 - float(value), dtype=tf.float32, trainable=False)
        self.inverse = tf.Variable(_inverse(value), dtype=tf.float32, trainable=False)

    def turn(self, value: float) -> None:
        self.value.assign(np.float32(value))
        self.complement.assign(np.float32(1 - float(value)))
        self.inverse.assign(np.float32(_inverse(value)))

    def __tf_tensor__(self, dtype: Any = None, name: Any = None) -> tf.Tensor:
        return tf.cast(self.value.read_value(), dtype) if dtype else self.value.read_value()

    def __rsub__(self, other: Any) -> Any:
        return self.complement.read_value() if isinstance(other, (int, float)) and other == 1 else other - self.value

    def __rtruediv__(self, other: Any) -> Any:
        return self.inverse.read_value() if isinstance(other, (int, float)) and other == 1 else other / self.value

    def __mul__(self, other: Any) -> Any:
        return self.value * other

    __rmul__ = __mul__

    # Structure sees the number it began with.
    def __bool__(self) -> bool:
        return bool(self.began)

    def __eq__(self, other: object) -> bool:
        return self is other or self.began == other

    def __hash__(self) -> int:
        return id(self)

    def __gt__(self, other: float) -> bool:
        return self.began > other


def _inverse(value: float) -> float:
    return 1 / float(value) if value else 0.0


class LiveDropout(keras.layers.Dropout):
    """`keras.layers.Dropout` with the rate in a variable; draws the same masks from the same seeds, bit by bit."""

    def __init__(self, rate: float, **arguments: Any) -> None:
        super().__init__(rate, **arguments)
        self.dial = Dial(rate)
        self.scale = tf.Variable(1 / (1 - rate), dtype=tf.float32, trainable=False)

    def turn(self, rate: float) -> None:
        self.dial.turn(rate)
        self.scale.assign(np.float32(1 / (1 - rate)))

    def call(self, inputs: Any, training: bool = False) -> Any:
        if not training:
            return inputs
        seed = tf.cast(self.seed_generator.next(), tf.int32)
        uniform = tf.random.stateless_uniform(tf.shape(inputs), seed=seed, dtype=inputs.dtype)
        return tf.where(uniform >= self.dial.value, inputs * self.scale, tf.zeros_like(inputs))


STAND_INS = {"layers.Dropout": LiveDropout}


def structure(call: Call) -> Any:
    """The call as nested lists without what may differ between runs of one program: initialisers, seeds, turning numbers."""
    turning = TURNING.get(call.path, ())
    kept = {}
    for key, value in sorted(call.arguments.items()):
        if key.endswith("initializer") or key in ("seed", "learning_rate"):
            continue
        kept[key] = bool(value) if key in turning else _structure(value)
    return [call.path, kept]


def _structure(value: Any) -> Any:
    if isinstance(value, Call):
        return structure(value)
    return [_structure(item) for item in value] if isinstance(value, (list, tuple)) else value


def fit_dials(made: Any, call: Call) -> None:
    """Put dials into an object made from `call`, or turn those that are there already. Numbers that are 0 get none."""
    for name in TURNING.get(call.path, ()):
        value = call.arguments.get(name)
        if isinstance(made, LiveDropout):
            made.turn(call.arguments["rate"])
        elif isinstance(old := getattr(made, name, None), Dial):
            old.turn(value if value is not None else 0.0)
        elif value:
            setattr(made, name, Dial(value))
    for part, inner in _inner(made, call):
        fit_dials(part, inner)


def _inner(made: Any, call: Call) -> Iterator[tuple[Any, Call]]:
    """The parts of an object that were made from calls among the arguments: regularizers, wrapped layers."""
    for name, value in call.arguments.items():
        if not isinstance(value, Call) or name.endswith("initializer"):
            continue
        if name == "layer":  # Bidirectional keeps a copy for each direction.
            yield from ((getattr(made, side), value) for side in ("forward_layer", "backward_layer"))
        else:  # A recurrent layer hands its regularizers to its cell.
            holder = made if getattr(made, name, None) is not None else getattr(made, "cell", made)
            yield getattr(holder, name), value
