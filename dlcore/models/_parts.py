"""What the model families share: settings that each layer may have, and the calls that they become.

Layers are counted from 0; the output layer is the last. A per-layer list has one value for each hidden layer, and layers beyond them (a
CNN's dense layers, the output layer) take its last value.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dlcore import registry
from dlcore.calls import Call
from dlcore.errors import Invalid
from dlcore.fields import Field, Scalar
from dlcore.specs import Head, Settings

ACTIVATIONS = (
    "relu", "leaky_relu", "elu", "selu", "gelu", "silu", "softplus", "sigmoid", "tanh", "scaled_tanh", "linear",
)  # fmt: skip
ACTIVATION = Field(
    "activation", "choice", "relu", "Activation", "The function each unit applies to its weighted sum.", choices=ACTIVATIONS, per_layer=True
)
SLOPE = Field(
    "slope", "float", 0.01, "Slope of leaky ReLU", "What leaky ReLU multiplies negative numbers by.",
    0.0, 1.0, 0.01, per_layer=True, advanced=True,
)  # fmt: skip
DROPOUT = Field(
    "dropout", "float", 0.0, "Dropout", "Share of units switched off at random in each training step.",
    0.0, 0.95, 0.05, per_layer=True, live=True,
)  # fmt: skip
BATCH_NORM = Field(
    "batch_norm", "bool", False, "Batch normalisation", "Centres and scales each unit's sum over the batch, before the activation.",
    per_layer=True, advanced=True,
)  # fmt: skip
PENALTIES = (
    Field(
        "l1",
        "float",
        0.0,
        "L1 penalty",
        "Adds λ·Σ|w| to the loss: pulls weights to exactly 0.",
        0.0,
        10.0,
        per_layer=True,
        live=True,
        advanced=True,
    ),
    Field(
        "l2",
        "float",
        0.0,
        "L2 penalty",
        "Adds λ·Σw² to the loss: keeps weights small.",
        0.0,
        10.0,
        per_layer=True,
        live=True,
        advanced=True,
    ),
)
START = (
    Field(
        "initializer", "choice", "glorot_uniform", "Weights at start", "How the weights are drawn before training.",
        choices=tuple(registry.members("initializers")), per_layer=True, advanced=True,
    ),
    Field(
        "initializer_scale", "float", 0.0, "Scale at start", "Deviation, limit, gain or value of the weights; 0: the initialiser's own.",
        0.0, 100.0, per_layer=True, advanced=True,
    ),
    Field(
        "initializer_connections", "int", 15, "Connections at start", "Sparse initialisation: inputs of a unit whose weight is not 0.",
        1, 10_000, per_layer=True, advanced=True,
    ),
)  # fmt: skip
BIAS = Field(
    "bias", "float", 0.0, "Bias at start", "What each hidden unit's bias begins with.",
    -10.0, 10.0, 0.01, per_layer=True, advanced=True,
)  # fmt: skip

AUGMENTATION = (
    Field(
        "flip", "bool", False, "Random flip", "Augmentation: mirrors half of the images, left to right, in each training step.",
        advanced=True,
    ),
    Field(
        "shift", "int", 0, "Random shift", "Augmentation: moves each image by at most so many pixels in each training step.",
        0, 16, unit="pixels", advanced=True,
    ),
    Field(
        "jitter", "float", 0.0, "Random noise", "Augmentation: standard deviation of what is added to each scaled pixel in training.",
        0.0, 1.0, 0.01, advanced=True,
    ),
)  # fmt: skip

ROLES = ("kernel", "recurrent", "dropout", "backward kernel", "backward recurrent", "input dropout", "embedding", "skip")


def seed_of(seed: int, layer: int, role: str) -> int:
    """The seed of one initialiser or dropout layer: (seed · 1,000,003 + 8 · layer + role) mod 2³¹.

    Different within a plan for every layer and role; a change to one layer leaves the draws of the others as they are.
    """
    return (seed * 1_000_003 + 8 * layer + ROLES.index(role)) % 2**31


def at(value: Any, layer: int) -> Scalar:
    """The value for one layer: a list has one for each (layers beyond it take the last), a single value serves all."""
    return value[min(layer, len(value) - 1)] if isinstance(value, tuple) else value


def of_layer(settings: Settings, layer: int) -> dict[str, Scalar]:
    """The settings of one layer or block: single values throughout. A list without entries has none to give and is left out."""
    return {name: at(value, layer) for name, value in settings.items() if value != ()}


def initializer(settings: Settings, layer: int, seed: int, role: str = "kernel") -> Call:
    spec = registry.find("initializers", at(settings["initializer"], layer))
    scale, connections = at(settings["initializer_scale"], layer), at(settings["initializer_connections"], layer)
    return spec.call(scale, connections, seed_of(seed, layer, role))


def activation(settings: Settings, layer: int) -> str | Call:
    """The name of one of Keras's activations, or a layer where Keras has none by name."""
    name = str(at(settings["activation"], layer))
    if name == "leaky_relu":
        return Call("layers.LeakyReLU", {"negative_slope": at(settings["slope"], layer)})
    if name == "scaled_tanh":
        return Call("dlcore.layers.scaled_tanh:ScaledTanh")
    return name


def hidden(path: str, arguments: Mapping[str, Any], settings: Settings, layer: int, seed: int) -> list[Call]:
    """A layer with weights, its batch normalisation and its activation.

    Batch normalisation comes before the activation (Ioffe & Szegedy 2015) and its β takes the place of the bias.
    """
    function, normal = activation(settings, layer), at(settings["batch_norm"], layer)
    bias = at(settings["bias"], layer)
    begin = {"beta_initializer" if normal else "bias_initializer": Call("initializers.Constant", {"value": bias})} if bias else {}
    inside: dict[str, Any] = {"activation": function} if isinstance(function, str) and not normal else {}
    if normal:
        inside["use_bias"] = False
    weights = {"kernel_initializer": initializer(settings, layer, seed), **penalty(settings, layer)}
    calls = [Call(path, {**arguments, **inside, **weights, **({} if normal else begin)})]
    if normal:
        calls.append(Call("layers.BatchNormalization", begin))
    if isinstance(function, Call):
        calls.append(function)
    elif normal and function != "linear":
        calls.append(Call("layers.Activation", {"activation": function}))
    return calls


def penalty(settings: Settings, layer: int) -> dict[str, Call]:
    """The regularizer of a layer's kernel, as an argument; none where both strengths are 0."""
    l1, l2 = at(settings["l1"], layer), at(settings["l2"], layer)
    return {"kernel_regularizer": Call("regularizers.L1L2", {"l1": l1, "l2": l2})} if l1 or l2 else {}


def dropout(rate: Scalar, layer: int, seed: int, role: str = "dropout") -> list[Call]:
    """A dropout layer, or nothing where the rate is 0."""
    return [Call("layers.Dropout", {"rate": rate, "seed": seed_of(seed, layer, role)})] if rate else []


def output(head: Head, settings: Settings, layer: int, seed: int) -> Call:
    """The output layer; its weights start and are penalised as those of the last hidden layer."""
    weights: dict[str, Any] = {"kernel_initializer": initializer(settings, layer, seed)}
    if "l2" in settings:
        weights |= penalty(settings, layer)
    return Call("layers.Dense", {"units": head.units, "activation": head.activation, **weights})


def augmentation(settings: Settings, seed: int) -> list[Call]:
    """The layers that change images at random while training, and hand them on as they are otherwise.

    Their seeds are those of layers before the first, so that switching one on leaves all other draws as they are.
    """
    calls = []
    if settings["flip"]:
        calls.append(Call("layers.RandomFlip", {"mode": "horizontal", "seed": seed_of(seed, -1, "input dropout")}))
    if pixels := settings["shift"]:
        calls.append(Call("dlcore.layers.random_shift:RandomShift", {"pixels": pixels, "seed": seed_of(seed, -2, "input dropout")}))
    if deviation := settings["jitter"]:
        calls.append(Call("layers.GaussianNoise", {"stddev": deviation, "seed": seed_of(seed, -3, "input dropout")}))
    return calls


def check_lists(settings: Settings, counted: str, fields: tuple[Field, ...]) -> None:
    """`Invalid` unless the list of every per-layer field is as long as the list of layers called `counted`."""
    for name in (field.name for field in fields if field.per_layer):
        value, layers = settings[name], settings[counted]
        assert isinstance(layers, tuple)
        if isinstance(value, tuple) and len(value) != len(layers):
            raise Invalid(
                f"{name} has {len(value)} values, and {counted} has {len(layers)} layers.",
                f"Give {name} one value for all, or one for each layer.",
            )
