"""Leaky units (Mozer 1992; El Hihi & Bengio 1996; Jaeger et al. 2007): each keeps a share of its last value in every step."""

from __future__ import annotations

from dlcore.calls import Call
from dlcore.fields import Field
from dlcore.models import _recurrent
from dlcore.models._parts import DROPOUT, START, at
from dlcore.specs import Head, Model, Settings, Shape

FIELDS = (
    _recurrent.UNITS,
    Field(
        "alpha", "float", 0.9, "Leak α", "Share of its last value that a unit keeps in each step: 0 keeps none, near 1 remembers long.",
        0.0, 0.999, 0.001, per_layer=True,
    ),
    Field("spread", "bool", False, "Spread time scales", "Units get different α, from 0 up to the one above: some quick, some slow."),
    Field("learned", "bool", False, "Learn α", "Train each unit's α with the weights."),
    DROPOUT,
    _recurrent.EMBEDDING,
    _recurrent.UNROLL,
    *START,
)  # fmt: skip


def plan(settings: Settings, shape: Shape, head: Head, seed: int) -> tuple[Call, ...]:
    def cell(layer: int) -> Call:
        own = {"units": at(settings["units"], layer), "alpha": at(settings["alpha"], layer)}
        switches = {name: True for name in ("spread", "learned") if settings[name]}
        return Call("dlcore.layers.leaky_cell:LeakyCell", {**own, **switches, **_recurrent.starts(settings, layer, seed)})

    return _recurrent.plan(settings, shape, head, seed, _recurrent.of_cells(cell))


def check(settings: Settings, shape: Shape) -> None:
    _recurrent.check(settings, shape, FIELDS)


MODEL = Model(
    name="leaky_rnn",
    title="Leaky units",
    summary="A recurrent net whose units keep a share α of their last value: the nearer to 1, the longer they remember.",
    fields=FIELDS,
    accepts=("sequence", "image"),
    plan=plan,
    check=check,
    fits=_recurrent.fits,
    needs=_recurrent.NEEDS,
    split=True,
    order=4,
)
