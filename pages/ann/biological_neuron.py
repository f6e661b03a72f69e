"""Biological neuron: the cell that the formula imitates."""

from __future__ import annotations

from dlcore.charts import neuron as charts
from dlcore.fields import Field
from dlcore.ui.topic import Topic, show
from dlcore.ui.tries import Answer, Look, Try, Values

ORDER = 1
INPUTS = tuple(Field(f"x{i}", "bool", i != 2, f"Signal at input {i}", "Whether this dendrite receives a signal.") for i in (1, 2, 3))
WEIGHTS = tuple(
    Field(f"w{i}", "float", start, f"Weight w{sub}", "Above 0 it excites, below 0 it holds back.", -1.0, 1.0, 0.1)
    for i, sub, start in ((1, "₁", 0.6), (2, "₂", -0.4), (3, "₃", 0.5))
)
BIAS = Field("b", "float", -0.8, "Bias b", "What is added to the sum: −0.8 asks for a sum of 0.8 from the inputs.", -1.5, 1.5, 0.1)
IDEA = r"""
A nerve cell takes in signals through its **dendrites**. Each signal arrives across a **synapse**, a gap that passes it on strongly or
weakly, and either excites the cell or holds it back. The **cell body** adds up what arrives. If the sum is large enough where the
axon begins, the cell fires: a pulse runs along the **axon**, and splits up to reach other cells.

The formula keeps five of these parts and forgets the rest:

$$o = f\Big(\sum_i w_i x_i + b\Big)$$

$x_i$ is what arrives at input $i$, the **weight** $w_i$ is the strength of its synapse, the **bias** $b$ shifts the point at which
the cell fires, $f$ is the **activation**, here 1 from a sum of 0 on and 0 below, and $o$ is what goes out.

What the formula leaves out is much: real cells answer with trains of pulses in time, their synapses change with use, and a single
dendrite can compute. An artificial net is inspired by the brain; it is no model of it.
"""


def answer(values: Values, look: Look) -> Answer:
    inputs = [float(values.on(f"x{i}")) for i in (1, 2, 3)]
    weights = [values.number(f"w{i}") for i in (1, 2, 3)]
    # Sliders move in tenths, whose sums miss 0 by a rounding error.
    total = round(sum(w * x for w, x in zip(weights, inputs, strict=True)) + values.number("b"), 9)
    output = float(total >= 0)
    numbers = [("Sum with bias", f"{total:.3g}"), ("Output o", f"{output:g}"), ("The cell", "fires" if output else "is silent")]
    return Answer(charts.neuron(weights, inputs, total, output, look.colours), numbers)


TOPIC = Topic(
    name="biological_neuron",
    title="Biological neuron",
    lead="Five parts of a nerve cell and the five parts of the formula that imitate them. After Ramón y Cajal, 1888, and McCulloch "
    "and Pitts, "
    "1943.",
    idea=IDEA,
    parts=(Try("Try it: make the cell fire", (*INPUTS, *WEIGHTS, BIAS), answer),),
    misprints=(
        "“Synapses store information, and all weights are added when they are active at the same time.” Each weight counts as much as its "
        "input is active: what is added is weight times input.",
    ),
    sources=(
        "Kandel, E. and others (2021). Principles of neural science, 6th edition.",
        "McCulloch, W. & Pitts, W. (1943). A logical calculus of the ideas immanent in nervous activity.",
    ),
    opens={"mcculloch_pitts": "Next: the first formula for a neuron"},
)

show(TOPIC)
