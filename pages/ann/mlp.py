"""Multilayer perceptron: a net learns to tell clothes apart."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dlcore.charts.confusion import confusion
from dlcore.charts.figure import Figure, svg, text
from dlcore.charts.mistakes import Mistakes, mistakes
from dlcore.charts.net import net
from dlcore.charts.stages import stages
from dlcore.datasets._files import default_dataset
from dlcore.experiment import Experiment
from dlcore.services import viewing
from dlcore.ui import layer_sliders, link
from dlcore.ui.picture import picture
from dlcore.ui.topic import Case, Comparison, Topic, show
from dlcore.ui.topic_search import Looking
from dlcore.ui.tries import Answer, Look, Try, Values

ORDER = 5
DATA = default_dataset()
BASE = Experiment().with_(dataset=DATA, **{"model.layers": (128,), "batch_size": 64, "epochs": 8 if DATA == "fashion_mnist" else 30})
LEAD = "Dense layers tell ten kinds of clothes apart, and show where they are sure and wrong. Xiao, Rasul and Vollgraf, 2017 (the data)."
INSTEAD = (
    "Dense layers tell ten digits apart, and show where they are sure and wrong. Fashion-MNIST (Xiao, Rasul and Vollgraf, 2017) is not on "
    "this computer, so the page begins with digits; choose it on the left, and training fetches its 31 MB first."
)
IDEA = r"""
A **multilayer perceptron** is dense layers behind each other. An image of 28×28 pixels goes in as 784 numbers, one after the other.
The last layer has one unit for each class, and the **softmax** turns its sums $z_k$ into probabilities $p_k$ that add up to 1:

$$p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}, \qquad L = -\log p_{\text{true class}}$$

The loss $L$, the **cross-entropy**, is small when the true class got a high probability. **Accuracy** is the share of images whose
most probable class is the right one.

The **confusion matrix** counts, for each true class, what the net says. With clothes it is shirts, T-shirts, pullovers and coats that
are mixed up. The most wrong images are those where the net was sure, and mistaken: look at them, and some of the labels begin to look
doubtful.

Depth and width are yours to choose. More of either costs time and memory; whether it helps is an experiment, not a rule.
Fashion-MNIST was made because plain digits had become too easy (Xiao, Rasul & Vollgraf 2017). Where it is not on this computer, the page
begins with *Handwritten digits*, which come with the lab.
"""


def confused(values: Values, look: Look) -> Answer:
    run = look.opened.run
    view = viewing.view(run.id) if run else None
    if run is None or view is None or view.confusion is None:
        words = text(160, 130, "The confusion matrix fills while the net trains.")
        return Answer(Figure("", svg(words, "Nothing is trained yet.", 320, 260), "Nothing is trained yet."))
    spec = Experiment.from_json(run.experiment).dataset_spec
    names = spec.class_names
    counts = np.asarray(view.confusion)
    worst = counts - np.diag(np.diag(counts))
    row, column = np.unravel_index(int(worst.argmax()), worst.shape)
    named = names or tuple(str(number) for number in range(len(counts)))
    right = float(np.trace(counts) / max(1, counts.sum()))
    numbers = [("Right", f"{right:.1%}"), ("Most often mixed up", f"{named[row]} taken for {named[column]}")]
    return Answer(
        confusion(counts, names, look.dark, f"{spec.title}, after epoch {view.epoch}: {view.rows:,} validation rows."),
        numbers,
    )


def drawn(values: Values, look: Look) -> Answer:
    experiment = look.opened.experiment
    found = stages(experiment.plan(), experiment.shape.input)
    return Answer(net(found, {}, look.dark), [("Parameters", f"{sum(stage.parameters for stage in found):,}")])


def wrong() -> None:
    """The images on which the net was surest, and mistaken."""
    opened = link.opened(BASE)
    view = viewing.view(opened.run.id) if opened.run else None
    if opened.run is None or view is None or view.mistakes is None or not len(view.mistakes):
        st.caption("Train a net: the images that it gets most wrong appear here, the surest mistake first.")
        return
    spec = Experiment.from_json(opened.run.experiment).dataset_spec
    found = Mistakes(
        *(np.asarray(part) for part in (view.mistake_inputs, view.mistake_true, view.mistake_predicted, view.mistake_probability))
    )
    picture(mistakes(found, spec.class_names, spec.feature_names), key="mlp_mistakes")


TOPIC = Topic(
    name="mlp",
    title="Multilayer perceptron",
    lead=LEAD if DATA == "fashion_mnist" else INSTEAD,
    idea=IDEA,
    base=BASE,
    matter=("dataset", "layers", "activation", "optimizer", "learning_rate", "epochs"),
    first="run",
    parts=(
        Try("What is taken for what", (), confused, live=True),
        Try(
            "The net", (), drawn, verbs=layer_sliders.sliders, hint="These layers are what Train trains. On the left they can be typed too."
        ),
    ),
    more={"Most wrong": wrong},
    compare=(
        Comparison("Wider or deeper?", "No hidden layer, one narrow, one wide, three layers.", (
            Case("no hidden layer", {"model.layers": ""}), Case("16 units", {"model.layers": "16"}),
            Case("256 units", {"model.layers": "256"}),
            Case("128, 64, 32", {"model.layers": "128,64,32"}),
        )),
        Comparison("Ten layers.", "Is depth alone a help? Compare the activations.", (
            Case("10 × 64, ReLU", {"model.layers": ",".join(["64"] * 10)}),
            Case("10 × 64, sigmoid", {"model.layers": ",".join(["64"] * 10), "activation": "sigmoid"}),
        )),
    ),
    sources=(
        "Rumelhart, D., Hinton, G. & Williams, R. (1986). Learning representations by back-propagating errors.",
        "Xiao, H., Rasul, K. & Vollgraf, R. (2017). Fashion-MNIST: a novel image dataset.",
    ),
    search=Looking(("architecture",), "optimizer.learning_rate"),
    opens={"tsne": "Next: what each layer makes of the images"},
)  # fmt: skip

show(TOPIC)
