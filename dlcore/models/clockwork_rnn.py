"""Clockwork RNN (Koutník et al. 2014): groups of units that tick every 1, 2, 4, … steps; fast groups are not heard by slow ones."""

from __future__ import annotations

from dlcore.calls import Call
from dlcore.errors import Invalid
from dlcore.fields import Field
from dlcore.models import _recurrent
from dlcore.models._parts import DROPOUT, START, at
from dlcore.specs import Head, Model, Settings, Shape

FIELDS = (
    _recurrent.UNITS,
    Field(
        "groups", "int", 4, "Groups", "Groups of equal size; the first is computed in every step, the next every 2, then 4, then 8 steps.",
        1, 10, unit="groups", per_layer=True,
    ),
    DROPOUT,
    _recurrent.EMBEDDING,
    _recurrent.UNROLL,
    *START,
)  # fmt: skip


def plan(settings: Settings, shape: Shape, head: Head, seed: int) -> tuple[Call, ...]:
    def cell(layer: int) -> Call:
        own = {"units": at(settings["units"], layer), "groups": at(settings["groups"], layer)}
        return Call("dlcore.layers.clockwork_cell:ClockworkCell", {**own, **_recurrent.starts(settings, layer, seed)})

    return _recurrent.plan(settings, shape, head, seed, _recurrent.of_cells(cell))


def check(settings: Settings, shape: Shape) -> None:
    _recurrent.check(settings, shape, FIELDS)
    units = settings["units"]
    assert isinstance(units, tuple)
    for layer, count in enumerate(units):
        groups = int(at(settings["groups"], layer))
        if int(count) % groups:
            raise Invalid(
                f"units = {count} and groups = {groups} do not fit: the groups must be of equal size.",
                f"Give a multiple of {groups} units, e.g. {max(groups, int(count) // groups * groups)}.",
            )


MODEL = Model(
    name="clockwork_rnn",
    title="Clockwork RNN",
    summary="Groups of units that are computed every 1, 2, 4, … steps; connections from fast groups to slow ones are removed.",
    fields=FIELDS,
    accepts=("sequence", "image"),
    plan=plan,
    check=check,
    fits=_recurrent.fits,
    needs=_recurrent.NEEDS,
    split=True,
    order=6,
)
