"""Connections that skip over steps (Lin et al. 1996), with those over one step or, where they are removed, without."""

from __future__ import annotations

from dlcore.calls import Call
from dlcore.fields import Field
from dlcore.models import _recurrent
from dlcore.models._parts import DROPOUT, START, at, seed_of
from dlcore.specs import Head, Model, Settings, Shape

FIELDS = (
    _recurrent.UNITS,
    Field(
        "skip", "int", 5, "Skip d", "Each step also sees the units as they were d steps before.",
        1, 20, unit="steps", per_layer=True,
    ),
    Field(
        "keep_short", "bool", True, "Keep the connections over one step",
        "Off removes them: a unit then hears only from d steps before, on a longer time scale.",
    ),
    DROPOUT,
    _recurrent.EMBEDDING,
    _recurrent.UNROLL,
    *START,
)  # fmt: skip


def plan(settings: Settings, shape: Shape, head: Head, seed: int) -> tuple[Call, ...]:
    def cell(layer: int) -> Call:
        own = {"units": at(settings["units"], layer), "skip": at(settings["skip"], layer)}
        short = {} if settings["keep_short"] else {"keep_short": False}
        skip = {"skip_initializer": Call("initializers.Orthogonal", {"seed": seed_of(seed, layer, "skip")})}
        return Call("dlcore.layers.skip_cell:SkipCell", {**own, **short, **_recurrent.starts(settings, layer, seed), **skip})

    return _recurrent.plan(settings, shape, head, seed, _recurrent.of_cells(cell))


def check(settings: Settings, shape: Shape) -> None:
    _recurrent.check(settings, shape, FIELDS)


MODEL = Model(
    name="skip_rnn",
    title="Skip connections",
    summary="A recurrent net with connections over d steps: a gradient needs d times fewer of them to reach far back.",
    fields=FIELDS,
    accepts=("sequence", "image"),
    plan=plan,
    check=check,
    fits=_recurrent.fits,
    needs=_recurrent.NEEDS,
    split=True,
    order=5,
)
