"""Sequence generator: at each step it says how probable each next token is; fed with what it drew, it writes.

How a sequence ends is the data's `ending`: a symbol among the others, an output of its own that halts (Goodfellow et al. 2016, section
10.2.4), or a length that is drawn first.
"""

from __future__ import annotations

from dlcore.calls import Call
from dlcore.fields import Field, Value
from dlcore.models import _recurrent, rnn
from dlcore.models._parts import DROPOUT, START
from dlcore.specs import Head, Model, Settings, Shape

FIELDS = (
    Field("cell", "choice", "gru", "Cell", "What carries the memory from step to step.", choices=tuple(rnn.CELLS)),
    Field("units", "int", (128,), "Layers", "Units of each recurrent layer, first to last.", 1, 4096, many=True, unit="units"),
    DROPOUT,
    _recurrent.EMBEDDING,
    _recurrent.UNROLL,
    *START,
)
# Both directions would not do: what comes later is not known yet.
FIXED: dict[str, Value] = {"activation": "tanh", "bidirectional": False, "forget_bias": rnn.KERAS_FORGET_BIAS}


def plan(settings: Settings, shape: Shape, head: Head, seed: int) -> tuple[Call, ...]:
    whole = {**settings, **FIXED}
    calls = _recurrent.plan(whole, shape, head, seed, lambda layer, how: rnn.recurrent(whole, layer, how, seed))
    if shape.ending != "halt":
        return calls
    last = {"units": head.units, "halt": head.units - 1, "kernel_initializer": calls[-1].arguments["kernel_initializer"]}
    return (*calls[:-1], Call("dlcore.layers.halting:Halting", last))


def check(settings: Settings, shape: Shape) -> None:
    _recurrent.check(settings, shape, FIELDS)


MODEL = Model(
    name="generator",
    title="Sequence generator",
    summary="Says at each step what may come next, letter by letter; fed with what it drew, it writes.",
    fields=FIELDS,
    accepts=("sequence",),
    plan=plan,
    check=check,
    fits=lambda shape: shape.tokens > 0 and shape.per_step,
    needs="tokens with a target at each step",
    split=True,
    order=8,
)
