"""Weights: where they begin."""

from __future__ import annotations

from dlcore import registry
from dlcore.charts import hyper_parameters as charts
from dlcore.experiment import Experiment
from dlcore.fields import Field
from dlcore.theory import activations, signal
from dlcore.ui.topic import Case, Comparison, Topic, show
from dlcore.ui.topic_search import Looking
from dlcore.ui.tries import Answer, Look, Try, Values

ORDER = 3
STARTS = {spec.title: name for name, spec in registry.members("initializers").items() if name in signal.INITIALIZERS}
KINDS = {activations.activation(name).title: name for name in activations.NAMES}
DEEP = ",".join(["64"] * 10)
FIELDS = (
    Field("start", "choice", "Glorot, uniform", "Weights at start", choices=tuple(STARTS)),
    Field("kind", "choice", "ReLU", "Activation", choices=tuple(KINDS)),
    Field("depth", "int", 20, "Layers", "", 1, 50),
    Field("scale", "float", 0.0, "Scale", "Deviation, limit, gain or value; 0 is the initialiser's own.", 0.0, 2.0, 0.01),
    Field("k", "int", 15, "Connections k", "Of the sparse start: weights of a unit that are not 0.", 1, 64),
    Field("width", "int", 64, "Units in a layer", "", 4, 128, log=True),
)
IDEA = r"""
If two units of a layer begin with the same weights, they compute the same, get the same gradient, and stay the same for ever. Any
**constant** start does that, not only zero: the layer has a single distinct unit. So weights are drawn at random.

How large? A layer of $n$ inputs adds $n$ random terms. If each weight has variance $\operatorname{Var}(w)$, the signal's variance is
multiplied by about $n\operatorname{Var}(w)$ in every layer, and the gradient's likewise on its way back. A factor a little below 1
makes it vanish over many layers, above 1 it explodes. So one wants about 1:

- **Glorot** (2010): $\operatorname{Var}(w)=2/(n_{\text{in}}+n_{\text{out}})$, for inputs and outputs of the layer; made for tanh.
- **He** (2015): $2/n_{\text{in}}$, twice as much, because ReLU sets half of the signal to 0.
- **LeCun** (1998): $1/n_{\text{in}}$, which keeps the sums as they are; the activation SELU counts on it.
- **Orthogonal** (Saxe and others 2014): a random rotation, times a **gain**; $\sqrt2$ suits ReLU.
- **Sparse** (Martens 2010): $k$ random inputs per unit, here of variance $2/k$, all other weights 0.

Glorot and He each come as a uniform and as a normal distribution. Their scale shrinks with the *width* of a layer, not with the
depth.
"""


def answer(values: Values, look: Look) -> Answer:
    found = signal.propagate(
        depth=values.whole("depth"), width=values.whole("width"), activation=KINDS[values.word("kind")],
        initializer=STARTS[values.word("start")], scale=values.number("scale"), connections=values.whole("k"),
    )  # fmt: skip
    numbers = [("Distinct units", f"{int(found.distinct.min())} of {values.whole('width')}"),
               ("Signal at the top", f"{found.forward[-1]:.2g}"),
               ("Gradient at layer 1", f"{found.backward[0]:.2g}")]  # fmt: skip
    return Answer(charts.signal(found.forward, found.backward, look.colours), numbers)


def hidden(values: Values) -> tuple[str, ...]:
    """Settings that this initialiser does not have."""
    start = STARTS[values.word("start")]
    scale = () if registry.find("initializers", start).scale_label else ("scale",)
    return scale if start == "martens_sparse" else (*scale, "k")


TOPIC = Topic(
    name="weights",
    title="Weights",
    lead="Random, and of the right size: else the signal dies out or explodes before training begins. Glorot and Bengio, 2010; He and "
    "others, 2015.",
    idea=IDEA,
    base=Experiment().with_(**{"model.layers": (64,) * 10, "epochs": 15}),
    matter=("initializer", "initializer_scale", "initializer_connections", "activation", "layers", "learning_rate", "epochs"),
    first="run",
    parts=(Try("Try it: a signal through the layers", FIELDS, answer,
               hides=hidden),),
    compare=(
        Comparison("Ten layers of ReLU, six starts.", "Constant weights stay at chance; the size decides the rest.", (
            Case("zeros", {"initializer": "zeros"}), Case("normal 0.05", {"initializer": "random_normal"}),
            Case("Glorot", {"initializer": "glorot_uniform"}), Case("He", {"initializer": "he_normal"}),
            Case("orthogonal √2", {"initializer": "orthogonal", "initializer_scale": "1.4142"}),
            Case("sparse", {"initializer": "martens_sparse"}),
        )),
        Comparison("Ten layers of tanh.", "What suits ReLU is too large here.", (
            *(Case(f"tanh, {title}", {"initializer": name, "activation": "tanh"}) for title, name in (
                ("Glorot", "glorot_uniform"), ("He", "he_normal"), ("LeCun", "lecun_normal"), ("normal 0.05", "random_normal"))),
        )),
    ),
    curves=("accuracy", "loss", "first gradient", "dead units"),
    misprints=(
        "“Weights must not be zero.” No constant will do: what counts is that units differ.",
        "“Glorot is uniform, He is Gaussian.” Each has both forms.",
        "“With more layers every weight becomes small.” Their scale follows the width of a layer, not the number of layers.",
    ),
    sources=(
        "Glorot, X. & Bengio, Y. (2010). He, K. and others (2015), Delving deep into rectifiers.",
        "Saxe, A., McClelland, J. & Ganguli, S. (2014). LeCun, Y. and others (1998), Efficient BackProp.",
        "Martens, J. (2010). Deep learning via Hessian-free optimization.",
    ),
    search=Looking(("weights",), "model.initializer_scale"),
    opens={"weight_decay": "Next: small weights on purpose"},
)  # fmt: skip

show(TOPIC)
