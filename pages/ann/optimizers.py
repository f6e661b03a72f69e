"""Optimizers: what is done with a gradient."""

from __future__ import annotations

import numpy as np

from dlcore.charts import descent as charts
from dlcore.experiment import Experiment
from dlcore.fields import Field
from dlcore.theory import descent, surfaces
from dlcore.ui import optimizer_race
from dlcore.ui.topic import Case, Comparison, Topic, show
from dlcore.ui.topic_search import Looking
from dlcore.ui.tries import Answer, Look, Try, Values

ORDER = 10
SURFACES = {"Bowl": "bowl", **{surface.title: name for name, surface in surfaces.SURFACES.items()}}
RULES = {descent.title(name): name for name in descent.NAMES if name != "newton"}
COMMON = (
    Field("surface", "choice", "Bowl", "Surface", choices=tuple(SURFACES)),
    Field("kappa", "float", 100.0, "Condition number κ", "How many times steeper the bowl is across than along.", 1.0, 1e4, log=True),
    Field("rules", "choice", ("Gradient descent", "Momentum", "Adam"), "Optimizers", choices=tuple(RULES), many=True),
    Field("steps", "int", 100, "Steps", "", 10, 400, 10),
    Field("tuned", "bool", True, "Each at its own best rate", "The best of 21 rates from 0.0001 to 10; off: one rate for all."),
    Field("rate", "float", 0.01, "One rate for all", "Used where the switch above is off.", 1e-4, 10.0, log=True),
    Field("correction", "bool", True, "Adam's bias correction", "Without it Adam's running means begin far too small."),
)
IDEA = r"""
The gradient $g_t$ at step $t$ says which way is up. Plain **gradient descent** goes a little way down, with the learning rate
$\varepsilon$: $w_{t+1}=w_t-\varepsilon g_t$. In a valley with steep walls it must take small steps, or it is thrown from wall to wall.
Along the flat floor it then creeps. The **condition number** $\kappa$ (kappa) says how many times steeper the walls are than the floor.

**Momentum** remembers: $v_t=\mu v_{t-1}-\varepsilon g_t$, $w_{t+1}=w_t+v_t$, with a memory $\mu$ (mu) such as 0.9. Across the valley
steps cancel, along it they add up. Its first cure is for bad conditioning. **Nesterov** takes the gradient where the momentum is
about to lead.

The **adaptive** rules give each weight a rate of its own, divided by the size of its gradients. Adagrad divides by the root of the
sum of all squares so far, so its steps shrink like $1/\sqrt t$. RMSprop and Adadelta let old squares fade. **Adam** joins both ideas:

$$
\begin{aligned}
m_t&=\beta_1m_{t-1}+(1-\beta_1)g_t \\ v_t&=\beta_2v_{t-1}+(1-\beta_2)g_t^2 \\
w_{t+1}&=w_t-\varepsilon\,\frac{\hat m_t}{\sqrt{\hat v_t}+\epsilon}
\end{aligned}
$$

$m_t$ is the mean of recent gradients, $v_t$ of their squares, $\beta_1$ and $\beta_2$ are how much of the past is kept. The hats
divide both by $1-\beta^t$, since both begin at 0 and are too small at first; the small $\epsilon$ guards against dividing by 0.
**AdamW** shrinks the weights a little beside that, **Nadam** is Adam with Nesterov's look ahead. **L-BFGS** builds a picture of the
curvature from its last few gradients.

A comparison is fair when each rule has its own best learning rate. Keras's defaults are not that: Adadelta's 0.001 hardly moves.
"""


def raced(values: Values) -> tuple[surfaces.Surface, dict[str, descent.Tuned]]:
    surface = surfaces.find(SURFACES[values.word("surface")], values.number("kappa"))
    settings = descent.Settings(correction=values.on("correction"))
    rates = descent.RATES if values.on("tuned") else np.array([values.number("rate")])

    def gradient(p: np.ndarray) -> np.ndarray:
        return np.stack(surface.gradient(p[:, 0], p[:, 1]), axis=1)

    found = {}
    for title in values.words("rules"):
        found[title] = descent.tuned(
            RULES[title], gradient, lambda p: surface.f(p[:, 0], p[:, 1]), surface.start, settings, values.whole("steps"), rates
        )
    return surface, found


def race(values: Values, look: Look) -> Answer:
    surface, found = raced(values)
    walks, heights = [], {}
    for number, (title, tuned) in enumerate(found.items()):
        points = tuned.descent.points
        heights[title] = np.asarray(surface.f(points[:, 0], points[:, 1]))
        said = "left the picture" if tuned.descent.diverged else f"ends at {heights[title][-1]:.2g}"
        walks.append(charts.Walk(title, points, look.colour(number), said))
    lowest = min(surface.f(*point) for point in surface.lowest)
    first = min(heights, key=lambda title: heights[title][-1]) if heights else "–"
    figure, _ = charts.from_above(surface.f, surface.across, surface.up, walks, look.dark, surface.lowest)
    # Beside the picture: in its legend there would be no room for them on a narrow screen.
    rates = [(f"Rate of {title}", f"{tuned.rate:.2g}") for title, tuned in found.items() if not np.isnan(tuned.rate)]
    return Answer(figure, [("Lowest after these steps", first), *rates], below=charts.falling(heights, look.colours, float(lowest)))


def sizes(values: Values, look: Look) -> Answer:
    _, found = raced(values)
    numbers = []
    for title, tuned in found.items():
        last = tuned.descent.sizes[-1][np.isfinite(tuned.descent.sizes[-1])]
        numbers.append((title, f"last step: {last.mean():.2g} per gradient" if len(last) else "has arrived"))
    return Answer(charts.sizes({title: tuned.descent.sizes for title, tuned in found.items()}, look.colours), numbers)


def hidden(values: Values) -> tuple[str, ...]:
    out = () if values.word("surface") == "Bowl" else ("kappa",)
    return (*out, "rate") if values.on("tuned") else out


TOPIC = Topic(
    name="optimizers",
    title="Optimizers",
    lead="Momentum, adaptive rates and curvature: the same gradients, used differently, each at its own best rate. Polyak, 1964; "
    "Kingma and Ba, 2015.",
    idea=IDEA,
    base=Experiment().with_(**{"model.layers": (64,), "batch_size": 64, "epochs": 15}),
    matter=("optimizer", "learning_rate", "momentum", "batch_size", "epochs"),
    parts=(Try("Try it: a race", COMMON, race, hides=hidden), Try("Step sizes", COMMON, sizes, hides=hidden), optimizer_race.PART),
    compare=(
        Comparison("Each at a rate that suits it.", "Six optimizers on handwritten digits. Is anybody still ahead?", (
            Case("descent", {"optimizer": "sgd", "learning_rate": "0.3"}),
            Case("momentum", {"optimizer": "sgd", "learning_rate": "0.1", "momentum": "0.9"}),
            Case("Adagrad", {"optimizer": "adagrad", "learning_rate": "0.05"}),
            Case("Adadelta", {"optimizer": "adadelta", "learning_rate": "1"}),
            Case("RMSprop", {"optimizer": "rmsprop", "learning_rate": "0.002"}),
            Case("Adam", {"optimizer": "adam", "learning_rate": "0.003"}),
        )),
        Comparison("All at 0.001, the usual default.", "An unfair race: 0.001 is Adam's scale, and no other's.", (
            *(Case(f"{name} 0.001", {"optimizer": name, "learning_rate": "0.001"}) for name in ("sgd", "adagrad", "adadelta", "adam")),
        )),
        Comparison("The whole batch.", "L-BFGS uses every row in each step and searches along a line: few epochs, each one longer.", (
            Case("L-BFGS", {"optimizer": "lbfgs"}), Case("Adam, batches", {"optimizer": "adam", "learning_rate": "0.003"}),
            Case("descent, whole batch", {"optimizer": "sgd", "learning_rate": "0.5", "batch_size": "0"}),
        )),
    ),
    curves=("loss", "log loss", "accuracy", "update ratio"),
    misprints=(
        "“Momentum is there to leave local minima.” It first of all cures bad conditioning.",
        "“Adadelta limits a window of past gradients.” It keeps a decaying average; there is no window.",
        "“Adaptive movement estimation.” Adam is adaptive *moment* estimation, of the mean and the mean square.",
        "“Adam gives better results.” It needs less tuning; whether it ends better is contested (Wilson and others 2017).",
        "“L-BFGS computes the second derivative.” It guesses the curvature from gradients, and is not better on small batches.",
    ),
    sources=(
        "Polyak, B. (1964). Duchi, J., Hazan, E. & Singer, Y. (2011), Adagrad. Tieleman, T. & Hinton, G. (2012), RMSprop.",
        "Zeiler, M. (2012), Adadelta. Sutskever, I. and others (2013), Nesterov momentum.",
        "Kingma, D. & Ba, J. (2015), Adam. Dozat, T. (2016), Nadam. Loshchilov, I. & Hutter, F. (2019), AdamW.",
        "Liu, D. & Nocedal, J. (1989), L-BFGS. Wilson, A. and others (2017), The marginal value of adaptive gradient methods.",
    ),
    search=Looking(("optimizer",)),
    opens={"batches": "Next: how many examples make a gradient"},
)  # fmt: skip

show(TOPIC)
