"""LSTM and GRU: gates that decide what to keep."""

from __future__ import annotations

import numpy as np

from dlcore.charts import cell as cells
from dlcore.charts import gates as charts
from dlcore.charts import through_time
from dlcore.experiment import Experiment
from dlcore.fields import Field
from dlcore.theory import gates, signals
from dlcore.ui import sequence_nets
from dlcore.ui.topic import Case, Comparison, Topic, show
from dlcore.ui.tries import Answer, Look, Try, Values

ORDER = 7
UNITS = 16
KINDS = {"LSTM": "lstm", "GRU": "gru"}
CELL = Field("cell", "choice", "LSTM", "Cell", choices=tuple(KINDS))
KEEP = Field(
    "keep",
    "float",
    1.0,
    "Bias to keep",
    "Bias of the gate that keeps: of the LSTM's forget gate (Keras: 1) and the GRU's update gate (Keras: 0).",
    -2.0,
    6.0,
    0.5,
)
STEPS = Field("steps", "int", 60, "Steps", "", 10, 200, 10)
DRAW = Field("draw", "int", 0, "Draw", "Other weights.", 0, 20)
INPUT = Field("input", "choice", signals.NAMES[0], "Input", "What the net reads.", choices=signals.NAMES)
ONE = (
    CELL,
    Field("x", "float", 1.0, "Input x", "", -3.0, 3.0, 0.1),
    Field("before", "float", 0.5, "State before, h", "", -1.0, 1.0, 0.1),
    Field("memory", "float", 1.5, "Cell before, c", "", -3.0, 3.0, 0.1),
    KEEP,
    DRAW,
)
HINT = "Left: how large the gradient is at the first input, over that at the last."
NOTE = "The gradient of the last state, back to each input, before any training: what gates are worth is up to their biases."
ROW = Field("row", "int", 0, "Sequence", "Which of the test data it reads.", 0, 100)
LAYER = Field("layer", "int", 0, "Recurrent layer", "Counted from 0.", 0, 7)
IDEA = r"""
A leaky unit forgets at one rate, for ever. A **gate** is a number between 0 (shut) and 1 (open) that the net works out anew at every
step from the input $x_t$ and the last state $h_{t-1}$: it decides *when* to keep, to write and to forget.

**LSTM** (long short-term memory) has a **cell** $c$, the memory, beside the state $h$:

$$c_t = f_t\,c_{t-1} + i_t\,g_t \qquad h_t = o_t \tanh(c_t)$$

$i_t$ (input gate), $f_t$ (forget gate) and $o_t$ (output gate) are sigmoids, $g_t$ is the **candidate**, what might be written.
The cell goes from step to step by a product with $f_t$ and a sum. While $f_t$ is near 1 its gradient passes almost unchanged: a way on
which nothing vanishes. The biases decide where a net begins: at a **forget bias** of 0 half of the memory is lost at each step, at
1 a quarter, at 4 a fiftieth. Until training opens them, gates carry a gradient no further than a simple net does: see above.

**GRU** (gated recurrent unit) has no cell of its own and two gates. The **update gate** $z_t$ does the work of forget and input gate at
once, the **reset gate** $r_t$ decides how much of the old state the candidate $g_t$ sees:

$$h_t = z_t\,h_{t-1} + (1-z_t)\,g_t$$

Keras applies $r_t$ after the product with the recurrent weights (`reset_after=True`), the paper before it. The two give different
numbers from the same weights, and the first has one more bias for each gate.

**The adding problem**: two numbers of a long row are marked; say their sum. Over 50 steps a simple recurrent net stays at guessing the
mean, a squared error of 0.167.
"""


def over_time(values: Values, look: Look) -> Answer:
    x = signals.signal(values.word("input"), values.whole("steps"))[:, None]
    kind, keep, draw = KINDS[values.word("cell")], values.number("keep"), values.whole("draw")
    trace = gates.run(gates.drawn(kind, 1, UNITS, keep_bias=keep, seed=draw), x)
    order = ("f", "i", "o", "c") if kind == "lstm" else ("z", "r", "g", "h")
    shown = {name: {**trace.gates, "h": trace.h}[name] for name in order}
    top = np.random.default_rng(draw).standard_normal(UNITS)
    names = {"simple RNN": "simple", "LSTM": "lstm", "GRU": "gru"}
    reach = {title: gates.reach(gates.drawn(one, 1, UNITS, keep_bias=keep, seed=draw), x, top) for title, one in names.items()}
    below = through_time.norms(reach, look.colours, size=(620.0, 235.0), y="∂L/∂x, 1 at the end", note=NOTE)
    numbers = [(f"Left, {title}", f"{norms[-1]:.2g}") for title, norms in reach.items()]
    return Answer(charts.over_time(x[:, 0], shown, look.dark, look.colour(0)), numbers, below=below)


def one_unit(values: Values, look: Look) -> Answer:
    kind = KINDS[values.word("cell")]
    weights = gates.drawn(kind, 1, 1, keep_bias=values.number("keep"), seed=values.whole("draw"))
    h, c, now = gates.step(weights, *(np.array([values.number(name)]) for name in ("x", "before", "memory")))
    numbers = {name: float(value[0]) for name, value in now.items()} | {
        "x": values.number("x"), "before_h": values.number("before"), "before_c": values.number("memory"), "h": float(h[0]),
        "c": float(c[0]),
    }  # fmt: skip
    figure = cells.lstm(numbers, look.colours) if kind == "lstm" else cells.gru(numbers, look.colours)
    kept = numbers["f"] if kind == "lstm" else numbers["z"]
    return Answer(figure, [("Of the memory kept", f"{100 * kept:.0f} %"), ("State now", f"{numbers['h']:.3f}")])


def hides(values: Values) -> tuple[str, ...]:
    return ("memory",) if values.word("cell") == "GRU" else ()


TOPIC = Topic(
    name="gates",
    title="LSTM and GRU",
    lead="Gates decide what to keep and what to show. Hochreiter and Schmidhuber, 1997; Gers and others, 2000; Cho and others, 2014.",
    idea=IDEA,
    base=Experiment().with_(**{
        "dataset": "adding", "dataset.steps": 50, "model": "rnn", "model.cell": "lstm", "model.units": (32,),
        "learning_rate": 0.01, "epochs": 20, "optimizer.clipnorm": 1.0,
    }),
    matter=("dataset", "dataset.steps", "cell", "units", "forget_bias", "learning_rate", "epochs"),
    parts=(
        Try("Try it: gates over time", (CELL, INPUT, KEEP, STEPS, DRAW), over_time, hint=HINT),
        Try("The cell", ONE, one_unit, hides=hides),
        Try("Gates of your run", (ROW, LAYER), sequence_nets.gates, live=sequence_nets.working,
            hint="What the gates of a trained net do while it reads. ▲ marks the two numbers that it is to add."),
        Try("Its gradient through time", (LAYER,), sequence_nets.gradients, live=sequence_nets.working,
            hint="Of all opened runs: press Compare for a simple net, an LSTM and a GRU."),
    ),
    compare=(
        Comparison("Which one adds?", "The adding problem over 50 steps. Guessing the mean gives a loss of 0.167.", (
            Case("simple RNN", {"model.cell": "simple"}), Case("LSTM", {"model.cell": "lstm"}), Case("GRU", {"model.cell": "gru"}),
        )),
        Comparison("Where should the forget gate start?", "The same LSTM with four biases of its forget gate.", (
            *(Case(f"bias {bias}", {"model.forget_bias": bias}) for bias in ("-2", "0", "1", "4")),
        )),
    ),
    curves=("loss", "log loss", "first gradient"),
    misprints=(
        "“LSTM (1997) has a forget gate.” The first one had none; Gers, Schmidhuber and Cummins added it in 2000.",
        "“GRU” means two things: Cho's applies the reset gate before the matrix product, Keras's (`reset_after=True`) after it.",
        "“Leaky units have constant weights; gates change theirs.” The weights stay. What changes from step to step are the gates, "
        "computed with them.",
    ),
    sources=(
        "Hochreiter, S. & Schmidhuber, J. (1997). Long short-term memory. Neural Computation 9.",
        "Gers, F., Schmidhuber, J. & Cummins, F. (2000). Learning to forget: continual prediction with LSTM. Neural Computation 12.",
        "Cho, K. and others (2014). Learning phrase representations using RNN encoder–decoder. EMNLP.",
        "Jozefowicz, R., Zaremba, W. & Sutskever, I. (2015). An empirical exploration of recurrent network architectures. ICML.",
    ),
    opens={"real_sequences": "Next: series, reviews and text"},
)  # fmt: skip

show(TOPIC)
