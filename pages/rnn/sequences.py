"""Sequences and unrolling: one step's weights, used at every step, and the gradient back through time."""

from __future__ import annotations

import numpy as np

from dlcore.charts import unrolled as charts
from dlcore.experiment import Experiment
from dlcore.fields import Field
from dlcore.theory import recurrence
from dlcore.theory.recurrence import PARAMETERS, Recurrence
from dlcore.ui.topic import Case, Comparison, Topic, show
from dlcore.ui.tries import Answer, Look, Try, Values

ORDER = 1
FIELDS = (
    Field("steps", "int", 5, "Steps τ", "Over how many steps the net is unrolled.", 1, 8),
    Field("back", "int", 3, "Steps gone back", "How far the gradient has flowed. 0: only the forward pass is done.", 0, 8),
    Field("loss", "choice", "last step", "A target at", "Where an output is compared with a target.", choices=("last step", "every step")),
    Field("u", "float", 0.9, "Weight u", "Of the recurrence: what the state before counts.", -2.0, 2.0, 0.1),
    Field("w", "float", 0.8, "Weight w", "Of the input.", -2.0, 2.0, 0.1),
    Field("draw", "int", 0, "Draw", "Other inputs and targets.", 0, 20),
)
TABLE = (
    Field("values", "int", 10, "Values a variable can take", "Symbols of the alphabet, say.", 2, 30),
    Field("length", "int", 10, "Length of the sequence", "How many variables there are.", 1, 20),
    Field("units", "int", 32, "Units of the recurrent net", "Numbers in its state.", 1, 100),
)
SAID = "The next value of a sum of waves. All stretches hold one to five periods: with more steps they are read more finely."
IDEA = r"""
A **sequence** is $x_1, x_2, \dots, x_\tau$: values, words or frames in order, $\tau$ (tau) of them. A **recurrent net** reads one
after the other and keeps a **state** $h_t$, a summary of all it has read:

$$
\begin{aligned}
h_t &= \tanh(w\,x_t + u\,h_{t-1} + b) \\
o_t &= v\,h_t + c
\end{aligned}
$$

$o_t$ is the output; $w, u, v, b, c$ are the same at *every* step. So one net serves sequences of any length, and what it learns at
one place it knows at all others.

**Unrolling** draws the loop as a chain: one copy for each step. It is an ordinary deep net whose layers share their weights, so
backpropagation works as ever and is then called **backpropagation through time**. With $L$ the loss, the gradient of a state comes
from its own output and from the state after it:

$$\frac{\partial L}{\partial h_t} = v\,\frac{\partial L}{\partial o_t} + u\,(1-h_{t+1}^2)\,\frac{\partial L}{\partial h_{t+1}}$$

A weight's gradient is the *sum* of what all steps say. Each step back multiplies by $u\,(1-h^2)$: the page on vanishing gradients shows
what many of them come to.

**What sharing saves.** A table of the probabilities of all sequences of ten variables with ten values each has $10^{10}-1$ free
entries. A recurrent net that says how probable each next value is, from its state of 32 numbers, has 1,706 parameters, whatever the
length. It pays by assuming that the state is enough: a direct tie between steps 1 and 100 has to pass through all states between.
"""


def unrolled(values: Values, look: Look) -> Answer:
    steps, back = values.whole("steps"), min(values.whole("back"), values.whole("steps"))
    net = Recurrence(w=values.number("w"), u=values.number("u"))
    draw = np.random.default_rng(values.whole("draw"))
    x, y = draw.standard_normal(8)[:steps].round(2), draw.uniform(-1, 1, 8)[:steps].round(2)
    counts = np.ones(steps) if values.word("loss") == "every step" else np.eye(steps)[-1]
    now, gradients, differences = net.forward(x, y, counts), net.backward(x, y, counts), net.differences(x, y, counts)
    shown = {"x": x, "h": now.h, "o": now.o, "L": np.where(counts > 0, now.errors**2 / 2, np.nan)}
    figure = charts.unrolled(shown, gradients.h, back, {name: getattr(net, name) for name in "wuv"}, look.colours)
    reached = {name: share[steps - back :].sum() for name, share in gradients.shares.items()}
    rows = [f"| {name} | {reached[name]:.6f} | {differences[name]:.6f} |" for name in PARAMETERS]
    table = ["| parameter | sum of the steps so far | finite difference of the whole |", "|---|---|---|", *rows]
    return Answer(figure, [("Loss", f"{now.loss:.4g}"), ("Steps gone back", f"{back} of {steps}")], text="\n".join(table))


def saved(values: Values, look: Look) -> Answer:
    size, units = values.whole("values"), values.whole("units")
    entries, parameters = recurrence.table_entries(size, values.whole("length")), recurrence.recurrent_parameters(size, units)
    figure = charts.growth(
        {"table": [recurrence.table_entries(size, n) for n in range(1, 21)], "recurrent net": [parameters] * 20},
        values.whole("length"), look.colours,
    )  # fmt: skip
    return Answer(figure, [("Free entries of the table", f"{entries:,}"), ("Parameters of the net", f"{parameters:,}")])


TOPIC = Topic(
    name="sequences",
    title="Sequences and unrolling",
    lead="One step's weights, used at every step; the gradient flows back through time. Rumelhart and others, 1986; Werbos, 1990.",
    idea=IDEA,
    base=Experiment().with_(**{"dataset": "sines", "model": "rnn", "model.cell": "simple", "model.units": (32,), "epochs": 20}),
    matter=("dataset", "dataset.steps", "cell", "units", "learning_rate", "epochs"),
    parts=(
        Try("Try it: unroll and go back", FIELDS, unrolled, steps="back", last=lambda values: values.whole("steps")),
        Try("A table or a net", TABLE, saved),
    ),
    compare=(
        Comparison("How many steps does it need?", SAID, (
            *(Case(f"{steps} steps", {"dataset.steps": str(steps)}) for steps in (5, 10, 25, 50)),
        )),
    ),
    curves=("loss", "mae", "log loss"),
    misprints=(
        "“All steps follow a sequence, hence they can be run in parallel.” The other way round: step t needs the state of step t − 1, so "
        "training takes O(τ) time one after another, on any number of processors.",
        "“A loss b measures how far output b is from target b.” The loss is L, the output o and the target y.",
        "“y_t = f(y_{t−1}; θ)” lacks the input: h_t = f(h_{t−1}, x_t; θ).",
        "“A fully connected model defines direct time stamps.” Both kinds of graphical model are about direct *dependencies*: in the one "
        "every variable depends directly on all before it, in the other only through the state.",
    ),
    sources=(
        "Rumelhart, D., Hinton, G. & Williams, R. (1986). Learning representations by back-propagating errors. Nature 323.",
        "Werbos, P. (1990). Backpropagation through time: what it does and how to do it. Proceedings of the IEEE 78.",
        "Goodfellow, I., Bengio, Y. & Courville, A. (2016). Deep learning, chapter 10.",
    ),
    opens={"bidirectional": "Next: a second net reads from the end"},
)  # fmt: skip

show(TOPIC)
