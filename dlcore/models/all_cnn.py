"""All-convolutional net (Springenberg et al. 2014): strides in place of pooling, and no dense layer."""

from __future__ import annotations

from typing import Any

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
    of_layer,
    output,
)
from dlcore.specs import Head, Model, Settings, Shape

FIELDS = (
    Field(
        "filters", "int", (32, 64), "Blocks", "Filters of each block's convolutions, first to last.", 1, 2048, many=True, unit="filters",
    ),
    Field(
        "convolutions", "int", 1, "Convolutions", "Convolutions of a block that keep the image's size, before the one that shrinks it.",
        0, 8, unit="layers", per_layer=True,
    ),
    Field(
        "stride", "int", 2, "Stride", "Pixels by which a block's last convolution moves on: it does what pooling does elsewhere.",
        1, 16, unit="pixels", per_layer=True,
    ),
    ACTIVATION,
    DROPOUT,
    Field(
        "input_dropout", "float", 0.0, "Input dropout", "Share of inputs switched off at random in each training step.",
        0.0, 0.95, 0.05, live=True, advanced=True,
    ),
    Field(
        "kernel", "int", 3, "Kernel", "Side of the square that each filter looks at.",
        1, 31, unit="pixels", per_layer=True, advanced=True,
    ),
    *PENALTIES,
    BATCH_NORM,
    *START,
    BIAS,
    SLOPE,
    *AUGMENTATION,
)  # fmt: skip


def plan(settings: Settings, shape: Shape, head: Head, seed: int) -> tuple[Call, ...]:
    """Blocks; then 1×1 convolutions, the last with one filter for each output, whose means over the image are the outputs."""
    filters = settings["filters"]
    assert isinstance(filters, tuple)
    calls = [*augmentation(settings, seed), *dropout(at(settings["input_dropout"], 0), 0, seed, "input dropout")]
    number = 0  # of convolutions so far: each has seeds of its own
    for index in range(len(filters)):
        own = of_layer(settings, index)
        strides = [1] * int(own["convolutions"]) + [own["stride"]]  # type: ignore[arg-type]
        for stride in strides:
            calls += hidden("layers.Conv2D", square(own["filters"], own["kernel"], stride), own, number, seed)
            number += 1
        calls += dropout(own["dropout"], index, seed)
    last = of_layer(settings, len(filters))
    if filters:
        calls += hidden("layers.Conv2D", square(filters[-1], 1), last, number, seed)
    calls.append(as_convolution(output(head, last, number + 1, seed)))
    calls.append(Call("layers.GlobalAveragePooling2D"))
    return (*calls, *([Call("layers.Activation", {"activation": head.activation})] if head.activation != "linear" else []))


def square(filters: Any, kernel: Any, stride: Any = 1) -> dict[str, Any]:
    """Arguments of a convolution with zeros around the image, so that only strides shrink it."""
    return {"filters": filters, "kernel_size": kernel, "strides": stride, "padding": "same"}


def as_convolution(dense: Call) -> Call:
    """The output layer applied to every pixel by itself, without its activation: a 1×1 convolution."""
    others = {name: value for name, value in dense.arguments.items() if name not in ("units", "activation")}
    return Call("layers.Conv2D", {"filters": dense.arguments["units"], "kernel_size": 1, "padding": "same", **others})


def check(settings: Settings, shape: Shape) -> None:
    check_lists(settings, "filters", FIELDS)
    if shape.kind == "image":
        counts.layers(plan(settings, shape, Head(shape.outputs, "linear"), 0), shape.input)


MODEL = Model(
    name="all_cnn",
    title="All-convolutional net",
    summary="Only convolutions: some of them take larger steps in place of pooling, and the outputs are means over the image.",
    fields=FIELDS,
    accepts=("image",),
    plan=plan,
    check=check,
    xla=False,
    order=9,
)
