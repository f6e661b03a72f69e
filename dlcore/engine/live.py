"""Numbers that may change while a compiled program runs.

Keras bakes Python numbers (SGD's momentum, a penalty's strength, `clipnorm`) into the traced program. A `Dial` stands in their place:
decisions about structure ("is there any momentum?") see the number it began with, arithmetic reads a variable. The objects keep their
stock classes; only Dropout, whose rate TensorFlow insists on baking, needs a thin subclass. Models are saved through `build.py`, which
makes them anew without dials.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from dlcore.calls import Call
from dlcore.engine import philox
from dlcore.engine.switches import turn_switch
from dlcore.errors import Refused
from dlcore.structure import TURNING


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


_is_for_xla: ContextVar[bool] = ContextVar("is_for_xla", default=False)


@contextmanager
def traced_for_xla(is_so: bool) -> Iterator[None]:
    """What is traced inside will, or will not, be compiled by XLA."""
    token = _is_for_xla.set(is_so)
    try:
        yield
    finally:
        _is_for_xla.reset(token)


def _once(*tensors: Any) -> Any:
    """The same tensors, which XLA works out once and not anew for each number that is made of them."""
    if not _is_for_xla.get():
        return tensors
    try:
        from tensorflow.compiler.tf2xla.ops.gen_xla_ops import xla_optimization_barrier
    except ImportError:  # not a public name: without it nothing changes but the speed
        return tensors
    return xla_optimization_barrier(list(tensors))


class LiveDropout(keras.layers.Dropout):
    """`keras.layers.Dropout` with the rate in a variable; draws the same masks from the same seeds, bit by bit.

    But at another speed: of `tf.random.stateless_uniform` XLA makes a loop in which the seed is turned into a key again for each number,
    and once more where the mask is needed for the gradient (64 × 64 numbers: 270 µs; with the key found once: 36 µs), and
    in which a block of the generator is worked out for each of its four numbers (philox.py).
    """

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
        key, counter = _once(*tf.raw_ops.StatelessRandomGetKeyCounter(seed=seed))
        if _is_for_xla.get() and philox.is_quicker(inputs):
            uniform = philox.uniform(inputs.shape.as_list(), key, counter)
        else:
            uniform = tf.raw_ops.StatelessRandomUniformV2(
                shape=tf.shape(inputs), key=key, counter=counter, alg=tf.random.Algorithm.AUTO_SELECT.value, dtype=inputs.dtype
            )
        (kept,) = _once(uniform >= self.dial.value)
        return tf.where(kept, inputs * self.scale, tf.zeros_like(inputs))


# What a number is turned to when it is off; 0 for the others.
OFF = {"clipnorm": 3e38, "global_clipnorm": 3e38}
STAND_INS = {"layers.Dropout": LiveDropout}


def put_dials(made: Any, call: Call) -> None:
    """Put dials into an object just made from `call`, where the number is not 0 (what is 0 is not traced at all)."""
    for name in TURNING.get(call.path, ()):
        if call.arguments.get(name) and not isinstance(made, LiveDropout):
            setattr(made, name, Dial(call.arguments[name]))
    for part, inner in _inner(made, call):
        put_dials(part, inner)


def turn_dials(made: Any, call: Call | None) -> None:
    """Turn the dials of an object to the numbers of `call`, and its switch; dials that the call leaves out, or all without a call, are
    turned off.

    Raises `Refused` where the call has a number for which the object, as it was made, has no dial.
    """
    if isinstance(made, LiveDropout):
        made.turn(call.arguments["rate"] if call else 0.0)
        return
    turn_switch(made, call)
    arguments = call.arguments if call else {}
    for name, dial in list(vars(made).items()):
        if isinstance(dial, Dial):
            dial.turn(arguments.get(name) or OFF.get(name, 0.0))
    for name in TURNING.get(call.path, ()) if call else ():
        if arguments.get(name) and not isinstance(getattr(made, name, None), Dial):
            raise _no_dial(name)
    for part, inner in _parts(made, call):
        turn_dials(part, inner)


def pair(layers: Iterable[Any], plan: Iterable[Call]) -> Iterator[tuple[Any, Call | None]]:
    """Each layer with the call that describes it now; a dropout layer whose rate has become 0 is in no plan and gets None."""
    calls = deque(plan)
    for layer in layers:
        if isinstance(layer, LiveDropout) and not (calls and calls[0].path == "layers.Dropout"):
            yield layer, None
        elif not isinstance(layer, LiveDropout) and calls[0].path == "layers.Dropout":
            raise _no_dial("dropout")
        else:
            yield layer, calls.popleft()


def _no_dial(name: str) -> Refused:
    return Refused(
        f"{name} cannot be switched on while this net trains: it was 0 when the run began, so the net was made without it.",
        "Branch the run with the new value.",
    )


def _inner(made: Any, call: Call) -> Iterator[tuple[Any, Call]]:
    """The parts of an object that were made from calls among the arguments: regularizers, wrapped layers, lists of layers."""
    for name, value in call.arguments.items():
        if isinstance(value, (list, tuple)) and any(isinstance(item, Call) for item in value):
            yield from zip(getattr(made, name), value, strict=True)
        if isinstance(value, Call) and not name.endswith("initializer"):
            for part in _made_from(made, name):
                if part is None:
                    raise _no_dial(name)
                yield part, value


def _parts(made: Any, call: Call | None) -> Iterator[tuple[Any, Call | None]]:
    """The same for turning: regularizers that the call has dropped come too, without a call."""
    arguments = call.arguments if call else {}
    if call:
        yield from _inner(made, call)
    for name in ("kernel_regularizer", "recurrent_regularizer", "bias_regularizer"):
        if not isinstance(arguments.get(name), Call):
            yield from ((part, None) for part in _made_from(made, name) if part is not None)


def _made_from(made: Any, name: str) -> list[Any]:
    if name == "layer":  # Bidirectional keeps a copy for each direction.
        return [made.forward_layer, made.backward_layer]
    holder = made if getattr(made, name, None) is not None else getattr(made, "cell", made)  # A recurrent layer hands its to its cell.
    return [getattr(holder, name, None)]
