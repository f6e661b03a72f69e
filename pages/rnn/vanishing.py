"""Vanishing and exploding: what many steps do to a gradient."""

from __future__ import annotations

import numpy as np

from dlcore.charts import through_time as charts
from dlcore.experiment import Experiment
from dlcore.fields import Field
from dlcore.theory import cliff, spectral
from dlcore.ui.topic import Case, Comparison, Topic, show
from dlcore.ui.tries import Answer, Look, Try, Values

ORDER = 5
FIELDS = (
    Field("radius", "float", 1.1, "Spectral radius ρ", "The largest magnitude of an eigenvalue of the recurrent weights.", 0.1, 2.0, 0.05),
    Field("steps", "int", 100, "Steps T", "How far back the gradient has to go.", 1, 200, 1),
    Field(
        "shear",
        "float",
        0.0,
        "Non-normality",
        "0: a normal matrix. Above: directions feed into each other, the eigenvalues stay.",
        0.0,
        2.0,
        0.1,
    ),
    Field("drive", "float", 0.5, "Size of the inputs", "Their standard deviation. Large ones drive tanh to its flat ends.", 0.0, 2.0, 0.1),
    Field("limit", "float", 1.0, "Clip at", "The longest gradient of the weights that is let through; 0 clips nothing.", 0.0, 10.0, 0.5),
    Field("draw", "int", 0, "Draw", "Other weights and inputs.", 0, 20),
)
CLIFF = (
    Field("start", "float", 6.0, "Start w", "The weight before the first update.", 2.0, 8.0, 0.1),
    Field("rate", "float", 5.0, "Learning rate", "", 0.1, 10.0, 0.1),
    Field("limit", "float", 0.03, "Clip at", "The longest gradient that is let through.", 0.01, 1.0, 0.01),
    Field("updates", "int", 30, "Updates", "", 1, 100),
    Field("bias", "float", -2.0, "Bias b", "Where the cliff lies.", -3.0, 0.0, 0.1),
)
ADAM = {"optimizer": "adam", "learning_rate": "0.003"}
IDEA = r"""
Going back one step multiplies a gradient by the recurrent weights $W$, turned over, and by the slope of the activation:

$$\frac{\partial L}{\partial h_{t-1}} = W^{\top} \operatorname{diag}\big(f'(a_t)\big)\,\frac{\partial L}{\partial h_t}$$

$h_t$ is the state, $a_t$ the weighted sum in it, $L$ the loss. $T$ steps multiply $T$ times. The **spectral radius** $\rho$ (rho) is
the largest magnitude of an eigenvalue of $W$. If all of the net were linear and $W$ could be diagonalised, the gradient would in the end
go as $\rho^T$: it **vanishes** for $\rho < 1$ and **explodes** for $\rho > 1$.

A vanished gradient teaches nothing about the distant past; an exploded one throws the weights away in a single update.

**Where the rule ends.** With tanh, the slope $f'$ is at most 1, and below 1 wherever the unit is driven. So $\rho = 1.1$ vanishes too.
And a matrix need not be **normal** (normal: it commutes with its transpose, so its eigenvectors stand at right angles). Else its powers
can grow for many steps before they shrink, at $\rho = 0.9$ as well: the eigenvalues tell only how it ends.

**Clipping** (Pascanu, Mikolov & Bengio 2013) is the remedy for the one: where the gradient of the weights is longer than a limit,
shorten it to the limit and keep its direction. It mends no vanishing; that takes another net, such as those on the next pages.
"""


def through_time(values: Values, look: Look) -> Answer:
    steps, radius, draw = values.whole("steps"), values.number("radius"), values.whole("draw")
    weights = spectral.matrix(radius, values.number("shear"), seed=draw)
    flows = {
        name: spectral.flow(weights, steps, tanh=name == "tanh", drive=values.number("drive"), seed=draw) for name in ("linear", "tanh")
    }
    limit = values.number("limit")
    numbers = [("ρ to the power of T", f"{radius**steps:.2g}")]
    numbers += [(f"Left, {name}", f"{flow.norms[-1]:.2g}") for name, flow in flows.items()]
    sizes = [f"{name} {flow.weights:.3g}, clipped {spectral.clipped(flow.weights, limit):.3g}" for name, flow in flows.items()]
    text = "Gradient of the weights, summed over all steps: " + "; ".join(sizes) + "." if limit else "Nothing is clipped."
    with np.errstate(over="ignore"):
        rule = radius ** np.arange(steps + 1.0)
    note = "Dashed: ρ to the power of k, what the eigenvalues alone would say. The axis is logarithmic."
    return Answer(charts.norms({name: flow.norms for name, flow in flows.items()}, look.colours, rule=rule, note=note), numbers, text=text)


def over_the_cliff(values: Values, look: Look) -> Answer:
    bias, ways = values.number("bias"), {"as it is": 0.0, "clipped": values.number("limit")}
    grid = np.linspace(0, 10, 801)
    paths = {
        name: cliff.descend(values.number("start"), bias, values.number("rate"), values.whole("updates"), limit)
        for name, limit in ways.items()
    }
    figure = charts.cliff(
        grid, cliff.loss(grid, bias)[0], {name: (path.weights, path.losses) for name, path in paths.items()}, look.colours
    )
    numbers = [(f"Largest gradient, {name}", f"{np.abs(path.gradients).max():.2g}") for name, path in paths.items()]
    numbers += [(f"Loss at the end, {name}", f"{path.losses[-1]:.2g}") for name, path in paths.items()]
    return Answer(figure, numbers)


TOPIC = Topic(
    name="vanishing",
    title="Vanishing and exploding gradients",
    lead="Many steps multiply a gradient many times: it fades or blows up. Hochreiter, 1991; Bengio, Simard and Frasconi, 1994.",
    idea=IDEA,
    base=Experiment().with_(**{
        "dataset": "adding", "model": "rnn", "model.cell": "simple", "model.units": (32,),
        "optimizer": "sgd", "learning_rate": 0.03, "epochs": 10,
    }),
    matter=("dataset", "dataset.steps", "activation", "clipnorm", "learning_rate", "epochs"),
    parts=(
        Try("Try it: back through time", FIELDS, through_time, hint="Left: how large the gradient is T steps back; it is 1 at the end."),
        Try("The cliff, and clipping", CLIFF, over_the_cliff,
            hint="One unit, 50 steps: h ← w·σ(h) + b, and its last output should be 0.7. The example of Pascanu and others (2013)."),
    ),
    compare=(
        Comparison("Does clipping keep it alive?", "A rate of 0.1 is too much for some first weights: the loss leaves the numbers.", (
            Case("rate 0.03", {"optimizer.clipnorm": "0"}), Case("rate 0.1", {"learning_rate": "0.1", "optimizer.clipnorm": "0"}),
            Case("rate 0.1, clipped at 1", {"learning_rate": "0.1", "optimizer.clipnorm": "1"}),
            Case("ReLU, rate 0.1", {"learning_rate": "0.1", "activation": "relu", "optimizer.clipnorm": "0"}),
        )),
        Comparison("How far back can it learn?", "The adding problem with ever longer sequences: 0.167 is what guessing the mean gives.", (
            *(Case(f"{steps} steps", {"dataset.steps": str(steps), **ADAM}) for steps in (5, 15, 30, 50)),
        )),
    ),
    curves=("loss", "log loss", "first gradient"),
    misprints=(
        "“It vanishes when eigenvalues are below one and explodes when they are above.” Exact only for a linear net whose weights can be "
        "diagonalised. With tanh ρ = 1.1 vanishes too; a non-normal ρ = 0.9 grows first.",
        "The notes name three remedies for long memories and leave out the one for explosions: clipping.",
    ),
    sources=(
        "Hochreiter, S. (1991). Untersuchungen zu dynamischen neuronalen Netzen. Diploma thesis, TU München.",
        "Bengio, Y., Simard, P. & Frasconi, P. (1994). Learning long-term dependencies with gradient descent is difficult.",
        "Pascanu, R., Mikolov, T. & Bengio, Y. (2013). On the difficulty of training recurrent neural networks. ICML.",
        "Trefethen, L. & Embree, M. (2005). Spectra and pseudospectra: the behavior of nonnormal matrices and operators.",
    ),
    opens={"longer_memory": "Next: three ways to a longer memory"},
)  # fmt: skip

show(TOPIC)
