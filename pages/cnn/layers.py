"""Layers in detail: what a convolution puts out, holds and computes."""

from __future__ import annotations

from functools import cache

import numpy as np

from dlcore.charts import sliding, volumes
from dlcore.charts.figure import Figure
from dlcore.experiment import Experiment
from dlcore.fields import Field
from dlcore.theory import convolution, walk
from dlcore.theory.convolution import Layer
from dlcore.ui import facts
from dlcore.ui.topic import Case, Comparison, Topic, show
from dlcore.ui.tries import Answer, Look, Try, Values

ORDER = 3
WRITTEN = ("size", "channels", "side", "stride", "padding", "filters")
KNOWN = {row["net"]: row for row in facts.table("first_layers")}
CALCULATOR = (
    Field("known", "choice", "your own numbers", "Layer", "First layers of well-known nets.", choices=("your own numbers", *KNOWN)),
    Field("size", "int", 32, "Width W", "Of the square image, in pixels.", 3, 512, 1),
    Field("channels", "int", 3, "Channels D", "3 in a coloured image; later, the filters of the layer before.", 1, 512, log=True),
    Field("side", "int", 5, "Filter F", "Its side, in pixels.", 1, 15, 1),
    Field("stride", "int", 1, "Stride S", "Pixels by which the filter moves on.", 1, 8, 1),
    Field("padding", "int", 2, "Padding P", "Rings of zeros around the image.", 0, 7, 1),
    Field("dilation", "int", 1, "Dilation", "Distance between neighbouring weights; 1 where they touch.", 1, 4, 1),
    Field("filters", "int", 15, "Filters K", "Each makes one map of the output.", 1, 512, log=True),
    Field("again", "int", 1, "Layers", "So many behind each other, for the table. A star marks a size that was rounded down.", 1, 8, 1),
)
SLIDE = (
    Field("image", "int", 3, "Image", "A handwritten digit of 8×8 pixels.", 0, 9, 1),
    Field("weights", "choice", "upright edges", "Filter", "Its nine weights.", choices=tuple(convolution.FILTERS)),
    Field("stride", "int", 1, "Stride S", "", 1, 3, 1),
    Field("padding", "int", 0, "Padding P", "", 0, 2, 1),
    Field("dilation", "int", 1, "Dilation", "", 1, 3, 1),
    Field("step", "int", 0, "Step", "Row by row, from the upper left.", 0, 99, 1),
)
IDEA = r"""
A unit of a convolutional layer sees $F\times F$ pixels, through **all** channels: the filter is as deep as the volume before it. With
$F=5$ on a coloured image it has $5\cdot5\cdot3=75$ weights and one bias, **76 parameters**. All units of one map share them.

Of an image of width $W$, padded with $P$ zeros on each side, a filter that moves on by $S$ pixels (the **stride**) makes

$$\left\lfloor\frac{W-F+2P}{S}\right\rfloor+1$$

numbers in each direction. $\lfloor\cdot\rfloor$ rounds down: where the division leaves a rest, the last pixels are never seen, and the
page says so. $K$ filters give an output of depth $K$.

- **Stride** 2 halves the size. Large strides are used once in a while: each one throws places away.
- **Zeros** keep the size ($P=(F-1)/2$ at stride 1), and let filters see the border as often as the middle.
- **Dilation** $d$ spreads the weights; the filter then spans $d(F-1)+1$ pixels.
- **MACs**, multiplications with an addition, are what it costs to compute.

The **receptive field** is the part of the *input* that can change a unit. It is as large as the filter in the first layer only, and
grows with every further one: the page *What a unit sees* draws it. Sizes that can be halved often (32, 96, 224) suit nets that halve
often; that is their only use.
"""


def layer_of(values: Values) -> tuple[int, int, Layer]:
    """Size, channels and layer that the calculator's controls mean."""
    if known := KNOWN.get(values.word("known")):
        size, channels, side, stride, padding, filters = (int(known[name]) for name in WRITTEN)
        return size, channels, Layer(side, stride, padding, filters=filters)
    names = ("side", "stride", "padding", "dilation", "filters")
    return values.whole("size"), values.whole("channels"), Layer(*(values.whole(name) for name in names))


def calculated(values: Values, look: Look) -> Answer:
    size, channels, layer = layer_of(values)
    made = convolution.volume(size, channels, layer)
    strip = sliding.row(size, layer.padding, layer.reach, layer.stride, made.side, made.left_over, look.colours)
    figure = sliding.layer(size, channels, made.side, made.depth, layer.reach, strip, look.colours)
    numbers = [
        ("Output", f"{made.side}×{made.side}×{made.depth}"), ("Neurons", f"{made.neurons:,}"), ("Parameters", f"{made.parameters:,}"),
        ("Were they not shared", f"{made.unshared:,}"), ("MACs", f"{made.macs:,}"), ("Halvings of W", str(convolution.halvings(size))),
    ]  # fmt: skip
    below = _table(size, channels, layer, values.whole("again"))
    return Answer(figure, numbers, text=_flag(size, layer, made), below=below)


def _flag(size: int, layer: Layer, made: convolution.Volume) -> str:
    room = size - layer.reach + 2 * layer.padding
    sum_ = f"({size} − {layer.reach} + 2·{layer.padding}) / {layer.stride} + 1"
    if not made.side:
        return f":orange[**Does not fit.**] The filter spans {layer.reach} pixels, and with the zeros there are {size + 2 * layer.padding}."
    if made.whole:
        return f"{sum_} = **{made.side}**, a whole number: the filter ends flush with the border."
    return (
        f":orange[**No whole number.**] {sum_} = {room / layer.stride + 1:.4g}, rounded down to **{made.side}**: the last "
        f"{made.left_over} {'pixel' if made.left_over == 1 else 'pixels'} of each row and column, zeros included, are never seen."
    )


def _table(size: int, channels: int, layer: Layer, count: int) -> Figure:
    """Layers of this kind behind each other, until nothing is left."""
    found = convolution.repeated(size, channels, layer, count)
    fields = convolution.receptive_fields([layer] * len(found))
    rows = [
        (str(number), f"{made.side}×{made.side}×{made.depth}{'' if made.whole else ' *'}", f"{made.neurons:,}", f"{made.parameters:,}",
         f"{made.macs:,}", f"{field}×{field}")
        for number, (made, field) in enumerate(zip(found, fields, strict=True), start=1)
    ]  # fmt: skip
    rows += [(str(len(found) + 1), "nothing left: the filter does not fit", "", "", "", "")] * (len(found) < count)
    return volumes.table(rows, ("layer", "output", "neurons", "parameters", "MACs", "sees"), -1, "", (60, 140, 120, 130, 160, 100))


def own_numbers(values: Values) -> tuple[str, ...]:
    """A known layer says all of its numbers itself."""
    return () if values.word("known") not in KNOWN else tuple(field.name for field in CALCULATOR[1:-1])


@cache
def digits() -> np.ndarray:
    return walk.read(facts.FOLDER / "walk_digits.npz").images[..., 0]


def sliding_layer(values: Values) -> Layer:
    return Layer(3, values.whole("stride"), values.whole("padding"), values.whole("dilation"), 1)


def last_step(values: Values) -> int:
    return convolution.places(8, sliding_layer(values)) ** 2 - 1


def slid(values: Values, look: Look) -> Answer:
    layer, image = sliding_layer(values), digits()[values.whole("image")]
    weights = np.array(convolution.FILTERS[values.word("weights")], float)
    seen = convolution.windows(image[..., None], layer)[..., 0]
    out = (seen * weights).sum(axis=(2, 3))
    step = min(values.whole("step"), out.size - 1)
    row, column = divmod(step, out.shape[1])
    top, left, reach = convolution.squares(8, layer, row, column)
    p = layer.padding
    place = sliding.Place(np.pad(image, p), p, (top + p, left + p, reach), layer.dilation, seen[row, column], weights, out, (row, column))
    numbers = [("Place", f"row {row + 1}, column {column + 1}"), ("Sum", f"{out[row, column]:.3g}"), ("Output", f"{len(out)}×{len(out)}")]
    return Answer(sliding.slide(place, look.colours, look.dark), numbers)


TOPIC = Topic(
    name="layers",
    title="Layers in detail",
    lead="Output size, neurons, parameters and cost of a convolution, and the filter at work. Krizhevsky, Sutskever and Hinton, 2012.",
    idea=IDEA,
    base=Experiment().with_(dataset="shifted_digits", model="cnn", epochs=15, **{"model.filters": (16, 32), "model.dense": ()}),
    matter=("dataset", "filters", "kernel", "stride", "padding", "epochs"),
    parts=(
        Try("Try it: the calculator", CALCULATOR, calculated, hides=own_numbers),
        Try("The filter slides", SLIDE, slid, steps="step", last=last_step, hint="Orange: where the filter lies. The output fills."),
    ),
    compare=(
        Comparison("Two small filters or one large one?", "Two of 3×3 see as much as one of 5×5.", (
            Case("two of 3×3", {"model.filters": "16,16,32,32", "model.pooling": "none,max,none,max"}), Case("one of 5×5", {"kernel": "5"}),
            Case("one of 3×3", {"kernel": "3"}),
        )),
        Comparison("Zeros around the image.", "Digits that touch the border, the same number of weights.", (
            Case("with zeros", {"model.head": "global"}), Case("without", {"model.head": "global", "padding": "valid"}),
        )),
    ),
    misprints=(
        "“(W − F + 2P) / (S + 1)”. It is ⌊(W − F + 2P) / S⌋ + 1: the misprint gives 43.2 for AlexNet, and 55 is right.",
        "“AlexNet reads 224×224.” The paper prints it; with F = 11, S = 4, P = 0 only 227 gives 55. 290,400 counts the neurons of the "
        "*output*.",
        "“5·5·3 = 75 connections + 1 bias = 75 weights.” They are 75 weights and 1 bias, 76 parameters. The filter's depth is that of the "
        "*volume before it*.",
        "“Receptive field, also known as filter size.” Only in the first layer.",
        "“A higher stride once.” Once in a while: it may be used in several layers.",
        "“Sizes divisible by 2 use memory well.” What it serves is halving the size again and again.",
    ),
    sources=(
        "Krizhevsky, A., Sutskever, I. & Hinton, G. (2012). ImageNet classification with deep convolutional neural networks.",
        "Dumoulin, V. & Visin, F. (2016). A guide to convolution arithmetic for deep learning.",
        "Simonyan, K. & Zisserman, A. (2015). Very deep convolutional networks.",
        "Yu, F. & Koltun, V. (2016). Multi-scale context aggregation by dilated convolutions.",
    ),
    opens={"receptive_field": "Next: what a unit sees through several layers"},
)  # fmt: skip

show(TOPIC)
