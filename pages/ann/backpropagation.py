"""Backpropagation: who is to blame for the error, and how much."""

from __future__ import annotations

from dlcore.charts import backpropagation as charts
from dlcore.experiment import Experiment
from dlcore.fields import Field
from dlcore.theory.backpropagation import PARAMETERS, Net, steps
from dlcore.ui.topic import Case, Comparison, Topic, show
from dlcore.ui.tries import Answer, Look, Try, Values

ORDER = 8
LAST = len(steps(Net(), 0, 0, 0, 0))
STEP = Field("step", "int", 7, "Step", "Seven steps forward, thirteen back, nine to update.", 0, LAST, 1)
CASE = (
    Field("x1", "float", 0.05, "Input x₁", "", -2.0, 2.0, 0.05), Field("x2", "float", 0.10, "Input x₂", "", -2.0, 2.0, 0.05),
    Field("t", "float", 0.01, "Target t", "What the output should be.", 0.0, 1.0, 0.01),
    Field("rate", "float", 0.5, "Learning rate ε", "How far the update goes.", 0.01, 10.0, log=True),
)  # fmt: skip
WEIGHTS = tuple(Field(name, "float", getattr(Net(), name), charts.NAMES[name], "", -3.0, 3.0, 0.05) for name in PARAMETERS)
IDEA = r"""
A net computes **forward**: weighted sums $z$, then outputs $h=\sigma(z)$, layer by layer up to the output $o$. The **loss**
$L=\tfrac12(o-t)^2$ says how far $o$ is from the target $t$. Which weight is to blame, and how much? The **gradient** $\partial
L/\partial w$ answers for one weight $w$: how much the loss would grow if $w$ grew a little.

Backpropagation finds all gradients in one pass **backward**. It is the chain rule, used in the right order: what a change of $h$ does
to the loss is what it does to everything behind it, times the weights in between.

$$
\begin{aligned}
\frac{\partial L}{\partial h_1} &= \frac{\partial L}{\partial s}\,v_1 \\
\frac{\partial L}{\partial z_1} &= \frac{\partial L}{\partial h_1}\,h_1(1-h_1) \\
\frac{\partial L}{\partial w_{11}} &= \frac{\partial L}{\partial z_1}\,x_1
\end{aligned}
$$

Here $s$ is the output unit's weighted sum, $v_1$ its weight from $h_1$, and $h_1(1-h_1)$ is the slope of the sigmoid. Each factor was
found on the way, so going back costs about as much as going forward twice, however many weights there are.

To check a gradient, move the weight a tiny step up and down and look at the loss: the **finite difference**
$\big(L(w+\delta)-L(w-\delta)\big)/2\delta$. It needs two forward passes for every weight, and gives the same numbers.
"""


def at(values: Values) -> tuple[Net, tuple[float, float, float]]:
    net = Net(**{name: values.number(name) for name in PARAMETERS if name in values})
    return net, (values.number("x1"), values.number("x2"), values.number("t"))


def stepped(values: Values, look: Look) -> Answer:
    net, case = at(values)
    every, count = steps(net, *case, values.number("rate")), values.whole("step")
    done, now = every[:count], every[count - 1] if count else None
    found = {phase: {step.name: step.value for step in done if step.phase == phase} for phase in ("forward", "backward", "update")}
    known = {"x1": case[0], "x2": case[1], **found["forward"]}
    said = f"{now.phase.capitalize()}: ${now.formula} = {now.value:.5g}$" if now else "Nothing is computed yet: press Next."
    weights = {name: getattr(net, name) for name in PARAMETERS}
    figure = charts.net(weights, known, found["backward"], now.lights if now else (), found["update"], look.colours,
                        f"Step {count} of {LAST} of the computation.")  # fmt: skip
    before = net.forward(*case)["loss"]
    after = net.updated(net.backward(*case), values.number("rate")).forward(*case)["loss"]
    return Answer(figure, [("Step", f"{count} of {LAST}"), ("Loss now", f"{before:.4g}"), ("After one update", f"{after:.4g}")], text=said)


def checked(values: Values, look: Look) -> Answer:
    net, case = at(values)
    exact, differences = net.backward(*case), net.differences(*case)
    rows = [f"| {charts.NAMES[name]} | {exact[name]:.8f} | {differences[name]:.8f} |" for name in PARAMETERS]
    weights = {name: getattr(net, name) for name in PARAMETERS}
    known = {"x1": case[0], "x2": case[1], **net.forward(*case)}
    figure = charts.net(weights, known, exact, (), {}, look.colours, "The net with all of its gradients.")
    largest = max(abs(exact[name] - differences[name]) for name in PARAMETERS)
    table = "\n".join(["| parameter | backpropagation | finite difference |", "|---|---|---|", *rows])
    return Answer(figure, [("Largest difference", f"{largest:.1e}")], text=table)


TOPIC = Topic(
    name="backpropagation",
    title="Backpropagation",
    lead="The chain rule, from the error back to every weight, in one pass. Linnainmaa, 1970; Rumelhart, Hinton and Williams, 1986.",
    idea=IDEA,
    base=Experiment().with_(**{"model.layers": (16,), "model.activation": "sigmoid", "optimizer": "sgd", "learning_rate": 0.5}),
    matter=("layers", "activation", "learning_rate", "epochs"),
    parts=(
        Try("Try it: one step at a time", (STEP, *CASE), stepped, steps="step", last=lambda values: LAST),
        Try("Every gradient checked", (*CASE[:3], *WEIGHTS), checked),
    ),
    compare=(
        Comparison("How far do gradients reach?", "Sigmoid nets of growing depth. Choose *First gradient* above the chart.", (
            *(Case(f"{depth} hidden", {"model.layers": ",".join(["16"] * depth)}) for depth in (1, 2, 4, 8)),
        )),
    ),
    curves=("loss", "accuracy", "first gradient", "update ratio"),
    misprints=(
        "“The whole process, update included, is backpropagation.” Backpropagation computes the gradients; the optimizer updates the "
        "weights.",
    ),
    sources=(
        "Linnainmaa, S. (1970). The representation of the cumulative rounding error of an algorithm (reverse mode).",
        "Rumelhart, D., Hinton, G. & Williams, R. (1986). Learning representations by back-propagating errors. Nature 323.",
        "The numbers one begins with: Mazur, M. (2015). A step by step backpropagation example.",
    ),
    opens={"surfaces": "Next: the ground that gradients lead over"},
)  # fmt: skip

show(TOPIC)
