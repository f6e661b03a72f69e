"""Activations: what a unit does with its sum."""

from __future__ import annotations

import numpy as np

from dlcore.charts import activations as charts
from dlcore.experiment import Experiment
from dlcore.fields import Field
from dlcore.theory import activations, signal
from dlcore.ui.topic import Case, Comparison, Topic, show
from dlcore.ui.tries import Answer, Look, Try, Values

ORDER = 7
NAMES = {activations.activation(name).title: name for name in activations.NAMES}
CHOSEN = Field("functions", "choice", ("Sigmoid", "Tanh", "ReLU"), "Functions", "Any of the nine.", choices=tuple(NAMES), many=True)
SLOPE = Field("slope", "float", 0.1, "Leaky slope", "What leaky ReLU multiplies negative sums by.", 0.0, 0.3, 0.01)
STARTS = {"Glorot": "glorot_uniform", "He": "he_normal", "LeCun": "lecun_normal"}
X = np.linspace(-6, 6, 241)
IDEA = r"""
A unit adds up its weighted inputs to a sum $x$ and puts out $f(x)$. Without a bend in $f$, any number of layers is worth no more than
one: a line of a line is a line.

Learning sends a gradient back through the net (the page on backpropagation shows how). On its way it is multiplied by the slope
$f'(x)$ of every unit that it passes. The slope of the **sigmoid** is at most ¼, so ten layers leave at most $0.25^{10}\approx
10^{-6}$ of it, but for the weights in between. That is a **vanishing gradient**.

**Zero mean.** The sigmoid puts out positive numbers only. Then all weights of a unit in the next layer are pushed up or down
together, and learning zigzags. Tanh is balanced around 0 (LeCun and others 1998).

**ReLU** has slope 1 wherever it is on. Where the sum is negative it is off, and its slope is 0: a unit that is off for *every*
example gets no gradient, hence never changes again. It is **dead**. A large learning rate kills units by throwing them there; **leaky
ReLU** leaves them a small slope to come back on. GELU and Swish are smooth, and go down a little before they go up.
"""


def curves(values: Values, look: Look) -> Answer:
    at, slope = values.number("at"), values.number("slope")
    kinds = {title: activations.activation(NAMES[title], slope) for title in values.words("functions")}
    drawn = {title: (kind.f(X), kind.derivative(X)) for title, kind in kinds.items()}
    place = np.array(at)
    numbers = [(title, f"f = {kind.f(place):.3g}, f′ = {kind.derivative(place):.3g}") for title, kind in kinds.items()]
    return Answer(
        charts.functions(X, drawn, at, look.colours), numbers, below=charts.derivatives(X, drawn, at, look.colours),
        text="  \n".join(f"{title}: ${kind.formula}$" for title, kind in list(kinds.items())[:4]),
    )  # fmt: skip


def arriving(values: Values, look: Look) -> Answer:
    found = {
        title: signal.propagate(
            depth=values.whole("depth"), width=64, activation=NAMES[title], initializer=STARTS[values.word("weights")],
            slope=values.number("slope"), seed=values.whole("draw"),
        ).backward
        for title in values.words("functions")
    }  # fmt: skip
    numbers = [(title, f"{sizes[0]:.2g} reaches layer 1") for title, sizes in found.items()]
    return Answer(charts.arriving(found, look.colours), numbers)


TOPIC = Topic(
    name="activations",
    title="Activations",
    lead="The bend in a unit's output makes depth worth having, and its slope decides how much of the gradient comes back. "
    "LeCun and others, 1998; Glorot, Bordes and Bengio, 2011.",
    idea=IDEA,
    base=Experiment().with_(**{"model.layers": (64, 64, 64), "optimizer": "sgd", "learning_rate": 0.1, "epochs": 30}),
    matter=("activation", "slope", "layers", "learning_rate", "epochs"),
    parts=(
        Try("Try it: f and its slope", (CHOSEN, Field("at", "float", 1.0, "x", "The weighted sum.", -6.0, 6.0, 0.1), SLOPE), curves),
        Try(
            "Depth",
            (CHOSEN, Field("depth", "int", 20, "Layers", "", 1, 50),
             Field("weights", "choice", "Glorot", "Weights at start", choices=tuple(STARTS)),
             SLOPE, Field("draw", "int", 0, "Draw", "Other random weights.", 0, 20)),
            arriving,
        ),
    ),  # fmt: skip
    compare=(
        Comparison("Which one learns fastest?", "The same net five times over, with plain gradient descent.", (
            Case("sigmoid", {"activation": "sigmoid"}), Case("tanh", {"activation": "tanh"}), Case("ReLU", {"activation": "relu"}),
            Case("leaky ReLU", {"activation": "leaky_relu"}), Case("GELU", {"activation": "gelu"}),
        )),
        Comparison("How many units die?", "ReLU at four learning rates. Choose *Dead units* above the chart.", (
            *(Case(f"rate {rate}", {"learning_rate": rate, "activation": "relu"}) for rate in ("0.05", "0.5", "1", "2")),
        )),
    ),
    curves=("loss", "accuracy", "dead units", "first gradient"),
    misprints=(
        "“Scaled tanh is atanh(bx).” It is a·tanh(bx) with a = 1.7159 and b = ⅔, and lies between −a and a. (That tanh(x) = 2σ(2x) − 1, a "
        "stretched sigmoid σ, is printed right.)",
        "“Differentiable, so that the range is finite.” The one does not follow from the other: ReLU has no slope at 0 and no upper bound.",
        "“An activation must be monotonic.” GELU and Swish are not, and are used widely.",
        "“ReLU does not saturate: no vanishing or exploding gradients.” It saturates left of 0, and badly scaled weights do both.",
        "“Units die because no gradient flows.” The other way round: a unit whose sum is negative for every example puts out 0, and so "
        "gets no gradient.",
    ),
    sources=(
        "LeCun, Y., Bottou, L., Orr, G. & Müller, K.-R. (1998). Efficient BackProp.",
        "Glorot, X., Bordes, A. & Bengio, Y. (2011). Deep sparse rectifier neural networks.",
        "Maas, A., Hannun, A. & Ng, A. (2013). Rectifier nonlinearities (leaky ReLU).",
        "Clevert and others (2016), ELU. Klambauer and others (2017), SELU.",
        "Hendrycks & Gimpel (2016), GELU. Ramachandran, Zoph & Le (2017), Swish.",
    ),
    opens={"backpropagation": "Next: how the gradient comes back"},
)  # fmt: skip

show(TOPIC)
