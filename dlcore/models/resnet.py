"""Small residual net for small images (He et al. 2015, section 4.2): stages of blocks whose input is added to their output."""

from __future__ import annotations

from dlcore.calls import Call
from dlcore.fields import Field, Scalar
from dlcore.models._parts import (
    ACTIVATION,
    AUGMENTATION,
    BIAS,
    PENALTIES,
    SLOPE,
    START,
    activation,
    augmentation,
    check_lists,
    hidden,
    of_layer,
    output,
)
from dlcore.specs import Head, Model, Settings, Shape

MOMENTUM = 0.9  # of the running mean: with Keras's 0.99 validation lags hundreds of steps behind, and short runs never catch up
FIELDS = (
    Field(
        "filters", "int", (16, 32, 64), "Stages", "Filters of each stage's convolutions; from the second stage on, each halves the image.",
        1, 2048, many=True, unit="filters",
    ),
    Field("blocks", "int", 1, "Blocks", "Blocks of two convolutions in each stage.", 1, 32, unit="blocks", per_layer=True),
    Field("shortcuts", "bool", True, "Shortcuts", "Adds each block's input to its output; off: the same layers without that."),
    ACTIVATION,
    Field(
        "batch_norm", "bool", True, "Batch normalisation", "Centres and scales what each convolution puts out over the batch.",
        advanced=True,
    ),
    Field(
        "kernel", "int", 3, "Kernel", "Side of the square that each filter looks at.",
        1, 31, unit="pixels", per_layer=True, advanced=True,
    ),
    *PENALTIES,
    *START,
    BIAS,
    SLOPE,
    *AUGMENTATION,
)  # fmt: skip


def plan(settings: Settings, shape: Shape, head: Head, seed: int) -> tuple[Call, ...]:
    """A convolution, the stages, each filter's mean, and the output layer: 6·blocks + 2 layers with weights for three even stages."""
    filters = settings["filters"]
    assert isinstance(filters, tuple)
    first = of_layer(settings, 0)
    width: Scalar = filters[0] if filters else shape.input[-1]
    calls, number = augmentation(settings, seed), 1
    if filters:
        calls += convolution(first, width, 1, 0, seed)
    for index in range(len(filters)):
        own = of_layer(settings, index)
        for block in range(int(own["blocks"])):  # type: ignore[arg-type]
            stride = 2 if index and not block else 1
            calls += residual(own, width, stride, number, seed)
            width, number = own["filters"], number + 3  # type: ignore[assignment]
    return (*calls, Call("layers.GlobalAveragePooling2D"), output(head, of_layer(settings, len(filters)), number, seed))


def residual(own: Settings, before: Scalar, stride: int, number: int, seed: int) -> list[Call]:
    """Two convolutions, what skips them, and the activation of the sum.

    Where the shape changes, the shortcut is a 1×1 convolution (the paper's option B). number: that of the block's first convolution.
    """
    filters, linear = own["filters"], {**own, "activation": "linear"}
    branch = [*convolution(own, filters, stride, number, seed), *convolution(linear, filters, 1, number + 1, seed)]
    function = activation(own, 0)
    after = (
        [] if function == "linear" else [function if isinstance(function, Call) else Call("layers.Activation", {"activation": function})]
    )
    if not own["shortcuts"]:
        return branch + after
    changes = stride > 1 or before != filters
    shortcut = convolution({**linear, "kernel": 1}, filters, stride, number + 2, seed) if changes else []
    return [Call("dlcore.layers.residual:Residual", {"branch": branch, "shortcut": shortcut}), *after]


def convolution(own: Settings, filters: object, stride: int, number: int, seed: int) -> list[Call]:
    """A convolution that keeps the image's size or divides it by the stride, its normalisation and its activation."""
    arguments = {"filters": filters, "kernel_size": own["kernel"], "strides": stride, "padding": "same"}
    calls = hidden("layers.Conv2D", arguments, own, number, seed)
    return [Call(c.path, {**c.arguments, "momentum": MOMENTUM}) if c.kind == "BatchNormalization" else c for c in calls]


def check(settings: Settings, shape: Shape) -> None:
    check_lists(settings, "filters", FIELDS)


MODEL = Model(
    name="resnet",
    title="Residual net",
    summary="Blocks of convolutions whose input is added to their output, so that deep nets learn at least as easily as shallow ones.",
    fields=FIELDS,
    accepts=("image",),
    plan=plan,
    check=check,
    xla=False,
    order=10,
)
