"""What the model families share: per-layer settings and the calls that they become."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dlcore import registry
from dlcore.calls import Call
from dlcore.errors import Invalid
from dlcore.fields import Field, Scalar
from dlcore.specs import Head, Settings, Shape

ACTIVATIONS = ("relu", "sigmoid", "tanh", "linear", "leaky_relu", "elu", "selu", "gelu", "silu", "softplus")
LAYER_FIELDS = (
    Field("activation", "choice", "relu", "Activation", "The function each unit applies to its weighted sum.", choices=ACTIVATIONS, per_layer=True),
    Field("dropout", "float", 0.0, "Dropout", "Share of units switched off at random in each training step.", 0.0, 0.95, 0.05, per_layer=True, live=True),
)


def at(value: Any, layer: int) -> Scalar:
    """The value for one layer: a list has one for each, a single value serves all."""
    return value[layer] if isinstance(value, tuple) else value


def dense_stack(settings: Settings, head: Head, seed: int) -> tuple[Call, ...]:
    calls: list[Call] = []
    widths = settings["layers"]
    assert isinstance(widths, tuple)
    for index, units in enumerate(widths):
        start = registry.find("initializers", "glorot_uniform").call(0.0, 15, seed + index)
        calls.append(Call("layers.Dense", {"units": units, "activation": at(settings["activation"], index), "kernel_initializer": start}))
        if rate := at(settings["dropout"], index):
            calls.append(Call("layers.Dropout", {"rate": rate, "seed": seed + 100 + index}))
    last = registry.find("initializers", "glorot_uniform").call(0.0, 15, seed + len(widths))
    calls.append(Call("layers.Dense", {"units": head.units, "activation": head.activation, "kernel_initializer": last}))
    return tuple(calls)


def check_lists(counted: str) -> Callable[[Settings, Shape], None]:
    """A check that every per-layer list is as long as the list of layers `counted`."""

    def check(settings: Settings, shape: Shape) -> None:
        layers = settings[counted]
        assert isinstance(layers, tuple)
        for name, value in settings.items():
            if isinstance(value, tuple) and name != counted and name != "dense" and len(value) != len(layers):
                raise Invalid(f"{name} has {len(value)} values for {len(layers)} layers.", "Give one value for all, or one for each layer.")

    return check
