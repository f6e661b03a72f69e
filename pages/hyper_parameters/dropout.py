"""Dropout: a different net in every step."""

from __future__ import annotations

import numpy as np

from dlcore.charts import hyper_parameters as charts
from dlcore.experiment import Experiment
from dlcore.fields import Field
from dlcore.theory import dropout
from dlcore.ui.topic import Case, Comparison, Topic, show
from dlcore.ui.topic_search import Looking
from dlcore.ui.tries import Answer, Look, Try, Values

ORDER = 5
UNITS = 128
RATE = Field("rate", "float", 0.5, "Dropout rate p", "Share of units switched off in each step.", 0.0, 0.9, 0.05)
SEEN = (RATE, Field("step", "int", 1, "Training step", "Each step draws another net.", 1, 60))
MANY = (
    Field("p", "float", 0.2, "Dropout rate p", "", 0.0, 0.9, 0.05),
    Field("nets", "int", 50, "Nets averaged", "Each with another random half of its units.", 2, 400, 2),
    Field("data", "int", 0, "Data", "Other points with the same truth behind them.", 0, 10),
)
IDEA = r"""
In each training step every unit is switched off with probability $p$. What is left must do without it, so no unit can lean on one
particular other. The outputs that stay are divided by $1-p$, so that the next layer's sums keep their size on average:

$$\tilde h = \frac{m\odot h}{1-p}, \qquad m_i\sim\text{Bernoulli}(1-p)$$

$h$ holds the layer's outputs, $m$ is a **mask** of zeros and ones drawn anew in every step ($m_i$ is 1 with probability $1-p$), and
$\odot$ multiplies unit by unit. After training nothing is dropped. Inputs may be dropped too, at a lower rate.

**An ensemble.** With $n$ units there are $2^n$ masks, hence as many thinned nets, all sharing their weights. Using the whole net at
the end is close to averaging all of them. Bagging, which trains many separate nets, is what it stands in for.

**How sure is it?** Keep dropping after training, predict many times, and look at the spread: *Monte-Carlo dropout* (Gal & Ghahramani
2016). Where there were no data, the thinned nets disagree.
"""


def seen(values: Values, look: Look) -> Answer:
    rate = values.number("rate")
    mask = dropout.masks(60, UNITS, rate)[values.whole("step") - 1]
    numbers = [("Kept", f"{int((mask > 0).sum())} of {UNITS}"), ("Times", f"{1 / (1 - rate):.3g}"),
               ("The mean of all strays by", f"±{dropout.spread(rate, UNITS):.0%}")]  # fmt: skip
    return Answer(charts.mask(mask > 0, look.colour(0)), numbers)


def many(values: Values, look: Look) -> Answer:
    fit = dropout.fitted(values.number("p"), values.whole("nets"), seed=values.whole("data"))
    averaged = np.cumsum(fit.each, axis=0) / np.arange(1, len(fit.each) + 1)[:, None]
    errors = np.sqrt(np.mean((averaged - fit.whole) ** 2, axis=1))
    figure = charts.band(fit.x, fit.truth, fit.whole, fit.mean, fit.deviation, fit.each, (fit.points_x, fit.points_y), look.colours)
    numbers = [("Widest band", f"±{2 * fit.deviation.max():.2g}"), ("Mean to whole net", f"{errors[-1]:.2g}")]
    return Answer(figure, numbers, below=charts.ensemble(errors, look.colour(1)))


TOPIC = Topic(
    name="dropout",
    title="Dropout",
    lead="Switch off random units while training, and the net can no longer lean on any one of them. Srivastava and others, 2014.",
    idea=IDEA,
    base=Experiment().with_(**{"model.layers": (256,), "examples": 300, "label_noise": 0.2, "epochs": 80, "model.dropout": 0.5}),
    matter=("dropout", "input_dropout", "layers", "label_noise", "examples", "learning_rate", "epochs"),
    first="run",
    parts=(Try("Try it: what a unit sees", SEEN, seen), Try("Many nets in one", MANY, many)),
    compare=(
        Comparison("None, half, most.", "210 training images, a fifth of them mislabelled: without dropout the net learns the "
        "mistakes by heart.", (
            *(Case(f"rate {rate}" if rate != "0" else "none", {"dropout": rate}) for rate in ("0", "0.2", "0.5", "0.8")),
        )),
        Comparison("Inputs or hidden units?", "Dropping pixels is another kind of noise.", (
            Case("hidden 0.5", {"dropout": "0.5", "input_dropout": "0"}), Case("input 0.2", {"dropout": "0", "input_dropout": "0.2"}),
            Case("both", {"dropout": "0.5", "input_dropout": "0.2"}),
        )),
    ),
    curves=("loss", "accuracy", "gap"),
    misprints=(
        "“Units are removed from hidden layers.” Inputs may be dropped too; outputs are rescaled by 1/(1 − p); and the thinned nets "
        "share their "
        "weights, unlike those of bagging.",
    ),
    sources=(
        "Srivastava, N., Hinton, G., Krizhevsky, A., Sutskever, I. & Salakhutdinov, R. (2014). Dropout.",
        "Gal, Y. & Ghahramani, Z. (2016). Dropout as a Bayesian approximation.",
        "Wager, S., Wang, S. & Liang, P. (2013). Dropout training as adaptive regularization (used in *Many nets in one*).",
    ),
    search=Looking(("dropout", "dropout_per_layer"), "model.dropout"),
    opens={"early_stopping": "Next: leave while it is best"},
)  # fmt: skip

show(TOPIC)
