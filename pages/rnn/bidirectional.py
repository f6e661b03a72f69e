"""Bidirectional: a second net reads the sequence from its end."""

from __future__ import annotations

from dlcore.charts import unrolled as charts
from dlcore.experiment import Experiment
from dlcore.fields import Field
from dlcore.theory import recurrence
from dlcore.ui.topic import Case, Comparison, Topic, show
from dlcore.ui.tries import Answer, Look, Try, Values

ORDER = 2
KINDS = ("forward only", "both directions")
KIND = Field("kind", "choice", KINDS[0], "Net", "Reads from the start only, or from both ends.", choices=KINDS)
STEPS = Field("steps", "int", 8, "Steps τ", "Length of the sequence.", 2, 12)
OUTPUT = Field("output", "int", 4, "Output t", "Which output is looked at.", 1, 12)
RADIUS = Field(
    "radius",
    "float",
    0.9,
    "Spectral radius",
    "How much of a state each step keeps; the page on vanishing gradients says more.",
    0.1,
    1.2,
    0.05,
)
IDEA = r"""
A recurrent net's output at step $t$ has seen $x_1 \dots x_t$ and nothing after. Often what comes later matters: the sound of a letter
depends on the next one, a word's meaning on the rest of its sentence.

A **bidirectional** net has two states at each step. One, $h_t$, reads forward; the other, $g_t$, starts at the end and reads backward.
The output uses both:

$$
\begin{aligned}
h_t &= f(W x_t + U h_{t-1}) \\
g_t &= f(W' x_t + U' g_{t+1}) \\
o_t &= V h_t + V' g_t
\end{aligned}
$$

$W, U, V$ and their primed fellows are matrices of weights, $f$ is the activation. The two readers share no weights and do not see each
other; only the output joins them. It costs twice the weights and twice the time.

**A task that shows it.** Say at each step which symbol stands two steps *ahead*, $x_{t+2}$. When all symbols are drawn at random, a net
that reads forward can only guess: with two symbols it is right half the time. One that reads backward has just passed the answer and
needs to remember it for two steps.

**What it cannot do.** It needs the whole sequence before its first output. For a recording, a text or a genome that is fine. For live
speech or tomorrow's price it is not: the future is not there to be read.
"""


def sees(values: Values, look: Look) -> Answer:
    steps, both = values.whole("steps"), values.word("kind") == KINDS[1]
    chosen = min(values.whole("output"), steps) - 1
    strength = recurrence.influence(steps, both=both, radius=values.number("radius"))
    own, ahead = strength[chosen, chosen], strength[chosen, chosen + 2] if chosen + 2 < steps else None
    numbers = [
        ("Output", f"{chosen + 1} of {steps}"),
        ("Inputs it sees", f"{steps if both else chosen + 1}"),
        ("Own input", f"{own:.2f}"),
    ]
    if ahead is not None:
        numbers.append(("Two ahead", f"{ahead:.2g}"))
    return Answer(charts.seen(steps, chosen, both, look.colours), numbers, below=charts.influence(strength, chosen, look.dark))


TOPIC = Topic(
    name="bidirectional",
    title="Bidirectional nets",
    lead="Two readers, one from each end, so that every output knows what comes before and after. Schuster and Paliwal, 1997.",
    idea=IDEA,
    base=Experiment().with_(
        **{"dataset": "look_ahead", "dataset.steps": 20, "model": "rnn", "model.cell": "simple", "model.units": (16,), "epochs": 15}
    ),
    matter=("dataset", "bidirectional", "cell", "units", "learning_rate", "epochs"),
    parts=(Try("Try it: what an output can see", (KIND, STEPS, OUTPUT, RADIUS), sees),),
    compare=(
        Comparison("Which symbol comes in two steps?", "Guessing is right in half of the bits, and in the two zeros at the end.", (
            Case("forward only", {"model.bidirectional": "false"}), Case("both directions", {"model.bidirectional": "true"}),
        )),
        Comparison("Does a larger net help?", "No number of units shows a forward net what it has not read.", (
            Case("forward, 16 units", {"model.units": "16"}), Case("forward, 64 units", {"model.units": "64"}),
            Case("forward, LSTM", {"model.cell": "lstm"}), Case("both, 4 units", {"model.units": "4", "model.bidirectional": "true"}),
        )),
    ),
    curves=("accuracy", "loss"),
    misprints=(
        "“It can be used on local files, not on real-time data.” Near enough: it needs the whole sequence, wherever that lies. A short "
        "delay makes it usable live, on the stretch heard so far.",
        "“The output is more sensitive to the input values x and time t.” It is most sensitive to the inputs *around* time t: see the "
        "bright diagonal above.",
    ),
    sources=(
        "Schuster, M. & Paliwal, K. (1997). Bidirectional recurrent neural networks. IEEE Transactions on Signal Processing 45.",
        "Graves, A. & Schmidhuber, J. (2005). Framewise phoneme classification with bidirectional LSTM. Neural Networks 18.",
    ),
    opens={"trees": "Next: trees in place of chains"},
)  # fmt: skip

show(TOPIC)
