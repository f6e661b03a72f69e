"""Weight decay: small weights on purpose."""

from __future__ import annotations

import numpy as np

from dlcore.charts import hyper_parameters as charts
from dlcore.experiment import Experiment
from dlcore.fields import Field
from dlcore.services import viewing
from dlcore.theory import penalties
from dlcore.ui.topic import Case, Comparison, Topic, show
from dlcore.ui.topic_search import Looking
from dlcore.ui.tries import Answer, Look, Try, Values

ORDER = 4
KINDS = {"L1 (lasso)": "l1", "L2 (ridge)": "l2", "elastic net": "elastic"}
SMALL = 1e-3
PENALTY = (
    Field("kind", "choice", "L1 (lasso)", "Penalty", choices=tuple(KINDS)),
    Field("strength", "float", 1.0, "Strength λ", "How much the penalty counts against the loss.", 0.001, 10.0, log=True),
)
ADAM = (
    Field("size", "float", 1.0, "Size of the gradients", "Of the noise that this weight's gradient is.", 0.01, 100.0, log=True),
    Field("decay", "float", 0.1, "Decay λ", "", 0.001, 1.0, log=True),
)
IDEA = r"""
A net that fits its training data too closely often needs large weights to do so. A **penalty** makes weights cost something. To the
loss $L$ it adds, over all weights $w_i$ and with a strength $\lambda$ (lambda):

- **L1**: $\lambda\sum_i |w_i|$
- **L2**: $\lambda\sum_i w_i^2$
- **Elastic net**: both, each with a strength of its own.

L2 pulls every weight towards 0 in proportion to its size, so none quite gets there. L1 pulls all of them equally hard, and those that
matter little end at exactly 0: the net becomes **sparse**. In the picture the solution runs into a corner of the diamond, where one
weight is 0.

**Weight decay** is an older idea: after each step, multiply all weights by a little less than 1. Under plain gradient descent that is
the same as an L2 penalty. Under Adam it is not: Adam divides the penalty's gradient by the size of the weight's other gradients, so
weights with large gradients hardly shrink. **AdamW** decays the weights apart from the gradient (Loshchilov & Hutter 2019).

A smaller gap between training and validation is what one hopes for. Whether accuracy gains is a question for each data set.
"""


def balance(values: Values, look: Look) -> Answer:
    kind, strength = KINDS[values.word("kind")], values.number("strength")
    trail = penalties.trail(kind, np.geomspace(1e-3, strength, 40))
    now = trail[-1]
    ellipses = [penalties.ellipse(level) for level in (0.05, 0.2, 0.5, 1.0)]
    figure = charts.penalty(ellipses, penalties.ball(kind, now), trail, penalties.BEST, now, look.colours)
    return Answer(figure, [("w₁", f"{now[0]:.3g}"), ("w₂", f"{now[1]:.3g}"), ("Exactly 0", f"{int((now == 0).sum())} of 2")])


def under_adam(values: Values, look: Look) -> Answer:
    curves = {
        name: penalties.adam_shrinks(values.number("size"), values.number("decay"), 0.01, 600, decoupled)
        for name, decoupled in (("L2 penalty", False), ("decoupled decay", True))
    }
    return Answer(charts.shrinking(curves, look.colours), [(name, f"ends at {curve[-1]:.2g}") for name, curve in curves.items()])


def histogram(values: Values, look: Look) -> Answer:
    weights = {}
    for run in look.opened.runs:
        if view := viewing.view(run.id):
            weights[run.title or run.id[:8]] = np.concatenate([np.ravel(kernel).astype(float) for kernel in view.kernels.values()])
    numbers = [(f"{name}: below {SMALL:g}", f"{(np.abs(each) < SMALL).mean():.0%}") for name, each in weights.items()]
    return Answer(
        charts.histogram(weights, [look.colour(run.colour) for run in look.opened.runs]), numbers or [("Runs", "train some first")]
    )


TOPIC = Topic(
    name="weight_decay",
    title="Weight decay",
    lead="Weights that cost something stay small, and with L1 most of them become nothing. Hoerl and Kennard, 1970; Tibshirani, 1996.",
    idea=IDEA,
    base=Experiment().with_(
        **{"model.layers": (128,), "examples": 400, "label_noise": 0.2, "epochs": 60, "monitors": ("weights", "updates", "activations")}
    ),
    matter=("l1", "l2", "optimizer", "weight_decay", "layers", "learning_rate", "epochs"),
    first="run",
    parts=(
        Try("Try it: two weights under a penalty", PENALTY, balance),
        Try("Under Adam", ADAM, under_adam, hint="A weight begins at 1; its gradients are noise. Who shrinks it?"),
        Try("Weight histogram", (), histogram, live=True, hint="Of the runs that are open: up to 256 weights of each layer."),
    ),
    compare=(
        Comparison("Five ways, with wrong labels to overfit to.", "280 training images, a fifth of them mislabelled. Compare *Gap* and "
                   "*Weights near 0*.", (
            Case("none", {"l1": "0", "l2": "0"}), Case("L1 0.001", {"l1": "0.001"}), Case("L2 0.001", {"l2": "0.001"}),
            Case("elastic net", {"l1": "0.0005", "l2": "0.0005"}), Case("AdamW 0.1", {"optimizer": "adamw", "weight_decay": "0.1"}),
        )),
        Comparison("How strong?", "L2 from barely to far too much.", (
            *(Case(f"L2 {strength}", {"l2": strength}) for strength in ("0.0001", "0.001", "0.01", "0.1")),
        )),
    ),
    curves=("accuracy", "gap", "loss", "weights near 0", "weight norm"),
    misprints=("“L2 regularisation and weight decay are one.” Only under plain gradient descent; under Adam they differ.",),
    sources=(
        "Hoerl, A. & Kennard, R. (1970). Tibshirani, R. (1996). Zou, H. & Hastie, T. (2005).",
        "Krogh, A. & Hertz, J. (1992). A simple weight decay can improve generalization.",
        "Loshchilov, I. & Hutter, F. (2019). Decoupled weight decay regularization.",
    ),
    search=Looking(("weight_decay",), "model.l2"),
    opens={"dropout": "Next: a different net in every step"},
)  # fmt: skip

show(TOPIC)
