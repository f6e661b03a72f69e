"""McCulloch–Pitts unit: logic from a threshold."""

from __future__ import annotations

from dlcore.charts import neuron as charts
from dlcore.fields import Field
from dlcore.theory import mcculloch_pitts as theory
from dlcore.ui.topic import Topic, show
from dlcore.ui.tries import Answer, Look, Try, Values

ORDER = 2
KINDS = ("excites", "inhibits", "not connected")
FIELDS = (
    Field("gate", "choice", "AND", "Gate to build", "What the unit should answer to four pairs of inputs.", choices=tuple(theory.GATES)),
    Field("threshold", "int", 1, "Threshold θ", "The unit fires when the number of active exciting inputs reaches it.", 0, 3),
    Field("first", "choice", "excites", "Input x₁", choices=KINDS),
    Field("second", "choice", "excites", "Input x₂", choices=KINDS),
)
IDEA = r"""
The unit knows only 0 and 1. It counts the **exciting** inputs that are 1. When the count reaches the **threshold** $\theta$ (theta)
and no **inhibiting** input is 1, its output $o$ is 1, else 0:

$$
\begin{aligned}
o = 1\ \text{ if }\ & \textstyle\sum_i x_i \ge \theta \\
\text{and }\ & \text{every inhibiting input is } 0
\end{aligned}
$$

That is enough for logic. With $\theta=2$ two inputs make AND, with $\theta=1$ they make OR; one inhibiting input and $\theta=0$ make
NOT.

**XOR**, one or the other but not both, is beyond a single unit: adding an active input can raise the count or silence the unit, and
neither lets the answer go up for one input and down again for two. Try every setting: three rows of four is the best there is. Two
layers can do it.

Nothing is learnt here: a person chooses the threshold. The perceptron, fifteen years later, learns.
"""


def answer(values: Values, look: Look) -> Answer:
    kinds, gate, threshold = (values.word("first"), values.word("second")), values.word("gate"), values.whole("threshold")
    inhibits, connected = [kind == "inhibits" for kind in kinds], [kind != "not connected" for kind in kinds]
    rows = theory.inputs(2)
    right = theory.right_rows(gate, threshold, inhibits, connected)
    verdict = f"This unit is {gate}." if right == 4 else "Not there yet." if gate != "XOR" else "No single unit gets all four."
    fired = theory.fires(rows, threshold, inhibits, connected)
    return Answer(
        charts.unit(rows, fired, theory.GATES[gate], threshold, kinds, look.colours), [("Rows right", f"{right} of 4"), ("So", verdict)]
    )


TOPIC = Topic(
    name="mcculloch_pitts",
    title="McCulloch–Pitts unit",
    lead="The first artificial neuron: a count, a threshold, and logic follows. McCulloch and Pitts, 1943.",
    idea=IDEA,
    parts=(Try("Try it: build a gate", FIELDS, answer, hint="Choose a gate, then find the threshold and the connections that make it."),),
    misprints=(
        "“The inputs have normalised positive weights W₁ … W_N.” The unit of 1943 has none: every exciting input counts 1, and an "
        "inhibiting "
        "one has an absolute veto.",
        "“Added in the 1960s.” The paper is of 1943.",
    ),
    sources=(
        "McCulloch, W. & Pitts, W. (1943). A logical calculus of the ideas immanent in nervous activity. "
        "Bulletin of Mathematical Biophysics 5.",
        "Minsky, M. & Papert, S. (1969). Perceptrons.",
    ),
    opens={"perceptron": "Next: a unit that learns its weights"},
)

show(TOPIC)
