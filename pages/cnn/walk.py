"""The walk: one image through INPUT, CONV, RELU, POOL and FC."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import streamlit as st

from dlcore.charts import volumes
from dlcore.charts.figure import Figure
from dlcore.charts.volumes import Column, number
from dlcore.errors import Invalid
from dlcore.fields import Field
from dlcore.theory import walk as theory
from dlcore.theory.convolution import windows
from dlcore.ui import facts, link, own_image, try_panel
from dlcore.ui.page import tell
from dlcore.ui.topic import Topic, show
from dlcore.ui.tries import Answer, Look, Try, Values

ORDER = 2
NETS = {"handwritten digits": "digits", "clothes (Fashion-MNIST)": "clothes"}
NET = Field("net", "choice", "handwritten digits", "Net and images", "Two small nets, one convolution each.", choices=tuple(NETS))
IMAGE = Field("image", "int", 4, "Image", "One of each class; the net was not trained on them.", 0, 9, 1)
FILTER = Field("filter", "int", 1, "Filter", "Whose map is outlined, and shown in numbers.", 1, 6, 1)
STEP = Field("step", "int", 1, "Step", "0 is the input, 4 the answer.", 0, 4, 1)
INVERT = Field("invert", "bool", True, "Swap dark and light", "The net learned light things on a dark ground.")
NOTHING = ":orange[**Nothing stands out from the ground of this picture**]: the net is shown an empty square, and answers all the same."
IDEA = r"""
A **convolutional net** (CNN) keeps an image as an image: a **volume** of height × width × depth. A grey image has depth 1, a coloured
one 3. Layer by layer the volume changes its shape, until one number for each class is left.

- **INPUT** holds the raw pixels.
- **CONV** slides small **filters** over the image. At each place a filter multiplies the pixels under it with its weights, adds
  up, and adds a **bias** (a number of its own). Each filter gives one **feature map**: an image of where it finds what it looks for.
  With 15 filters and zeros around the border, 32×32×3 becomes 32×32×15.
- **RELU** turns negative numbers into 0, $\max(0, x)$. The shape stays.
- **POOL** keeps the largest number of each small square: 32×32×15 becomes 16×16×15.
- **FC**, a *fully connected* (dense) layer, joins all these numbers to every class: 10 **scores**. The softmax makes them
  probabilities that add up to 1.

CONV and FC have weights that training finds. RELU and POOL are fixed; they have none. The lab trained both nets of this page, and their
weights lie beside it: what you see is computed from them as you look, and compared with Keras in a test.
"""


@cache
def net_called(name: str) -> theory.Net:
    return theory.read(facts.FOLDER / f"walk_{NETS[name]}.npz")


def columns(net: theory.Net, walked: theory.Walk) -> list[Column]:
    learned = {"CONV": net.filters.size + net.bias.size, "FC": net.weights.size + net.last_bias.size}
    says = {title: f"{learned[title]:,} weights" if title in learned else "no weights" for title in theory.STEPS}
    found = [
        Column(title, "×".join(map(str, volume.shape)), says[title], tuple(np.moveaxis(volume, -1, 0)), signed=title == "CONV")
        for title, volume in zip(theory.STEPS, walked.volumes, strict=False)
    ]
    shares = tuple(zip(net.classes, map(float, walked.probabilities), strict=True))
    return [*found, Column("FC", f"{len(net.classes)} scores", says["FC"], bars=shares)]


def in_numbers(net: theory.Net, walked: theory.Walk, step: int, chosen: int, look: Look) -> Figure:
    if step == 4:
        rows = [(name, number(float(score)), f"{share:.1%}")
                for name, score, share in zip(net.classes, walked.scores, walked.probabilities, strict=True)]  # fmt: skip
        return volumes.table(rows, ("class", "score", "probability"), int(walked.scores.argmax()), look.colour(1), (160, 120, 130), 0.9)
    volume = walked.volumes[step]
    values = volume[..., chosen if volume.shape[-1] > 1 else 0]
    title = "The image" if step == 0 else f"Map of filter {chosen + 1} after {theory.STEPS[step]}"
    middle = (values.shape[0] // 2, values.shape[1] // 2)
    beside = (f"Filter {chosen + 1}", net.filters[:, :, 0, chosen]) if step == 1 else None
    return volumes.numbers(values, float(np.abs(volume).max()), step == 1, look.dark, title, middle, beside)


def said(net: theory.Net, walked: theory.Walk, step: int, chosen: int) -> str:
    """The step in a sentence, with the numbers of the marked cell."""
    if step == 0:
        return "What comes in: one number for each pixel, from 0 (dark) to 1 (light)."
    if step == 4:
        count, best = net.weights.shape[0], int(walked.scores.argmax())
        return f"Each score adds up all {count} pooled numbers times weights of its own, and a bias. The highest is *{net.classes[best]}*."
    row, column = (size // 2 for size in walked.volumes[step].shape[:2])
    value = walked.volumes[step][row, column, chosen]
    if step == 1:
        patch = windows(walked.image, net.layer)[row, column, ..., 0]
        products = float((patch * net.filters[..., 0, chosen]).sum())
        return (
            f"The marked cell: {patch.size} pixels times the {patch.size} weights of filter {chosen + 1} add up to {number(products)}; "
            f"with the bias {number(net.bias[chosen])} that is **{number(value)}**. The page on layers shows the single products."
        )
    if step == 2:
        before = number(walked.sums[row, column, chosen])
        return f"The marked cell was {before} and is now **{number(value)}**: what is negative becomes 0."
    square = walked.bent[row * net.pool : (row + 1) * net.pool, column * net.pool : (column + 1) * net.pool, chosen]
    return f"The marked cell is the largest of {square.size} numbers: **{number(value)}**. {net.pool}×{net.pool} pixels became one."


def led(net: theory.Net, image: np.ndarray, values: Values, look: Look, truth: str = "") -> Answer:
    walked, step, chosen = theory.walk(net, image), values.whole("step"), values.whole("filter") - 1
    best = int(walked.scores.argmax())
    numbers = [("The net says", f"{net.classes[best]}, {walked.probabilities[best]:.0%} sure")]
    numbers += [("It is", truth)] if truth else []
    numbers.append(("Right on new images", f"{net.accuracy:.1%}"))
    return Answer(
        volumes.walk(columns(net, walked), step, chosen, look.colours, look.dark), numbers,
        below=in_numbers(net, walked, step, chosen, look), text=said(net, walked, step, chosen),
    )  # fmt: skip


def answer(values: Values, look: Look) -> Answer:
    net, number = net_called(values.word("net")), values.whole("image")
    return led(net, net.images[number], values, look, net.classes[number])


def own() -> None:
    """The same walk for a picture that a person brings; it is kept nowhere."""
    brought = st.file_uploader("A picture of your own, PNG or JPEG", type=["png", "jpg", "jpeg"], key="walk_own")
    if brought is None:
        st.caption("A dark digit on light paper, or one piece of clothing on a light ground. It stays in this browser tab and is not kept.")
        return
    try:
        picture = own_image.read(brought.getvalue())
    except Invalid as error:
        tell(error)
        return

    def answered(values: Values, look: Look) -> Answer:
        net = net_called(values.word("net"))
        pixels = own_image.grey(picture, net.side, values.on("invert"))
        found = led(net, pixels, values, look)
        return found if pixels.any() else replace(found, text=f"{NOTHING} {found.text}")

    hint = "What stands out from the ground is cut out and shrunk. The net knows ten things, and names one of them whatever it is shown."
    part = Try("Your picture, step by step", (NET, INVERT, FILTER, STEP), answered, steps="step", hint=hint)
    try_panel.draw("walk_own", part, link.opened(), wide=True)


TOPIC = Topic(
    name="walk",
    title="The walk: INPUT, CONV, RELU, POOL, FC",
    lead="One image on its way through a convolutional net, with the shape and the numbers at every step. After LeCun and others, 1998.",
    idea=IDEA,
    parts=(Try("Try it: follow an image", (NET, IMAGE, FILTER, STEP), answer, steps="step"),),
    more={"Your own image": own},
    misprints=(
        "“Softmax is used in fully connected layers.” Only in the last one; those before it have an activation like ReLU.",
        "“The final output has the dimension 1×1×h” is right, and what it holds are scores; the softmax makes probabilities of them.",
    ),
    sources=(
        "LeCun, Y., Bottou, L., Bengio, Y. & Haffner, P. (1998). Gradient-based learning applied to document recognition.",
        "Fukushima, K. (1980). Neocognitron.",
        "Digits: Alpaydin & Kaynak (1998). Clothes: Xiao, Rasul & Vollgraf (2017).",
    ),
    opens={"layers": "Next: a convolution in detail"},
)  # fmt: skip

show(TOPIC)
