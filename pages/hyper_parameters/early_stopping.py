"""Early stopping: leave while it is best."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dlcore import service
from dlcore.charts import hyper_parameters as charts
from dlcore.experiment import Experiment
from dlcore.fields import Field
from dlcore.metrics import higher_is_better
from dlcore.run import Run
from dlcore.theory import early_stopping
from dlcore.ui.topic import Case, Comparison, Topic, show
from dlcore.ui.topic_search import Looking
from dlcore.ui.tries import Answer, Look, Try, Values

ORDER = 6
METRICS = {"validation loss": "val_loss", "validation accuracy": "val_accuracy", "training loss": "loss"}
FIELDS = (
    Field("patience", "int", 5, "Patience", "Epochs without improvement before it would have stopped; 0 never stops.", 0, 50),
    Field("delta", "float", 0.0, "Least gain", "A smaller improvement counts as none.", 0.0, 0.1, 0.001),
    Field("metric", "choice", "validation loss", "Watched metric", choices=tuple(METRICS)),
)
EXAMPLE = "A drawn example: train, and it is your own curve."
IDEA = r"""
As epochs pass, the loss on the training data keeps falling. On validation data, which the net never trains on, it falls, turns, and
often rises again: from there on the net learns what is peculiar to its training rows. **Early stopping** ends training there.

One cannot know the turn before it is past. So one waits: **patience** is the number of epochs without improvement after which
training stops, and **least improvement** is what counts as one. Too little patience stops at the first bump; much patience costs
epochs.

When it stops, the net has trained *patience* epochs beyond its best. Keras keeps those last weights, unless `restore_best_weights` is
set: then it goes back to the weights of the best epoch.

Because the best epoch was picked on validation data, its validation score is a little too good. The test rows, which nobody looked
at, tell how good the net is.
"""


def curve(values: Values, look: Look) -> tuple[np.ndarray, Run | None]:
    """The opened run's watched metric, and that run; where there is none, a drawn example."""
    name, run = METRICS[values.word("metric")], look.opened.run
    found = service.curves(run.id).get(name) if run else None
    if found is not None and len(found) and np.isfinite(found).all():
        return found.astype(float), run
    example = early_stopping.example()
    return (1 - 0.4 * example if higher_is_better(name) else example), None


def answer(values: Values, look: Look) -> Answer:
    drawn, run = curve(values, look)
    rising = higher_is_better(METRICS[values.word("metric")])
    found = early_stopping.stop(drawn, values.whole("patience"), values.number("delta"), rising)
    assert found
    figure = charts.stopping(drawn, found.best, found.stopped, values.word("metric"), look.colour(run.colour if run else 0))
    saved = 1 - found.stopped / len(drawn)
    numbers = [("Would stop after", f"{found.stopped} of {len(drawn)}" if found.early else "never"),
               ("Best kept", f"{found.value:.3g} (epoch {found.best})"),
               ("Best of all", f"{found.overlooked:.3g} (epoch {found.overlooked_at})"), ("Epochs saved", f"{saved:.0%}")]  # fmt: skip
    return Answer(figure if run else replace(figure, note=f"{figure.note} {EXAMPLE}"), numbers)


TOPIC = Topic(
    name="early_stopping",
    title="Early stopping",
    lead="Stop when validation no longer improves, and go back to the best weights. Prechelt, 1998.",
    idea=IDEA,
    base=Experiment().with_(
        **{"model.layers": (256,), "examples": 400, "label_noise": 0.2, "epochs": 100, "learning_rate": 0.002, "restore_best": True}
    ),
    matter=("patience", "min_delta", "stop_on", "restore_best", "layers", "learning_rate", "epochs"),
    first="run",
    parts=(Try("Try it: another patience", FIELDS, answer, live=True),),
    compare=(
        Comparison("How patient?", "One hundred epochs if nothing stops them, on labels of which a fifth are wrong.", (
            *(Case("never stops" if k == "0" else f"patience {k}", {"patience": k}) for k in ("0", "1", "5", "20")),
        )),
        Comparison("Which metric?", "Accuracy jumps in steps and may go on improving while the loss rises.", (
            Case("on loss", {"patience": "8", "stop_on": "val_loss"}), Case("on accuracy", {"patience": "8", "stop_on": "val_accuracy"}),
        )),
    ),
    curves=("loss", "accuracy", "gap"),
    misprints=(
        "“Training stops at the lowest validation error.” It stops *patience* epochs later. Keras keeps the last weights, not the "
        "best ones, "
        "unless `restore_best_weights` is set.",
    ),
    sources=(
        "Prechelt, L. (1998). Early stopping, but when?",
        "Goodfellow, I., Bengio, Y. & Courville, A. (2016). Deep learning, section 7.8.",
    ),
    search=Looking(("early_stopping",), "patience"),
    opens={"dense": "Next: nets for images"},
)  # fmt: skip

show(TOPIC)
