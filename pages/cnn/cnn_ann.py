"""CNN against ANN: the same number of weights, the same images, and a verdict over seeds."""

from __future__ import annotations

from dlcore import counts
from dlcore.charts.shares import shares
from dlcore.datasets._files import default_dataset
from dlcore.experiment import Experiment
from dlcore.fields import Field
from dlcore.theory.convolution import equal_width
from dlcore.ui.topic import Case, Comparison, Topic, show
from dlcore.ui.tries import Answer, Look, Try, Values

ORDER = 8
DATA = {"Fashion-MNIST, 28×28": "fashion_mnist", "digits, 8×8": "digits"}
PLAN = (
    Field("data", "choice", "Fashion-MNIST, 28×28", "Images", choices=tuple(DATA)),
    Field("filters", "int", (16, 32), "Filters of the CNN", "Of each block: convolution, then max pooling of 2×2.", 1, 256, many=True),
    Field("kernel", "int", 3, "Kernel", "Side of its filters.", 1, 7, 1),
    Field("dense", "int", 0, "Dense units after them", "0: the last layer follows at once.", 0, 256, 1),
)
CLOTHES = {"dataset": "fashion_mnist", "examples": "6000", "epochs": "8"}
DIGITS = {"dataset": "digits", "examples": "0", "epochs": "20"}
HERE = default_dataset() == "fashion_mnist"
BASE = Experiment().with_(model="cnn", **{"model.filters": (16, 32), "model.dense": ()}).with_text(CLOTHES if HERE else DIGITS)
MOST = 3  # blocks that an image of 8×8 pixels can be halved
IDEA = r"""
An exercise of the course: build a convolutional net (CNN) for Fashion-MNIST, and compare it with a dense net, which the notes call ANN,
an artificial neural network.

**Make the comparison fair.** A net with ten times the weights is no argument. Here both get the same number of weights: the picture
finds the one hidden layer with which a dense net comes closest to the CNN. The same images train both, for the same epochs, with the same
optimizer.

**Do not trust one run.** Other first weights and another order of the images give another accuracy. The claim below trains both with
several seeds, and says how sure one can be: the effect with its 95 % interval.

**Count the cost as well.** With equal weights a CNN multiplies far more often, because each weight serves at every place. That takes
time. Whether it is worth it is yours to say.

Fashion-MNIST is a download of 31 MB. Where it is not at hand, the page begins with digits, and one press compares on those.
"""


def planned(values: Values, look: Look) -> Answer:
    filters, units = values["filters"], values.whole("dense")
    assert isinstance(filters, tuple)
    settings = {"model.filters": filters[:MOST], "model.kernel": values.whole("kernel"), "model.dense": (units,) if units else ()}
    cnn = Experiment().with_(dataset=DATA[values.word("data")], model="cnn", **settings)
    weights, macs = (sum(number for _, number in parts) for parts in _parts(cnn))
    width = equal_width(cnn.shape.input[0], cnn.shape.input[2], cnn.shape.outputs, weights)
    ann = cnn.with_(model="mlp", **{"model.layers": (width,)})
    others, other_macs = (sum(number for _, number in parts) for parts in _parts(ann))
    numbers = [
        ("CNN", f"{weights:,} weights"), ("ANN", f"{others:,} weights"), ("Units of the ANN", f"{width:,}"),
        ("CNN multiplies", f"{macs / other_macs:,.3g} times as often"),
    ]  # fmt: skip
    figures = [
        shares([(name, found) for name, found in zip(("CNN", "ANN"), pair, strict=True)], unit, look.colours)
        for unit, pair in zip(("weights and biases", "multiplications"), zip(_parts(cnn), _parts(ann), strict=True), strict=True)
    ]
    text = f"To train them: choose the model in the sidebar, for the ANN with layers **{width}**."
    return Answer(figures[0], numbers, below=figures[1], text=text)


def _parts(experiment: Experiment) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """Of each layer that has weights: their number, biases included, and the multiplications for one image."""
    found = [layer for layer in counts.layers(experiment.plan(), experiment.shape.input) if layer.parameters]
    named = [("convolution" if layer.kind == "Conv2D" else "dense", layer) for layer in found]
    return [(name, layer.parameters) for name, layer in named], [(name, layer.macs) for name, layer in named]


COMPARED = (
    Comparison("On clothes.", "About 20,500 weights on both sides, 6,000 images.", (
        Case("CNN", CLOTHES | {"model": "cnn"}), Case("ANN", CLOTHES | {"model": "mlp", "model.layers": "26"}),
    )),
    Comparison("On digits.", "About 6,090 weights on both sides.", (
        Case("CNN, digits", DIGITS | {"model": "cnn"}), Case("ANN, digits", DIGITS | {"model": "mlp", "model.layers": "81"}),
    )),
)  # fmt: skip
TOPIC = Topic(
    name="cnn_ann",
    title="Exercise: CNN against ANN",
    lead="Ten kinds of clothes, two nets, equal numbers of weights, several seeds: which one is right more often? Xiao and others, 2017.",
    idea=IDEA,
    base=BASE,
    matter=("dataset", "examples", "model", "filters", "layers", "epochs"),
    parts=(Try("Try it: equal numbers of weights", PLAN, planned, hint="At most three blocks are drawn."),),
    compare=(COMPARED if HERE else COMPARED[::-1])
    + (
        Comparison("With all 60,000 images.", "A minute or more for each.", (
            Case("CNN, all", CLOTHES | {"model": "cnn", "examples": "0"}),
            Case("ANN, all", CLOTHES | {"model": "mlp", "model.layers": "26", "examples": "0"}),
        )),
    ),
    sources=(
        "Xiao, H., Rasul, K. & Vollgraf, R. (2017). Fashion-MNIST: a novel image dataset.",
        "LeCun, Y., Bottou, L., Bengio, Y. & Haffner, P. (1998). Gradient-based learning applied to document recognition.",
    ),
    opens={"imagenet": "Next: a net trained on a million photographs", "dense": "Why a CNN has an easier task"},
)  # fmt: skip

show(TOPIC)
