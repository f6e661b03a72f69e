"""Last layer: softmax against the support vector machine's loss."""

from __future__ import annotations

import numpy as np

from dlcore.charts import volumes
from dlcore.charts.plot import Axes, Series, plot
from dlcore.charts.volumes import number
from dlcore.experiment import Experiment
from dlcore.fields import Field
from dlcore.theory import last_layer
from dlcore.ui.topic import Case, Comparison, Topic, show
from dlcore.ui.tries import Answer, Look, Try, Values

ORDER = 5
MARGINS = np.linspace(-4, 4, 161)
CURVE = (
    Field("margin", "float", 0.5, "Margin", "By how much the right class leads each other one.", -4.0, 4.0, 0.1),
    Field("rivals", "int", 9, "Other classes", "Of ten classes, nine are wrong.", 1, 99, 1),
    Field("slope", "bool", False, "Show slopes", "How hard each loss pushes, in place of its size."),
)
NAMES = ("T-shirt", "trouser", "pullover", "dress")
SCORES = (
    Field("right", "choice", NAMES[0], "The right class", choices=NAMES),
    *(Field(f"s{number}", "float", score, f"Score of {name}", "What the last layer gives this class.", -6.0, 6.0, 0.1)
      for number, (name, score) in enumerate(zip(NAMES, (2.4, -1.0, 1.7, 0.3), strict=True))),
)  # fmt: skip
IDEA = r"""
The last dense layer gives each class $j$ a **score** $s_j$. Two losses are common for what comes next; $y$ is the right class.

**Softmax with cross-entropy** turns scores into probabilities and asks for a large one:

$$p_j=\frac{e^{s_j}}{\sum_k e^{s_k}},\qquad L=-\log p_y$$

**Hinge**, the loss of a support vector machine (SVM), asks that the right class leads every other one by a **margin** of 1:

$$L=\sum_{j\ne y}\max(0,\ 1+s_j-s_y)$$

This is the form of Weston and Watkins (1999), summed over the wrong classes. Once the margin is there the hinge is content: its slope
is 0, and the example teaches nothing more. Softmax is never quite content. It goes on to push a class that leads by far a little
further, and it gives probabilities, which the hinge does not: its scores say who leads, not how sure the net is.

Softmax belongs to the *last* dense layer only. Layers before it have an activation such as ReLU. In the sidebar the switch is called
*Loss*: with *Hinge (SVM)* the last layer is linear. Same net, same budget: which is right more often is for you to measure.
"""


def against_margin(values: Values, look: Look) -> Answer:
    rivals, at, slope = values.whole("rivals"), values.number("margin"), values.on("slope")
    curves = last_layer.against_rivals(MARGINS, rivals)
    here = last_layer.against_rivals(np.array([at]), rivals)
    slopes = last_layer.rival_slopes(np.array([at]), rivals)
    shown = last_layer.rival_slopes(MARGINS, rivals) if slope else curves
    lines = [Series(name, MARGINS, curve, look.colour(number))
             for number, (name, curve) in enumerate(zip(("softmax", "hinge"), shown, strict=True))]  # fmt: skip
    numbers = [(f"{name}: loss", f"{float(loss[0]):.3g}") for name, loss in zip(("Softmax", "Hinge"), here, strict=True)]
    numbers += [(f"{name}: slope", f"{float(each[0]):.3g}") for name, each in zip(("Softmax", "Hinge"), slopes, strict=True)]
    axes = Axes("margin: score of the right class minus that of each other one", "slope of the loss" if slope else "loss")
    described = f"At a margin of {at:g} against {rivals} classes the softmax loss is {here[0][0]:.3g} and the hinge loss {here[1][0]:.3g}."
    return Answer(plot(lines, axes, described, marks=((at, f"margin {at:g}"),)), numbers)


def of_scores(values: Values, look: Look) -> Answer:
    scores = np.array([values.number(f"s{number}") for number in range(len(NAMES))])
    right = NAMES.index(values.word("right"))
    shares, target = last_layer.softmax(scores), np.array(right)
    softmax, hinge = (float(loss(scores, target)) for loss in (last_layer.cross_entropy, last_layer.hinge))
    push_softmax, push_hinge = last_layer.slopes(scores, target)
    lacking = np.maximum(0, 1 + scores - scores[right])
    rows = [
        (name, number(scores[j]), f"{shares[j]:.1%}", number(push_softmax[j]), "none" if j == right else number(lacking[j]),
         number(push_hinge[j]))
        for j, name in enumerate(NAMES)
    ]  # fmt: skip
    heads = ("class", "score", "softmax", "slope", "hinge term", "hinge slope")
    figure = volumes.table(rows, heads, right, look.colour(0), (130, 90, 110, 110, 130, 110))
    numbers = [("Softmax loss", f"{softmax:.3g}"), ("Hinge loss", f"{hinge:.3g}"), ("The net says", NAMES[int(scores.argmax())])]
    text = "A negative slope: training raises this score. A slope of 0: it is left alone. The highlighted row is the right class."
    return Answer(figure, numbers, text=text)


TOPIC = Topic(
    name="last_layer",
    title="The last layer: softmax or SVM",
    lead="Two losses over the same scores: one wants to be sure, the other wants a margin. Weston and Watkins, 1999; Tang, 2013.",
    idea=IDEA,
    base=Experiment().with_(model="cnn", epochs=20, **{"model.filters": (16, 32), "model.dense": ()}),
    matter=("loss", "dataset", "filters", "learning_rate", "epochs"),
    parts=(
        Try("Try it: loss against margin", CURVE, against_margin),
        Try("Four scores", SCORES, of_scores, hint="Move a score, and see which classes each loss pushes."),
    ),
    compare=(
        Comparison("Same net, same budget.", "Compare *accuracy*; the losses are not on one scale.", (
            Case("softmax", {"loss": "crossentropy"}), Case("hinge (SVM)", {"loss": "hinge"}),
        )),
        Comparison("With few images.", "A hundred images to train on.", (
            Case("softmax, few", {"loss": "crossentropy", "examples": "125", "epochs": "60"}),
            Case("hinge, few", {"loss": "hinge", "examples": "125", "epochs": "60"}),
        )),
    ),
    misprints=(
        "“Fully connected layers use softmax.” Only the last one does.",
        "“The SVM loss gives probabilities.” It gives scores; only their order and their distances mean something.",
    ),
    sources=(
        "Weston, J. & Watkins, C. (1999). Support vector machines for multi-class pattern recognition.",
        "Crammer, K. & Singer, Y. (2001), who count only the strongest wrong class.",
        "Tang, Y. (2013). Deep learning using linear support vector machines.",
    ),
    opens={"train": "Next: train a CNN, and look into it"},
)  # fmt: skip

show(TOPIC)
