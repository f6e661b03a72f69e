"""Batches: how many examples make a gradient."""

from __future__ import annotations

import numpy as np

from dlcore.charts import batches as charts
from dlcore.experiment import Experiment
from dlcore.fields import Field
from dlcore.theory import batches
from dlcore.ui.topic import Case, Comparison, Topic, show
from dlcore.ui.tries import Answer, Look, Try, Values

ORDER = 11
ROWS = 256
SIZES = {"1 example": 1, "8": 8, "32": 32, "128": 128, "all 256": ROWS}
FIELDS = (
    Field("sizes", "choice", ("1 example", "32", "all 256"), "Batch sizes", choices=tuple(SIZES), many=True),
    Field("rate", "float", 0.05, "Learning rate", "", 0.001, 2.0, log=True),
    Field("over", "choice", "mean", "A batch's gradient is the", "Of its examples' gradients.", choices=("mean", "sum")),
    Field("epochs", "int", 20, "Passes", "How often the data are gone through.", 1, 60),
    Field("noise", "float", 0.5, "Noise in the data", "", 0.0, 2.0, 0.1),
    Field("draw", "int", 0, "Draw", "Another order of the examples.", 0, 20),
)
IDEA = r"""
The loss of a net is a mean over all examples, and so is its gradient. **Batch gradient descent** uses all of them for one step:
exact, and slow where there are many. **Stochastic gradient descent** takes one example for each step: many cheap steps in directions
that are right only on average. A **mini-batch** of $B$ examples lies between. Its gradient strays from the true one with a variance
of

$$\operatorname{Var}(g_B) \approx \frac{\sigma^2}{B}$$

where $\sigma^2$ (sigma squared) is the variance of a single example's gradient. Ten times the batch, a tenth of the variance, yet ten
times the work for one step. Hence small batches get far in few passes, then dance around the bottom; large ones arrive quietly. A
lower rate towards the end calms the dance.

**Sum or mean.** Adding up the gradients of a batch, rather than averaging them, is the same as a learning rate $B$ times as large.
Keras averages. Switch to *sum* above, and the large batches fly off.

A processor works on many examples at once. So an epoch of large batches takes fewer *seconds* than one of small batches. Train a few
sizes, and choose *Loss*, then *Loss by seconds* above the chart: who is ahead may change.
"""


def answer(values: Values, look: Look) -> Answer:
    x, y = batches.rows(ROWS, values.number("noise"))
    mean, chosen = values.word("over") == "mean", {name: SIZES[name] for name in values.words("sizes")}
    fits = {
        name: batches.fit(x, y, batch=size, rate=values.number("rate"), epochs=values.whole("epochs"), mean=mean, seed=values.whole("draw"))
        for name, size in chosen.items()
    }
    strayed = {name: batches.gradients(x, y, np.zeros(2), size, values.whole("draw"), mean) for name, size in chosen.items()}
    best = np.linalg.lstsq(x, y, rcond=None)[0]
    floor = float(np.mean((x @ best - y) ** 2))
    numbers = [(f"Variance, {name}", f"{fit.variance:.3g}") for name, fit in fits.items()]
    whole = batches.gradients(x, y, np.zeros(2), ROWS, 0, mean)[0]
    return Answer(
        charts.losses({name: (fit.epochs, fit.losses) for name, fit in fits.items()}, floor, look.colours), numbers,
        below=charts.spread(strayed, whole, look.colours),
    )  # fmt: skip


TOPIC = Topic(
    name="batches",
    title="Batches",
    lead="One example, a handful or all of them for each step: noise against work. Robbins and Monro, 1951; Bottou, 1998.",
    idea=IDEA,
    base=Experiment().with_(optimizer="sgd", learning_rate=0.1, epochs=15),
    matter=("batch_size", "learning_rate", "optimizer", "epochs"),
    parts=(Try("Try it: fit a line", FIELDS, answer),),
    compare=(
        Comparison("The same rate, batches of 8 to all.", "Look at *Loss*, then at *Loss by seconds*: a fair race counts time.", (
            *(Case(f"batch {size}" if size else "all rows", {"batch_size": str(size)}) for size in (8, 32, 128, 512, 0)),
        )),
    ),
    curves=("loss", "loss by seconds", "accuracy", "update ratio"),
    misprints=(
        "“Batch descent performs redundant updates.” It makes one update in a whole pass. What is redundant is the work: it adds up many "
        "similar gradients for that one.",
        "“Mini-batches suffer from saddle points.” Their noise is what helps to leave them.",
    ),
    sources=(
        "Robbins, H. & Monro, S. (1951). A stochastic approximation method.",
        "Bottou, L. (1998). Online learning and stochastic approximations.",
    ),
    opens={"learning_rate": "Next: how far each step goes"},
)  # fmt: skip

show(TOPIC)
