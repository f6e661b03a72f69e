"""Feed-forward network: units in layers."""

from __future__ import annotations

from dlcore.charts.net import net
from dlcore.charts.stages import stages
from dlcore.experiment import Experiment
from dlcore.services import viewing
from dlcore.ui import layer_sliders
from dlcore.ui.topic import Case, Comparison, Topic, show
from dlcore.ui.tries import Answer, Look, Try, Values

ORDER = 4
IDEA = r"""
One perceptron draws one straight border. Many of them side by side make a **layer**, and layers behind each other make a **network**.
The first layer is the input: it computes nothing. The last one gives the answer: for classes, a probability for each. Those between
are called **hidden**, because nobody says what they should put out.

In a **dense** layer every unit sees all outputs of the layer before it:

$$h = f(W x + b)$$

$x$ holds the layer's inputs, $W$ one **weight** for every pair of input and unit, $b$ one **bias** for each unit, $f$ is the
activation, and $h$ holds the layer's outputs. A layer of $m$ units behind $n$ values has $n\cdot m$ weights and $m$ biases:
$(n+1)\,m$ **parameters**, the numbers that training changes. The number of layers and units is not learnt. It is a
**hyper-parameter**: you choose it.

With one hidden layer that is wide enough, a network comes as close as you like to any continuous function on a bounded region
(Cybenko 1989; Hornik 1991). That says that such a net exists, not that training finds it.
"""


def answer(values: Values, look: Look) -> Answer:
    experiment, run = look.opened.experiment, look.opened.run
    drawn = stages(experiment.plan(), experiment.shape.input)
    view = viewing.view(run.id) if run and experiment == Experiment.from_json(run.experiment) else None
    lines = [
        f"| {stage.title} | {stage.shape} | {stage.parameters:,} |"
        for stage in drawn
    ]  # fmt: skip
    table = "\n".join(["| layer | puts out | weights and biases |", "|---|---|---|", *lines])
    numbers = [("Parameters", f"{sum(stage.parameters for stage in drawn):,}"), ("Layers with weights", str(len(drawn) - 1))]
    if not view:
        numbers.append(("Weights as colours", "press Train"))
    return Answer(net(drawn, view.kernels if view else {}, look.dark), numbers, text=table)


TOPIC = Topic(
    name="ann_diagram",
    title="Feed-forward network",
    lead="Units in layers: each sees all of the layer before, and what they can express grows with every layer. Cybenko, 1989; "
    "Hornik, 1991.",
    idea=IDEA,
    base=Experiment().with_(dataset="moons", **{"model.layers": (8, 8), "learning_rate": 0.01, "epochs": 40}),
    matter=("dataset", "layers", "activation", "learning_rate", "epochs"),
    parts=(Try("Try it: change the layers", (), answer, verbs=layer_sliders.sliders, hint="The data set decides the ends, you the "
               "layers between. Train the net, and every weight takes a colour."),),
    compare=(
        Comparison("How many layers do two moons need?", "Without a hidden layer the border is a straight line.", (
            Case("no hidden layer", {"model.layers": ""}), Case("2 units", {"model.layers": "2"}), Case("8 units", {"model.layers": "8"}),
            Case("8, 8 units", {"model.layers": "8,8"}),
        )),
    ),
    sources=(
        "Cybenko, G. (1989). Approximation by superpositions of a sigmoidal function.",
        "Hornik, K. (1991). Approximation capabilities of multilayer feedforward networks.",
    ),
    opens={"mlp": "Next: a net learns to tell images apart", "workbench": "The same with every setting: workbench"},
)  # fmt: skip

show(TOPIC)
