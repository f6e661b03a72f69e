"""What the recurrent families share: from data to sequences of vectors, layers over their steps, dropout, the output layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dlcore.calls import Call
from dlcore.errors import Invalid
from dlcore.fields import Field
from dlcore.models._parts import at, check_lists, dropout, initializer, output, seed_of
from dlcore.specs import Head, Settings, Shape

UNITS = Field("units", "int", (64,), "Layers", "Units of each recurrent layer, first to last.", 1, 4096, many=True, unit="units")
EMBEDDING = Field(
    "embedding", "int", 16, "Embedding", "Length of the vector that stands for a token, where the data are tokens: words, letters.",
    1, 512, unit="numbers", advanced=True,
)  # fmt: skip
UNROLL = Field(
    "unroll", "bool", False, "Unrolled", "Write the steps out one after the other: faster for few steps, slow to compile for many.",
    advanced=True,
)  # fmt: skip
MOST_UNROLLED = 100
NEEDS = "sequences whose end, if any, is a symbol"

Layer = Callable[[int, Mapping[str, Any]], Call]


def plan(settings: Settings, shape: Shape, head: Head, seed: int, layer: Layer) -> tuple[Call, ...]:
    """layer(number, how) is the recurrent layer with that number, `how` its `return_sequences` and `unroll` where they are on."""
    units = settings["units"]
    assert isinstance(units, tuple)
    calls = inputs(settings, shape, seed)
    for number in range(len(units)):
        every = shape.per_step or number < len(units) - 1
        how = {"return_sequences": True} if every else {}
        calls.append(layer(number, how | ({"unroll": True} if settings["unroll"] else {})))
        calls += dropout(at(settings["dropout"], number), number, seed)
    return (*calls, output(head, settings, len(units), seed))


def inputs(settings: Settings, shape: Shape, seed: int) -> list[Call]:
    """What turns the data into a sequence of vectors: an image's rows are its steps, a token has a vector that is learned."""
    if shape.kind == "image":
        height, width, channels = shape.input
        return [Call("layers.Reshape", {"target_shape": (height, width * channels)})]
    if not shape.tokens:
        return []
    drawn = Call("initializers.RandomUniform", {"minval": -0.05, "maxval": 0.05, "seed": seed_of(seed, 0, "embedding")})
    if shape.ending == "length":
        return [_counted(settings, shape, seed, drawn)]
    table = {"input_dim": shape.tokens, "output_dim": settings["embedding"], "embeddings_initializer": drawn}
    return [Call("layers.Reshape", {"target_shape": shape.input[:1]}), Call("layers.Embedding", table)]


def _counted(settings: Settings, shape: Shape, seed: int, drawn: Call) -> Call:
    """Vectors for tokens and for how many are still to come, at most as many as there are steps after the first."""
    counts = Call(drawn.path, {**drawn.arguments, "seed": seed_of(seed, 1, "embedding")})
    own = {"input_dim": shape.tokens, "output_dim": settings["embedding"], "counts": shape.input[0]}
    return Call("dlcore.layers.counted_embedding:CountedEmbedding", {**own, "embeddings_initializer": drawn, "counts_initializer": counts})


def over_steps(cell: Call, how: Mapping[str, Any]) -> Call:
    """A cell of our own, run over the steps."""
    return Call("layers.RNN", {"cell": cell, **how})


def starts(settings: Settings, layer: int, seed: int, direction: str = "") -> dict[str, Call]:
    """The initialisers of a layer: of what comes in as set, of the recurrent weights orthogonal."""
    recurrent = Call("initializers.Orthogonal", {"seed": seed_of(seed, layer, direction + "recurrent")})
    return {"kernel_initializer": initializer(settings, layer, seed, direction + "kernel"), "recurrent_initializer": recurrent}


def of_cells(cell: Callable[[int], Call]) -> Layer:
    """Layers from their cells: cell(number) is that of a layer."""
    return lambda number, how: over_steps(cell(number), how)


def fits(shape: Shape) -> bool:
    """What `NEEDS` says."""
    return shape.ending in ("", "symbol")


def check(settings: Settings, shape: Shape, fields: tuple[Field, ...] = ()) -> None:
    """`Invalid` without layers, with more steps than can be written out, or with a per-layer list among `fields` of another length."""
    if not settings["units"]:
        raise Invalid("units = [] is not allowed: a recurrent network needs at least one layer.", "Give the units of each, e.g. 64,32.")
    if settings["unroll"] and shape.input[0] > MOST_UNROLLED:
        raise Invalid(
            f"unroll = true is not allowed for {shape.input[0]} steps: at most {MOST_UNROLLED} can be written out.", "Switch it off."
        )
    check_lists(settings, "units", fields)
