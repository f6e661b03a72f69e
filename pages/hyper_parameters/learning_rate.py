"""Learning rate: how far each step goes."""

from __future__ import annotations

import numpy as np

from dlcore.charts import hyper_parameters as charts
from dlcore.experiment import Experiment
from dlcore.fields import Field
from dlcore.theory import descent
from dlcore.ui.progress import steps_per_epoch
from dlcore.ui.topic import Case, Comparison, Topic, show
from dlcore.ui.topic_search import Looking
from dlcore.ui.tries import Answer, Look, Try, Values

ORDER = 1
X = np.linspace(-3, 3, 121)
DRAWN = 800
FIELDS = (
    Field("rate", "float", 0.2, "Learning rate ε", "How far a step goes against the slope.", 0.01, 2.5, 0.01),
    Field("steps", "int", 12, "Steps", "", 1, 60),
)
IDEA = r"""
Each step moves a weight $w$ against the slope of the loss: $w \leftarrow w-\varepsilon\,\frac{dL}{dw}$. The learning rate
$\varepsilon$ (epsilon) is how far. Small rates get there slowly. Large ones jump over the valley and, on a parabola $L=\tfrac12w^2$,
land higher than they began once $\varepsilon>2$: training **diverges**. In a net the steepest direction sets that limit.

**Range test.** Train once while the rate climbs in every step, and look at the loss: it falls fastest at a good rate, and explodes
where it is too large. Smith (2017) climbs in a straight line and looks at accuracy. The exponential climb with the loss, which most
people use today, is fastai's (Gugger 2018). The tab *Search* opens it with your settings, and trains at the rate you pick.

**Schedules** change the rate while training. Step decay, exponential decay and half a cosine let it fall, so that the last steps no
longer dance around the bottom. Cyclical rates go up and down between two bounds (Smith 2017). One cycle climbs once and then falls
far below where it began (Smith & Topin 2018). Compare them fairly: the same number of epochs, and a cyclical run stopped at the
bottom of a cycle.
"""


def parabola(values: Values, look: Look) -> Answer:
    rate = values.number("rate")
    walk = descent.descend("sgd", lambda p: p, (2.5, 0.0), descent.Settings(rate=rate), values.whole("steps"))
    x = walk.points[:, 0]
    verdicts = ((2.0, "diverges"), (1.999, "jumps for ever"), (1.0, "zigzags"), (0.05, "arrives"), (0.0, "creeps"))
    verdict = next(words for limit, words in verdicts if rate > limit)
    return Answer(charts.valley(X, X**2 / 2, x, x**2 / 2, look.colours), [("After the last step", f"w = {x[-1]:.3g}"), ("It", verdict)])


def schedule(values: Values, look: Look) -> Answer:
    experiment = look.opened.experiment
    per_epoch = steps_per_epoch(experiment)
    steps = per_epoch * experiment.epochs
    rates = experiment.schedule_spec.rates(experiment.optimizer.settings["learning_rate"], steps, per_epoch, **experiment.schedule.settings)
    kept = np.unique(np.linspace(0, steps - 1, DRAWN).astype(int))
    numbers = [("Schedule", experiment.schedule_spec.title), ("First", f"{rates[0]:.3g}"), ("Highest", f"{rates.max():.3g}"),
               ("Last", f"{rates[-1]:.3g}"), ("Steps", f"{steps:,}")]  # fmt: skip
    return Answer(charts.schedule((kept + 1) / per_epoch, rates[kept], look.colour(0)), numbers, text=experiment.schedule_spec.summary)


TOPIC = Topic(
    name="learning_rate",
    title="Learning rate",
    lead="The one setting to get right first: too small is slow, too large never arrives. Smith, 2017.",
    idea=IDEA,
    base=Experiment().with_(optimizer="sgd", learning_rate=0.1, epochs=20),
    matter=("learning_rate", "schedule", "step_size", "lowest", "gamma", "rise", "factor", "every", "final", "optimizer", "epochs"),
    first="run",
    parts=(
        Try("Try it: one weight, one valley", FIELDS, parabola),
        Try("Schedule", (), schedule, hint="Drawn before it runs: choose the schedule and its settings on the left."),
    ),
    compare=(
        Comparison("Too small, right, too large.", "The same net at five rates, tenfold apart.", (
            *(Case(f"rate {rate}", {"learning_rate": rate}) for rate in ("0.001", "0.01", "0.1", "1", "10")),
        )),
        Comparison("Schedules at an equal budget.", "All reach the same highest rate and train as long; cycles of 4 epochs end on a "
        "trough.", (
            Case("constant", {"schedule": "constant"}), Case("triangular", {"schedule": "triangular", "step_size": "2"}),
            Case("triangular2", {"schedule": "triangular2", "step_size": "2"}),
            Case("exp_range", {"schedule": "exp_range", "step_size": "2"}),
            Case("one cycle", {"schedule": "one_cycle"}), Case("cosine", {"schedule": "cosine"}),
        )),
    ),
    curves=("loss", "accuracy", "log loss", "learning rate", "update ratio"),
    misprints=(
        "“Smith increases the rate exponentially and plots the loss.” Smith's test climbs in a straight line and plots accuracy; the "
        "exponential climb with the loss is fastai's.",
        "“A constant or falling rate is not recommended.” Falling schedules are the most used today; compare above.",
    ),
    sources=(
        "Smith, L. (2017). Cyclical learning rates for training neural networks.",
        "Smith, L. & Topin, N. (2018). Super-convergence. Loshchilov, I. & Hutter, F. (2017). SGDR (cosine).",
        "Gugger, S. (2018). How do you find a good learning rate.",
    ),
    search=Looking(("learning_rate",), "optimizer.learning_rate", range_test=True),
    opens={"biases": "Next: where the biases begin", "searches": "Range test and searches for a rate"},
)  # fmt: skip

show(TOPIC)
