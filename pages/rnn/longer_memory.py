"""Longer memory: skip connections, leaky units and removed edges."""

from __future__ import annotations

from dlcore.charts import through_time as charts
from dlcore.experiment import Experiment
from dlcore.fields import Field
from dlcore.theory import memory
from dlcore.ui import sequence_nets
from dlcore.ui.topic import Case, Comparison, Topic, show
from dlcore.ui.tries import Answer, Look, Try, Values

ORDER = 6
WAYS = {"plain": "plain", "skip connections": "skip", "leaky units": "leaky", "removed edges": "removed"}
FIELDS = (
    Field("ways", "choice", tuple(WAYS), "Nets", "Any of the four.", choices=tuple(WAYS), many=True),
    Field("delay", "int", 10, "Delay d", "How many steps a skip connection spans.", 1, 20, unit="steps"),
    Field("leak", "float", 0.9, "Leak α", "What a leaky unit keeps of itself at each step.", 0.0, 0.999, 0.001),
    Field("radius", "float", 0.9, "Spectral radius ρ", "Of the recurrent weights.", 0.1, 1.5, 0.05),
    Field("steps", "int", 100, "Steps back", "", 10, 200, 10),
    Field("drive", "float", 0.3, "Size of the inputs", "Their standard deviation.", 0.0, 2.0, 0.1),
    Field("draw", "int", 0, "Draw", "Other weights and inputs.", 0, 20),
)
HINT = "1 %: so many steps back the gradient is last at a hundredth of its size, or more."
LAYER = Field("layer", "int", 0, "Recurrent layer", "Counted from 0.", 0, 7)
IDEA = r"""
A state that passes through every step loses the gradient on the way. These nets give it a shorter way, or a slower one. Some of their
units then work on a long time scale, others on a short one.

**Skip connections through time** lead from $h_{t-d}$ straight to $h_t$, besides those from $h_{t-1}$. $d$ is the **delay**. A way of
$\tau$ steps now has $\tau/d$ links, so the gradient shrinks with $\tau/d$ in the exponent and not with $\tau$. The single steps remain;
along them it may still explode.

**Leaky units** keep a share $\alpha$ (alpha) of themselves at each step:

$$h_t = \alpha\,h_{t-1} + (1-\alpha)\,v_t$$

where $v_t$ is what an ordinary unit would put out. What was there $k$ steps ago counts $\alpha^k$. It has halved after

$$k_{1/2} = \frac{\ln \tfrac12}{\ln \alpha}$$

steps, the **half-life**: 7 for $\alpha = 0.9$, 69 for 0.99, 693 for 0.999. For $\alpha = 0$ it is an ordinary unit. $\alpha$ moves
smoothly where $d$ comes in whole steps, and it can be learned.

**Removed edges**: take away the links of length one and keep only longer ones. A unit with the skip alone *has to* work on a long time
scale, where one with both may choose the short way. A clockwork net (Koutník and others 2014) does it in groups: each group of units
moves only every 1st, 2nd, 4th … step.

None of these nets can decide *when* to forget. Gates can: the next page.
"""


def compared(values: Values, look: Look) -> Answer:
    chosen = {title: WAYS[title] for title in values.words("ways")}
    delay, leak = values.whole("delay"), values.number("leak")
    nets = {title: memory.Net(way, delay, leak, values.number("radius"), seed=values.whole("draw")) for title, way in chosen.items()}
    found = {title: memory.reach(net, values.whole("steps"), values.number("drive")) for title, net in nets.items()}
    numbers = [("Half-life, leaky", f"{memory.half_life(leak):.3g} steps")]
    numbers += [(f"1 %, {title}", f"{memory.last_above(norms, 0.01)} back") for title, norms in found.items()]
    colours = [look.colour(list(WAYS).index(title)) for title in found]
    note = "Skip connections have half the weights on each way, so that a unit takes in as much as in the plain net."
    return Answer(charts.norms(found, colours, note=note), numbers)


def hides(values: Values) -> tuple[str, ...]:
    chosen = {WAYS[title] for title in values.words("ways")}
    return ("delay",) * (not chosen & {"skip", "removed"})


TOPIC = Topic(
    name="longer_memory",
    title="Longer memory",
    lead="Shorter ways back, slower units, or no short ways at all. Lin and others, 1996; Mozer, 1992; El Hihi and Bengio, 1996.",
    idea=IDEA,
    base=Experiment().with_(**{
        "dataset": "adding", "dataset.steps": 30, "model": "rnn", "model.cell": "simple", "learning_rate": 0.003, "epochs": 20,
        "optimizer.clipnorm": 1.0,
    }),
    matter=("dataset", "dataset.steps", "model", "units", "learning_rate", "epochs"),
    parts=(Try("Try it: how far the gradient gets", FIELDS, compared, hides=hides, hint=HINT),
           Try("Gradient of your runs", (LAYER,), sequence_nets.gradients, live=sequence_nets.working,
               hint="Of all opened runs: press Compare to train them side by side.")),
    compare=(
        Comparison("Which one remembers?", "The adding problem over 30 steps; guessing the mean gives a loss of 0.167.", (
            Case("plain", {"model": "rnn", "model.cell": "simple", "model.units": "64"}),
            Case("skip 5", {"model": "skip_rnn", "model.skip": "5", "model.units": "64"}),
            Case("leaky 0.9", {"model": "leaky_rnn", "model.alpha": "0.9", "model.units": "64"}),
            Case("removed edges", {"model": "skip_rnn", "model.skip": "5", "model.keep_short": "false", "model.units": "64"}),
            Case("clockwork", {"model": "clockwork_rnn", "model.units": "64"}),
        )),
        Comparison("How leaky?", "A larger α remembers longer and reacts more slowly.", (
            *(Case(f"α = {alpha}", {"model": "leaky_rnn", "model.alpha": alpha}) for alpha in ("0.0", "0.5", "0.9", "0.99")),
        )),
    ),
    curves=("loss", "log loss", "first gradient"),
    misprints=(
        "“Gradients diminish as a function of τ/d rather than τ.” That holds on the way along the skips; the single steps are still there, "
        "and along them gradients may explode in τ.",
    ),
    sources=(
        "Lin, T., Horne, B., Tiňo, P. & Giles, C. L. (1996). Learning long-term dependencies in NARX recurrent neural networks.",
        "El Hihi, S. & Bengio, Y. (1996). Hierarchical recurrent neural networks for long-term dependencies. NIPS 8.",
        "Mozer, M. (1992). Induction of multiscale temporal structure. NIPS 4.",
        "Jaeger, H. and others (2007). Optimization and applications of echo state networks with leaky-integrator neurons.",
        "Koutník, J. and others (2014). A clockwork RNN. ICML.",
    ),
    opens={"gates": "Next: units that decide when to forget"},
)  # fmt: skip

show(TOPIC)
