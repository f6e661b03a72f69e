"""Convolutional network: blocks of convolution and pooling, then a head that flattens or averages."""

from __future__ import annotations

from dlcore import counts
from dlcore.calls import Call
from dlcore.fields import Field
from dlcore.models._parts import (
    ACTIVATION,
    AUGMENTATION,
    BATCH_NORM,
    BIAS,
    DROPOUT,
    PENALTIES,
    SLOPE,
    START,
    at,
    augmentation,
    check_lists,
    dropout,
    hidden,
    output,
)
from dlcore.specs import Head, Model, Settings, Shape

FIELDS = (
    Field("filters", "int", (32, 64), "Blocks", "Filters of each block's convolution, first to last.", 1, 2048, many=True, unit="filters"),
    Field("kernel", "int", 3, "Kernel", "Side of the square that each filter looks at.", 1, 31, unit="pixels", per_layer=True),
    Field(
        "pooling", "choice", "max", "Pooling", "What each block keeps of a square of neighbouring pixels.",
        choices=("max", "average", "none"), per_layer=True,
    ),
    ACTIVATION,
    DROPOUT,
    Field(
        "pool", "int", 2, "Pooling size", "Side of the square that is pooled into one pixel.",
        2, 16, unit="pixels", per_layer=True, advanced=True,
    ),
    Field("stride", "int", 1, "Stride", "Pixels by which a filter moves on.", 1, 16, unit="pixels", per_layer=True, advanced=True),
    Field(
        "padding", "choice", "same", "Padding", "same: zeros around the image keep its size; valid: filters stay inside.",
        choices=("same", "valid"), per_layer=True, advanced=True,
    ),
    Field(
        "head", "choice", "flatten", "Head", "How pixels become a vector: all in a row, or each filter's mean (global average pooling).",
        choices=("flatten", "global"), advanced=True,
    ),
    Field(
        "dense", "int", (64,), "Dense layers", "Units of each dense layer after the blocks; empty for none.",
        1, 8192, many=True, unit="units", advanced=True,
    ),
    Field("dense_dropout", "float", 0.0, "Dense dropout", "Dropout after each dense layer.", 0.0, 0.95, 0.05, live=True, advanced=True),
    *PENALTIES,
    BATCH_NORM,
    *START,
    BIAS,
    SLOPE,
    *AUGMENTATION,
)  # fmt: skip
POOLING = {"max": "layers.MaxPooling2D", "average": "layers.AveragePooling2D"}


def plan(settings: Settings, shape: Shape, head: Head, seed: int) -> tuple[Call, ...]:
    filters, dense = settings["filters"], settings["dense"]
    assert isinstance(filters, tuple) and isinstance(dense, tuple)
    calls = augmentation(settings, seed)
    for layer in range(len(filters)):
        calls += block(settings, layer, seed)
    calls.append(Call("layers.GlobalAveragePooling2D" if settings["head"] == "global" else "layers.Flatten"))
    for layer, units in enumerate(dense, start=len(filters)):
        calls += hidden("layers.Dense", {"units": units}, settings, layer, seed)
        calls += dropout(at(settings["dense_dropout"], 0), layer, seed)
    return (*calls, output(head, settings, len(filters) + len(dense), seed))


def block(settings: Settings, layer: int, seed: int) -> list[Call]:
    """Convolution (batch normalisation, activation), pooling, dropout."""
    arguments = {
        "filters": at(settings["filters"], layer),
        "kernel_size": at(settings["kernel"], layer),
        "strides": at(settings["stride"], layer),
        "padding": at(settings["padding"], layer),
    }
    calls = hidden("layers.Conv2D", arguments, settings, layer, seed)
    if (kind := at(settings["pooling"], layer)) != "none":
        calls.append(Call(POOLING[str(kind)], {"pool_size": at(settings["pool"], layer)}))
    return calls + dropout(at(settings["dropout"], layer), layer, seed)


def check(settings: Settings, shape: Shape) -> None:
    check_lists(settings, "filters", FIELDS)
    if shape.kind == "image":
        counts.layers(plan(settings, shape, Head(shape.outputs, "linear"), 0), shape.input)


MODEL = Model(
    name="cnn",
    title="Convolutional network",
    summary="Filters slide over the image, pooling makes it smaller, block by block; dense layers decide.",
    fields=FIELDS,
    accepts=("image",),
    plan=plan,
    check=check,
    xla=False,
    order=2,
)
