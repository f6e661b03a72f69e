"""Pooling: making maps smaller, with and without weights."""

from __future__ import annotations

from functools import cache

import numpy as np

from dlcore.charts import pooled as charts
from dlcore.charts.pooled import Shrunk
from dlcore.experiment import Experiment
from dlcore.fields import Field
from dlcore.theory import convolution, walk
from dlcore.theory.convolution import Layer
from dlcore.ui import facts
from dlcore.ui.topic import Case, Comparison, Topic, show
from dlcore.ui.tries import Answer, Look, Try, Values

ORDER = 4
SHRINK = (
    Field("image", "int", 8, "Image", "A piece of clothing, 28×28 pixels; the map is that of a trained filter.", 0, 9, 1),
    Field("filter", "int", 1, "Filter", "Of the small net on the page *The walk*.", 1, 6, 1),
    Field("side", "int", 2, "Side", "Of the square that becomes one number, and the stride.", 2, 7, 1),
    Field("channels", "int", 32, "Channels", "How many maps the layer has, for its weights.", 1, 512, log=True),
    Field("moved", "int", 1, "Move the image", "To the right, to see how much each result changes.", 0, 4, 1, unit="pixels"),
)
SQUARE = (
    Field("side", "int", 2, "Side", "Of each square.", 2, 4, 1),
    Field("stride", "int", 2, "Stride", "Below the side, squares overlap.", 1, 4, 1),
    Field("draw", "int", 0, "Other numbers", "", 0, 20, 1),
)
# What the all-convolutional net learns is drawn here with fixed weights: a smooth mean (binomial), three by three.
SMOOTH = np.outer([1, 2, 1], [1, 2, 1])[..., None, None] / 16
IDEA = r"""
**Pooling** replaces each square of neighbouring numbers in a map by one. Two settings, the side $F$ of the square and the stride $S$,
mostly equal; no weights. With $F=S=2$ a quarter of the numbers is left, so that later layers compute less and see more of the image.

- **Max pooling** keeps the largest: *is it anywhere here?* A shift by a pixel often changes nothing.
- **Average pooling** keeps the mean: *how much of it is here?* Strong, rare answers are diluted.
- **Strides.** The convolution before moves on by two pixels, so that no pooling is needed. It also computes a quarter as much.
- **All-convolutional.** A further convolution with stride 2 takes the place of pooling (Springenberg and others 2015). It learns how
  to shrink, with $9C^2+C$ weights for $C$ maps and filters of 3×3.
- **None.** Everything is kept. The last layer then has very many weights.

Which one is best depends on the data and the budget. On CIFAR-10 the all-convolutional net was as good as the one with pooling; plain
strides were a little worse. *Compare* trains all five on digits that may lie anywhere. Look at *accuracy*, and at the weights.
"""


@cache
def net() -> walk.Net:
    return walk.read(facts.FOLDER / "walk_clothes.npz")


def ways(feature: np.ndarray, side: int) -> dict[str, np.ndarray]:
    """The map (height, width) after each way."""
    volume = feature[..., None]
    smooth = convolution.convolve(volume, SMOOTH, np.zeros(1), Layer(3, side, 1))
    return {
        "max": convolution.pool(volume, side)[..., 0], "average": convolution.pool(volume, side, kind="average")[..., 0],
        "strides": feature[::side, ::side], "all-convolutional": smooth[..., 0], "none": feature,
    }  # fmt: skip


def shrunk(values: Values, look: Look) -> Answer:
    image, side, channels = net().images[values.whole("image")], values.whole("side"), values.whole("channels")
    chosen, moved = values.whole("filter") - 1, values.whole("moved")
    before = walk.walk(net(), image).bent[..., chosen]
    found, after = ways(before, side), ways(walk.walk(net(), np.roll(image, moved, axis=1)).bent[..., chosen], side)
    weights = {name: 9 * channels**2 + channels if name == "all-convolutional" else 0 for name in found}
    rows = [
        Shrunk(name, values_, (f"{values_.shape[0]}×{values_.shape[1]}×{channels}", f"{weights[name]:,} weights" if weights[name]
               else "no weights of its own"))
        for name, values_ in found.items()
    ]  # fmt: skip
    numbers = [(name, f"{_change(found[name], after[name]):.0%}") for name in found]
    start = Shrunk("before", before, (f"28×28×{channels}", "the map of a trained filter"))
    text = (
        "*The numbers*: the distance between the results for the image and the moved image, divided by the size of the first. "
        "All-convolutional is drawn with fixed, smooth weights; a net learns its own."
    )
    return Answer(charts.side_by_side(start, rows, look.dark), numbers, text=text)


def _change(one: np.ndarray, other: np.ndarray) -> float:
    size = float(np.linalg.norm(one))
    return float(np.linalg.norm(one - other)) / size if size else 0.0


def in_numbers(values: Values, look: Look) -> Answer:
    side, stride = values.whole("side"), values.whole("stride")
    before = np.round(np.maximum(np.random.default_rng(values.whole("draw")).normal(0.5, 1, (4, 4, 1)), 0), 1)
    most, mean = (convolution.pool(before, side, stride, kind)[..., 0] for kind in ("max", "average"))  # type: ignore[arg-type]
    layer = Layer(side, stride)
    made = convolution.volume(4, 1, layer)
    numbers = [("Output", f"{made.side}×{made.side}"), ("Never looked at", f"{made.left_over} rows and columns"), ("Weights", "0")]
    results = [("largest", most), ("mean", mean)]
    return Answer(charts.square(before[..., 0], results, look.dark), numbers)


TOPIC = Topic(
    name="pooling",
    title="Pooling",
    lead="Largest, mean, strides, a convolution that shrinks, or nothing at all: the same budget for each. Springenberg and others, 2015.",
    idea=IDEA,
    base=Experiment().with_(dataset="shifted_digits", model="cnn", epochs=15, **{"model.filters": (16, 32), "model.dense": ()}),
    matter=("dataset", "model", "filters", "pooling", "stride", "epochs"),
    parts=(
        Try("Try it: shrink a map", SHRINK, shrunk),
        Try("In numbers", SQUARE, in_numbers, hint="A map of 4×4 numbers after ReLU."),
    ),
    compare=(
        Comparison("Five ways at the same budget.", "The same filters and epochs on digits that may lie anywhere.", (
            Case("max", {"pooling": "max"}), Case("average", {"pooling": "average"}),
            Case("strides", {"pooling": "none", "stride": "2"}),
            Case("all-convolutional", {"model.filters": "16,16,32,32", "model.stride": "1,2,1,2", "pooling": "none"}),
            Case("none", {"pooling": "none", "stride": "1"}),
        )),
        Comparison("Means of whole maps.", "Global average pooling leaves one number of each map to the last layer.", (
            Case("all numbers in a row", {"model.head": "flatten"}), Case("global mean", {"model.head": "global"}),
        )),
    ),
    misprints=(
        "“A higher stride once … can completely remove the need for pooling.” It is used once in a while, in place of each pooling, and in "
        "the study a convolution of its own did it best.",
        "“Pooling uses the MAX function.” That one mostly; the mean is common too, above all over whole maps at the end.",
    ),
    sources=(
        "Springenberg, J., Dosovitskiy, A., Brox, T. & Riedmiller, M. (2015). Striving for simplicity: the all convolutional net.",
        "Scherer, D., Müller, A. & Behnke, S. (2010). Evaluation of pooling operations in convolutional architectures.",
        "Lin, M., Chen, Q. & Yan, S. (2014). Network in network (global average pooling).",
    ),
    opens={"last_layer": "Next: the last layer"},
)  # fmt: skip

show(TOPIC)
