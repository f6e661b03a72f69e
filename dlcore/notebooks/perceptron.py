"""Rosenblatt's perceptron in NumPy: the right rule, the misprinted one, and what a straight line cannot do."""

from __future__ import annotations

from collections.abc import Sequence

from dlcore.fields import Field
from dlcore.notebooks._parts import SEED, Cell, settings_cell
from dlcore.specs import Notebook, Settings

FIELDS = (
    Field("gate", "choice", "AND", "Gate", "What the unit is to learn.", choices=("AND", "OR", "NAND", "XOR")),
    Field("rate", "float", 0.1, "Learning rate", "How far a mistake moves the weights.", 0.001, 1.0),
    Field("passes", "int", 20, "Passes", "How often it goes through the four examples.", 1, 1000),
    SEED,
)

IMPORTS = """
import matplotlib.pyplot as plt
import numpy as np
"""
DATA = """
x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
targets = {"AND": [0, 0, 0, 1], "OR": [0, 1, 1, 1], "NAND": [1, 1, 1, 0], "XOR": [0, 1, 1, 0]}
t = np.array(targets[GATE], float)
"""
RULE = """
def output(x, w, b):
    \"\"\"1 where the weighted sum reaches the threshold, else 0.\"\"\"
    return (x @ w + b >= 0).astype(float)


def learn(x, t, w, b, rate=RATE, passes=PASSES, misprint=False):
    \"\"\"Weights and bias after each example, and the mistakes after each pass.\"\"\"
    steps, mistakes = [(w, b)], [int((output(x, w, b) != t).sum())]
    for _ in range(passes):
        for row, target in zip(x, t):
            o = output(row, w, b)
            error = target - o
            if misprint:
                w, b = w + rate * error * o * row, b + rate * error * b
            else:
                w, b = w + rate * error * row, b + rate * error
            steps.append((w, b))
        mistakes.append(int((output(x, w, b) != t).sum()))
    return steps, mistakes


draw = np.random.default_rng(SEED)
w, b = draw.uniform(-1, 1, 2), draw.uniform(-1, 1)
steps, mistakes = learn(x, t, w, b)
print("mistakes after each pass:", mistakes)
print("weights", steps[-1][0], "bias", steps[-1][1])
"""
PICTURE = """
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4))
across = np.array([-0.5, 1.5])
changed = [place for place in range(1, len(steps)) if np.any(steps[place][0] != steps[place - 1][0])]
for place in [0, *changed[-4:]]:
    w, b = steps[place]
    if abs(w[1]) > 1e-9:
        left.plot(across, -(w[0] * across + b) / w[1], label=f"after {place} examples")
left.scatter(*x.T, c=t, cmap="coolwarm", s=120, edgecolor="black", zorder=3)
left.set(xlim=(-0.5, 1.5), ylim=(-0.5, 1.5), xlabel="first input", ylabel="second input", title=GATE)
left.legend(loc="lower left", fontsize=8)
right.step(range(len(mistakes)), mistakes, where="post")
right.set(xlabel="pass", ylabel="mistakes", ylim=(-0.1, 4.1))
plt.show()
"""
STARTS = """
def solved(misprint, starts=100, passes=200):
    \"\"\"Of so many random starts, how many end without a mistake.\"\"\"
    draw = np.random.default_rng(SEED)
    ends = [learn(x, t, draw.uniform(-1, 1, 2), draw.uniform(-1, 1), passes=passes, misprint=misprint)[1][-1] for _ in range(starts)]
    return sum(end == 0 for end in ends)


print("Rosenblatt's rule:", solved(False), "of 100 starts")
print("the misprinted rule:", solved(True), "of 100 starts")
"""
CHECK = """
from sklearn.linear_model import Perceptron

checked = Perceptron(eta0=RATE, max_iter=1000, tol=None, random_state=SEED).fit(x, t)
print("scikit-learn's perceptron gets", int((checked.predict(x) == t).sum()), "of 4 right")
"""


def cells(settings: Settings) -> Sequence[Cell]:
    return [
        (
            "markdown",
            "# Rosenblatt's perceptron\n\nOne unit with two inputs $x_1, x_2$: it puts out $o = 1$ where $w_1 x_1 + w_2 x_2 + "
            "b \\ge 0$ and 0 elsewhere. The weights $w$ and the bias $b$ are learnt from mistakes (Rosenblatt 1958).",
        ),
        settings_cell(FIELDS, settings),
        ("code", IMPORTS),
        ("markdown", "## Four examples\n\n$x$ are the inputs, $t$ what the gate should answer."),
        ("code", DATA),
        (
            "markdown",
            "## The rule\n\nAfter each example $\\Delta w = \\varepsilon (t - o) x$ and $\\Delta b = \\varepsilon (t - o)$, "
            "with the learning rate $\\varepsilon$: nothing moves where the answer was right. It is often misprinted with the "
            "output $o$, or the old bias, as a further factor; then nothing is learnt where $o = 0$, or where the bias is 0.",
        ),
        ("code", RULE),
        ("code", PICTURE),
        (
            "markdown",
            "## From a hundred starts\n\nOn what a straight line can separate the rule always ends without a mistake (Novikoff "
            "1962); on XOR it never does.",
        ),
        ("code", STARTS),
        ("markdown", "## The same with scikit-learn"),
        ("code", CHECK),
    ]


NOTEBOOK = Notebook(
    name="perceptron",
    title="The perceptron",
    summary="One unit learns a gate from its mistakes, by the right rule and by the misprinted one.",
    filename="rosenblatt perceptron.ipynb",
    topic="perceptron",
    fields=FIELDS,
    cells=cells,
    order=1,
)
