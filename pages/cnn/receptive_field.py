"""What a unit sees: the receptive field through several layers."""

from __future__ import annotations

from dlcore.charts import sliding
from dlcore.fields import Field
from dlcore.theory import convolution
from dlcore.theory.convolution import Layer
from dlcore.ui.topic import Topic, show
from dlcore.ui.tries import Answer, Look, Try, Values

ORDER = 3
MOST = 10
STACK = (
    Field("size", "int", 32, "Width W", "Of the image, in pixels.", 3, 512, 1),
    Field(
        "sides",
        "int",
        (3, 3, 2, 3, 3, 2),
        "Filter or pooling sides",
        "Of each layer; ten are drawn.",
        1,
        15,
        many=True,
    ),
    Field("strides", "int", (1, 1, 2, 1, 1, 2), "Strides", "Of each layer; the last one is also that of further layers.", 1, 8, many=True),
)
IDEA = r"""
A unit of the first convolution sees as many pixels as its filter has weights. A unit of the second sees a square of units of the first,
each of which sees a square of pixels: more than the filter's own size. The part of the image that can change a unit is its
**receptive field**. In one direction, with $r_0=1$ and $j_0=1$, it grows from layer to layer as

$$r_l=r_{l-1}+(F_l-1)\,j_{l-1},\qquad j_l=j_{l-1}\,S_l$$

$F_l$ is the side of the filter or pooling of layer $l$, $S_l$ its stride, and $j_l$ (the *jump*) the distance of neighbouring units in
pixels of the image.

- Two layers of 3×3 see 5 pixels, three see 7: small filters behind each other do what a large one does, with a bend in between.
- After a stride or pooling of 2 every further layer grows the field twice as fast.
- A unit does not use all of it alike. The middle counts most, because more ways lead there (Luo and others 2016).

To name what fills the whole image, some unit must see the whole image; the dense layer at the end, or a mean over each map, sees to that.
"""


def stacked(values: Values, look: Look) -> Answer:
    sides, strides = values["sides"], values["strides"]
    assert isinstance(sides, tuple) and isinstance(strides, tuple)
    moves = [*strides, *[strides[-1] if strides else 1] * len(sides)]
    layers = [Layer(int(side), int(move)) for side, move in zip(sides[:MOST], moves, strict=False)]
    fields = convolution.receptive_fields(layers) or [1]
    counts = convolution.seen_units(layers)
    names = ["input", *(f"{layer.side}×{layer.side}" + (f", stride {layer.stride}" if layer.stride > 1 else "") for layer in layers)]
    size = values.whole("size")
    share = min(1.0, fields[-1] / size)
    return Answer(
        sliding.cone(fields, counts, names, size, look.colours),
        [("Receptive field", f"{fields[-1]}×{fields[-1]}"), ("Of the image's width", f"{share:.0%}"), ("Last filter", names[-1])],
    )


TOPIC = Topic(
    name="receptive_field",
    title="What a unit sees",
    lead="Layer by layer a unit sees more of the image than its filter is wide. Araujo, Norris and Sim, 2019.",
    idea=IDEA,
    parts=(Try("Try it: layers behind each other", STACK, stacked, hint="One direction only. Write a list, as in 3,3,2."),),
    misprints=("“Receptive field, also known as filter size.” They are the same in the first layer only.",),
    sources=(
        "Araujo, A., Norris, W. & Sim, J. (2019). Computing receptive fields of convolutional neural networks. Distill.",
        "Luo, W., Li, Y., Urtasun, R. & Zemel, R. (2016). Understanding the effective receptive field in deep networks.",
        "Simonyan, K. & Zisserman, A. (2015). Very deep convolutional networks.",
    ),
    opens={"pooling": "Next: pooling, and what may take its place"},
)  # fmt: skip

show(TOPIC)
