"""Perceptron: one unit that learns from its mistakes."""

from __future__ import annotations

import numpy as np

from dlcore.charts import perceptron as charts
from dlcore.fields import Field
from dlcore.theory import mcculloch_pitts, perceptron
from dlcore.ui.topic import Topic, show
from dlcore.ui.tries import Answer, Look, Try, Values

ORDER = 3
RULES = {"Rosenblatt": "rosenblatt", "delta (sigmoid)": "delta", "as misprinted": "misprint"}
GATES = {"AND": "AND", "OR": "OR", "XOR": "XOR"}
STEPS = 400
FIELDS = (
    Field("data", "choice", "AND", "Data", choices=(*GATES, "two clouds", "clouds that touch"),
          help="Gates have four rows; clouds are 40 points drawn by the start."),
    Field("rule", "choice", "Rosenblatt", "Learning rule", choices=tuple(RULES), help="How a mistake changes the weights."),
    Field("step", "int", 0, "Step", "One step looks at one example.", 0, STEPS, 1),
    Field("rate", "float", 0.1, "Learning rate ε", "How far each example moves the weights.", 0.01, 1.0, log=True),
    Field("start", "int", 14, "Start", "Another start draws other first weights, uniform between −1 and 1.", 1, 30),
)  # fmt: skip
IDEA = r"""
A perceptron has one weight $w_i$ for each input $x_i$ and a **bias** $b$, which shifts the point at which it fires. It adds up and
fires (its output $o$ is 1) when the sum is not below zero:

$$o = 1 \ \text{ if }\ w_1x_1 + w_2x_2 + b \ge 0, \quad\text{else } 0$$

In the plane of two inputs the border between *fires* and *does not* is a straight line. Learning moves that line. After each example
the unit compares its output with the **target** $t$, what it should have said:

$$\Delta w_i = \varepsilon\,(t-o)\,x_i \qquad \Delta b = \varepsilon\,(t-o)$$

The learning rate $\varepsilon$ says how far one mistake moves things. Where the unit is right, $t-o=0$ and nothing changes. If some
straight line separates the classes, this rule finds one after a limited number of mistakes (Novikoff 1962). If none does, as for XOR,
it goes on for ever: choose XOR and look.

The **delta rule** belongs to a unit whose output is the smooth sigmoid $\sigma(z)=1/(1+e^{-z})$. It follows the slope of the squared
error, which brings in a factor $o(1-o)$.
"""


def rows(data: str, start: int) -> tuple[np.ndarray, np.ndarray]:
    """The points (rows, 2) and their classes (rows,)."""
    if data in GATES:
        return mcculloch_pitts.inputs(2).astype(float), np.array(mcculloch_pitts.GATES[GATES[data]])
    draw = np.random.default_rng([7, start])
    targets = draw.permutation(np.arange(40) % 2)
    apart = 3.4 if data == "two clouds" else 1.8
    return np.clip(draw.normal(0, 0.75, (40, 2)), -1.15, 1.15) + apart * (targets[:, None] - 0.5) * (1, 0.7), targets


def answer(values: Values, look: Look) -> Answer:
    data, rule, rate, step = values.word("data"), RULES[values.word("rule")], values.number("rate"), values.whole("step")
    x, targets = rows(data, values.whole("start"))
    begin = np.random.default_rng([3, values.whole("start")]).uniform(-1, 1, 3)
    path = perceptron.learn(x, targets, begin[:2], begin[2], rule=rule, rate=rate, epochs=STEPS // len(x))
    w, b = path.weights[step], path.biases[step]
    wrong = int((perceptron.output(x, w, b) != targets).sum())
    numbers = [("Mistakes", f"{wrong} of {len(x)}"), ("w₁", f"{w[0]:.3g}"), ("w₂", f"{w[1]:.3g}"), ("b", f"{b:.3g}")]
    if data in GATES:
        solved = perceptron.solved(x, targets, rule=rule, rate=rate)
        numbers.append(("Of 100 other starts, after 200 passes", f"{solved} have no mistake"))
    return Answer(
        charts.plane(x, targets, path.weights, path.biases, step, step % len(x), look.colours),
        numbers,
        below=charts.mistakes(path.mistakes, step / len(x), look.colour(1)),
    )


TOPIC = Topic(
    name="perceptron",
    title="Perceptron",
    lead="A unit that changes its weights after every mistake, and is right in the end whenever a straight line can be. Rosenblatt, 1958.",
    idea=IDEA,
    parts=(Try("Try it: learn one example at a time", FIELDS, answer, steps="step"),),
    misprints=(
        "Δw = ε·(error·**output**)·x. Multiplied by the output, nothing is learnt where the output is 0, and it should have been 1. "
        "Right: Δw = ε(t − o)x.",
        "Δb = ε·error·**old bias**. A bias of 0 then stays 0 for ever. Right: Δb = ε(t − o).",
        "“Learning rates from 0 upwards.” With ε = 0 nothing is ever learnt.",
        "“The perceptron's output is a sigmoid.” Rosenblatt's unit thresholds. The sigmoid came later, and its delta rule has the extra "
        "factor o(1 − o).",
    ),
    sources=(
        "Rosenblatt, F. (1958). The perceptron. Psychological Review 65.",
        "Widrow, B. & Hoff, M. (1960). Adaptive switching circuits (the delta rule).",
        "Novikoff, A. (1962). On convergence proofs for perceptrons.",
        "Minsky, M. & Papert, S. (1969). Perceptrons (on XOR).",
    ),
    opens={"ann_diagram": "Next: many units, in layers"},
)

show(TOPIC)
