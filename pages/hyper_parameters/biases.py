"""Biases: where they begin."""

from __future__ import annotations

import numpy as np

from dlcore.charts import hyper_parameters as charts
from dlcore.experiment import Experiment
from dlcore.fields import Field
from dlcore.theory import signal
from dlcore.ui.topic import Case, Comparison, Topic, show
from dlcore.ui.topic_search import Looking
from dlcore.ui.tries import Answer, Look, Try, Values

ORDER = 2
BIASES = np.linspace(-4, 1, 26)
STARTS = {"Glorot": "glorot_uniform", "He": "he_normal"}
FIELDS = (
    Field("bias", "float", 0.0, "Bias at start b", "The same for every unit.", -4.0, 1.0, 0.01),
    Field("weights", "choice", "Glorot", "Weights at start", choices=tuple(STARTS)),
    Field("depth", "int", 3, "Layers", "", 1, 10),
)
IDEA = r"""
A unit's **bias** $b$ is added to its weighted sum: $z=\sum_i w_ix_i+b$. It is a parameter, learnt like the weights. What you choose
is where it begins, and that is a hyper-parameter.

Zero is the usual start, and a good one: the *weights* are random, so the units already differ. A small positive start, 0.01 or 0.1,
was advised for ReLU so that every unit is on at first and gets a gradient. A strongly negative one does harm: a ReLU whose sum is
negative for every example puts out 0, gets no gradient, and stays **silent**.

The picture counts such units before any training. Whether 0.01 or 0.1 helps is another matter: test the claim, and read what was
measured here.
"""


def answer(values: Values, look: Look) -> Answer:
    shares = signal.silent(
        np.append(BIASES, values.number("bias")), depth=values.whole("depth"), width=64, activation="relu",
        initializer=STARTS[values.word("weights")],
    )  # fmt: skip
    here = shares[-1]
    drawn = {"layer 1": shares[:-1, 0]}
    if values.whole("depth") > 1:
        drawn[f"layer {values.whole('depth')}"] = shares[:-1, -1]
    numbers = [("Silent in layer 1", f"{here[0]:.0%}"), ("Silent in the last layer", f"{here[-1]:.0%}")]
    return Answer(charts.dead(BIASES, drawn, values.number("bias"), look.colours), numbers)


TOPIC = Topic(
    name="biases",
    title="Biases",
    lead="Zero is a fine start for a bias, as long as the weights are random; a negative one silences ReLU units. Goodfellow and "
    "others, 2016.",
    idea=IDEA,
    base=Experiment().with_(**{"model.layers": (64, 64), "epochs": 15}),
    matter=("bias", "activation", "initializer", "layers", "learning_rate", "epochs"),
    first="run",
    parts=(Try("Try it: silent units at start", FIELDS, answer),),
    compare=(
        Comparison("Four starts.", "Look at the first epochs, then at *Dead units*.", (
            *(Case(f"bias {bias}", {"bias": bias}) for bias in ("0", "0.01", "0.1", "-1")),
        )),
        Comparison("Deeper and more negative.", "Five layers: silence adds up from layer to layer.", (
            *(Case(f"5 layers, bias {bias}", {"bias": bias, "model.layers": "64,64,64,64,64"}) for bias in ("0", "-1", "-2")),
        )),
    ),
    curves=("accuracy", "loss", "dead units"),
    misprints=(
        "“Zero biases need small weights, to break the symmetry.” Smallness breaks nothing: zero biases are fine because the weights "
        "are *random*.",
        "“Weights and biases are hyper-parameters.” They are parameters, learnt in training. How they begin is the hyper-parameter.",
    ),
    sources=(
        "Goodfellow, I., Bengio, Y. & Courville, A. (2016). Deep learning, section 8.4.",
        "Glorot, X. & Bengio, Y. (2010). Understanding the difficulty of training deep feedforward neural networks.",
    ),
    search=Looking(("biases",), "model.bias"),
    opens={"weights": "Next: where the weights begin"},
)  # fmt: skip

show(TOPIC)
