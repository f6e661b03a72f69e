"""Recursive network (Pollack 1990; Socher et al. 2011): folds an expression along its tree, not step by step along a chain."""

from __future__ import annotations

from dlcore.calls import Call
from dlcore.fields import Field
from dlcore.models import _recurrent
from dlcore.models._parts import DROPOUT, START, at, dropout, initializer, output, seed_of
from dlcore.specs import Head, Model, Settings, Shape

FIELDS = (
    Field("units", "int", 32, "Units", "Length of the vector that stands for an expression or a part of it.", 2, 1024, unit="units"),
    DROPOUT,
    _recurrent.UNROLL,
    *START,
)


def plan(settings: Settings, shape: Shape, head: Head, seed: int) -> tuple[Call, ...]:
    steps = shape.input[0]
    drawn = Call("initializers.RandomUniform", {"minval": -1.0, "maxval": 1.0, "seed": seed_of(seed, 0, "embedding")})
    cell = Call("dlcore.layers.tree_cell:TreeCell", {
        "units": settings["units"], "values": shape.tokens - shape.operators, "operators": shape.operators,
        "depth": max(2, (steps + 1) // 2), "embeddings_initializer": drawn, "kernel_initializer": initializer(settings, 0, seed),
    })  # fmt: skip
    root = _recurrent.over_steps(cell, {"unroll": True} if settings["unroll"] else {})
    return (root, *dropout(at(settings["dropout"], 0), 0, seed), output(head, settings, 1, seed))


def check(settings: Settings, shape: Shape) -> None:
    _recurrent.check(settings, shape)


MODEL = Model(
    name="tree",
    title="Tree network",
    summary="Joins the two parts of each operation into one vector, from the leaves up: a tree of n numbers is only about log n deep.",
    fields=FIELDS,
    accepts=("sequence",),
    plan=plan,
    check=check,
    fits=lambda shape: shape.operators > 0,
    needs="expressions with a tree",
    order=7,
)
