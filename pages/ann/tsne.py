"""t-SNE of layers: what each layer makes of the data, in the plane."""

from __future__ import annotations

import numpy as np

from dlcore.charts import neighbours as charts
from dlcore.experiment import Experiment
from dlcore.fields import Field
from dlcore.theory import neighbours
from dlcore.ui import embedding
from dlcore.ui.topic import Case, Comparison, Topic, show
from dlcore.ui.tries import Answer, Look, Try, Values

ORDER = 6
FIELDS = (
    Field("near", "int", 15, "Perplexity", "About how many neighbours count.", 2, 60),
    Field("x", "float", 2.0, "Point, across", "The nearest point to this place is the chosen one.", -5.0, 5.0),
    Field("y", "float", 1.2, "Point, up", "The nearest point to this place is the chosen one.", -5.0, 5.0),
    Field("points", "int", 0, "Draw", "Other points.", 0, 20),
)
IDEA = r"""
A layer of 64 units turns each image into 64 numbers: a point in 64 dimensions. **t-SNE** places one point in the plane for each of
them, so that neighbours there are neighbours here (van der Maaten & Hinton 2008).

First it says how much point $j$ counts as a neighbour of point $i$, with the distance $d_{ij}$ between them:

$$p_{j|i} = \frac{e^{-d_{ij}^2/2\sigma_i^2}}{\sum_{k \ne i} e^{-d_{ik}^2/2\sigma_i^2}}$$

The width $\sigma_i$ (sigma) is chosen for each point so that about as many neighbours count as the **perplexity** says: small where
points lie close, large where they are sparse. Then it moves points in the plane until their own weights, made with a curve of
heavier tails, resemble these.

**Trustworthiness** (Venna & Kaski 2001) says how many of the five nearest neighbours in the picture are near in the layer too: 1 is
all of them. Compare inputs, hidden layers and logits (the sums of the last layer, before the softmax): classes come apart as the net
works.
"""


def place(values: Values) -> tuple[float, float]:
    return values.number("x"), values.number("y")


def answer(values: Values, look: Look) -> Answer:
    points, which = neighbours.clumps(values.whole("points"))
    chosen = int(np.argmin(np.sum((points - np.array(place(values))) ** 2, axis=1)))
    others = np.arange(len(points)) != chosen
    squared = np.sum((points[others] - points[chosen]) ** 2, axis=1)
    found, sigma = neighbours.affinities(squared, values.number("near"))
    p = np.zeros(len(points))
    p[others] = found
    numbers = [
        ("σ of this point", f"{sigma:.3g}"), ("Neighbours that count", f"{neighbours.effective(found):.1f}"),
        ("Weight inside its clump", f"{p[which == which[chosen]].sum():.0%}"),
    ]  # fmt: skip
    return Answer(charts.neighbours(points, which, chosen, p, sigma, look.colours), numbers, charts.frame_of(points))


TOPIC = Topic(
    name="tsne",
    title="t-SNE of layers",
    lead="What each layer of a net makes of the data, laid out in the plane so that neighbours stay neighbours. "
    "Van der Maaten and Hinton, 2008.",
    idea=IDEA,
    base=Experiment().with_(**{"model.layers": (64, 32), "epochs": 20, "validation": 0.4}),
    matter=("dataset", "layers", "activation", "learning_rate", "epochs"),
    first="run",
    main=embedding.panel,
    parts=(
        Try("Try it: who is a neighbour?", FIELDS, answer, spot=("x", "y"), spot_at=place, more=("points",)),
    ),
    compare=(
        Comparison("Trained, and hardly.", "Open each alone, and look at the same layer.", (
            Case("1 epoch", {"epochs": "1"}), Case("20 epochs", {"epochs": "20"}),
        )),
    ),
    misprints=(
        "“A large cluster is spread out in truth.” Sizes mean nothing: t-SNE gives dense regions more room and sparse ones less.",
        "“Clusters far from each other are very different.” Distances between clusters mean little: only near neighbours are kept.",
        "“It is one picture.” Each perplexity and each seed draws another one. Look at several before you believe what you see.",
        "“Clumps are classes.” With a low perplexity even random numbers form clumps (Wattenberg, Viégas & Johnson 2016).",
    ),
    sources=(
        "Van der Maaten, L. & Hinton, G. (2008). Visualizing data using t-SNE.",
        "Wattenberg, M., Viégas, F. & Johnson, I. (2016). How to use t-SNE effectively. Distill.",
        "Venna, J. & Kaski, S. (2001). Neighborhood preservation in nonlinear projection methods.",
    ),
    opens={"activations": "Next: what bends a unit’s output"},
)  # fmt: skip

show(TOPIC)
