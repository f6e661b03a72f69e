"""Why not dense: what an image costs a net that takes it as a row of numbers."""

from __future__ import annotations

from functools import cache

import numpy as np

from dlcore.charts.plot import Axes, Series, plot
from dlcore.charts.pooled import Shrunk, side_by_side
from dlcore.experiment import Experiment
from dlcore.fields import Field
from dlcore.theory import convolution, walk
from dlcore.theory.convolution import Layer
from dlcore.ui import facts
from dlcore.ui.topic import Case, Comparison, Topic, show
from dlcore.ui.tries import Answer, Look, Try, Values

ORDER = 1
SIZES = np.arange(8, 513)
WEIGHTS = (
    Field("size", "int", 32, "Width W", "Of the square image.", 8, 512, 1, unit="pixels"),
    Field("channels", "int", 3, "Channels", "1: grey, 3: red, green and blue.", 1, 3, 1),
    Field("units", "int", 100, "Dense units", "Of the dense layer.", 1, 1000, log=True),
    Field("side", "int", 5, "Filter F", "Its side.", 1, 15, 1, unit="pixels"),
    Field("filters", "int", 32, "Filters", "Each makes one map of the output.", 1, 512, log=True),
)
MOVED = (
    Field("image", "int", 3, "Digit", "", 0, 9, 1),
    Field("right", "int", 4, "Move it to the right", "", 0, 8, 1, unit="pixels"),
    Field("down", "int", 0, "Move it down", "", 0, 8, 1, unit="pixels"),
    Field("filter", "int", 6, "Filter", "Of the small net on the page *The walk*.", 1, 6, 1),
)
IDEA = r"""
A **dense** unit has a weight for every number that comes in. A coloured image of 16×16 pixels has $16\cdot16\cdot3=768$ of them; one of
300×300 has 270,000, for *each* unit. Such a net is slow, large, and quick to learn its few training images by heart.

It also does not know what an image is. Put the pixels into another order, the same one for all images, and a dense net learns just as
well. That neighbours belong together it must find out by itself; that a digit stays the same digit when it moves, it must learn anew
for every place.

A **convolutional net** (CNN) assumes that its input is an image:

- **Local**: a unit looks at a small square of neighbouring pixels.
- **Shared**: the same weights, a **filter**, serve at every place. What is learned in one corner is known in all others.
- **Volumes**: units stand in height, width and depth, as the pixels do; 16×16×3 may become 16×16×15.

Move the image, and the map of a filter moves along: that is called **equivariance**. Pooling and the last layer then have an easier task.
The number of weights no longer depends on the size of the image. *Compare* puts that to the test: digits at random places, a dense
net with 17,098 weights against a convolutional one with 9,930.
"""


def weights(values: Values, look: Look) -> Answer:
    size, channels, units = (values.whole(name) for name in ("size", "channels", "units"))
    layer = Layer(values.whole("side"), filters=values.whole("filters"))
    dense = np.array([convolution.dense_parameters(int(each), channels, units) for each in SIZES])
    shared = convolution.volume(size, channels, layer).parameters
    here = convolution.dense_parameters(size, channels, units)
    lines = [Series("dense", SIZES, dense, look.colour(1)), Series("convolution", SIZES, np.full(len(SIZES), shared), look.colour(0))]
    described = f"For an image of {size}×{size}×{channels} a dense layer has {here:,} weights and biases, a convolution {shared:,}."
    figure = plot(lines, Axes("width of the image, pixels", "weights and biases (logarithmic)", log=True), described,
                  marks=((size, f"{size}×{size}×{channels}"),), note=described)  # fmt: skip
    numbers = [("Dense", f"{here:,}"), ("One unit of it", f"{size * size * channels + 1:,}"), ("Convolution", f"{shared:,}"),
               ("Times as many", f"{here / shared:,.3g}")]  # fmt: skip
    return Answer(figure, numbers)


@cache
def net() -> walk.Net:
    return walk.read(facts.FOLDER / "walk_digits.npz")


def moved(values: Values, look: Look) -> Answer:
    digit, right, down = net().images[values.whole("image")], values.whole("right"), values.whole("down")
    chosen = values.whole("filter") - 1
    pictures, maps = [], []
    for across, below in ((0, 0), (right, down)):
        canvas = np.zeros((18, 18, 1))
        canvas[1 + below : 9 + below, 1 + across : 9 + across] = digit
        pictures.append(canvas[..., 0])
        maps.append(convolution.relu(convolution.convolve(canvas, net().filters, net().bias, net().layer))[..., chosen])
    both = float(np.minimum(*pictures).sum() / pictures[0].sum())
    # The part of the map that the digit can change, before and after.
    same = np.isclose(maps[0][:10, :10], maps[1][down : down + 10, right : right + 10]).mean()
    after = [
        Shrunk("moved", pictures[1], (f"{right} right, {down} down", "")), Shrunk("its map before", maps[0], (f"filter {chosen + 1}", "")),
        Shrunk("its map after", maps[1], (f"filter {chosen + 1}", "moved along")),
    ]  # fmt: skip
    numbers = [("Ink that meets the same dense weights", f"{both:.0%}"), ("Numbers of the map that came along unchanged", f"{same:.0%}")]
    figure = side_by_side(Shrunk("the digit", pictures[0], ("18×18 pixels", "")), after, look.dark)
    return Answer(figure, numbers, text="A dense unit has its weights at fixed places. A filter's map goes where the digit goes.")


TOPIC = Topic(
    name="dense",
    title="Why not dense",
    lead="An image is not just a row of numbers: weights that are local and shared learn more from less. LeCun and others, 1998.",
    idea=IDEA,
    base=Experiment().with_(dataset="shifted_digits", model="cnn", epochs=15, **{"model.filters": (16, 32), "model.dense": ()}),
    matter=("dataset", "dataset.shift", "model", "filters", "layers", "epochs"),
    parts=(
        Try("Try it: weights against size", WEIGHTS, weights),
        Try("Move the image", MOVED, moved, hint="What a dense unit and a filter make of the same digit elsewhere."),
    ),
    compare=(
        Comparison("Digits anywhere.", "Fewer weights, and yet. Look at the validation accuracy.", (
            Case("convolutional, 9,930 weights", {"model": "cnn"}), Case("dense, 17,098 weights", {"model": "mlp", "model.layers": "64"}),
        )),
        Comparison("How far may they move?", "The more pixels of room a digit has, the harder it gets for the dense net.", (
            *(Case(f"{kind}, {shift} px", {"dataset.shift": str(shift), "model": model, **extra})
              for kind, model, extra in (("conv", "cnn", {}), ("dense", "mlp", {"model.layers": "64"})) for shift in (1, 4, 8)),
        )),
    ),
    misprints=(
        "“CNNs are used because dense nets cannot read images.” They can; they need more weights, more images and more time for it.",
    ),
    sources=(
        "LeCun, Y., Bottou, L., Bengio, Y. & Haffner, P. (1998). Gradient-based learning applied to document recognition.",
        "Fukushima, K. (1980). Neocognitron.",
        "Digits: Alpaydin, E. & Kaynak, C. (1998), UCI optical recognition of handwritten digits.",
    ),
    opens={"walk": "Next: one image on its way through a net"},
)  # fmt: skip

show(TOPIC)
