"""Try it, with training: nets against scikit-learn's models over growing numbers of rows, each score with its interval."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dlcore.charts.learning_curves import Curve, learning_curves
from dlcore.experiment import Experiment
from dlcore.fields import Field
from dlcore.service import ensure_trainer
from dlcore.services import learning_curves as service
from dlcore.services.learning_curves import NETS, OTHERS, Point, Question
from dlcore.statistics import FAILS, HOLDS
from dlcore.training_rows import most_rows
from dlcore.ui import words
from dlcore.ui.browser import owner
from dlcore.ui.tries import Answer, Look, Try, Values
from dlcore.ui.verbs import attempt

TITLES = service.offered(Experiment())
BY_TITLE = {title: name for name, title in TITLES.items()}
ALL = "all"
SIZES = (*(f"{size:,}" for size in service.ROUND), ALL)
FIELDS = (
    Field("models", "choice", tuple(TITLES.values()), "Models", "Nets are trained by the lab, the others by scikit-learn.",
          choices=tuple(TITLES.values()), many=True),
    Field("rows", "choice", ("50", "100", "200", "500", "1,000", ALL), "Training rows", "Each model is trained anew with so many rows.",
          choices=SIZES, many=True),
    Field("seeds", "int", 3, "Seeds", "Each draws other rows and other starts. With two or more there is an interval.", 1, 5),
)  # fmt: skip


def question(values: Values, experiment: Experiment) -> Question:
    """What the controls ask, for data that suit: sizes that there are, models that read such inputs."""
    offered, most = service.offered(experiment), most_rows(experiment)
    models = tuple(name for name in (BY_TITLE[title] for title in values.words("models")) if name in offered)
    sizes = {most if size == ALL else int(size.replace(",", "")) for size in values.words("rows")}
    return Question(experiment, models, tuple(sorted(size for size in sizes if size <= most)), values.whole("seeds"))


def answer(values: Values, look: Look) -> Answer:
    asked = question(values, look.opened.experiment)
    found = service.read(asked)
    colours = dict(zip([*NETS, *OTHERS], look.colours, strict=False))
    offered = service.offered(asked.experiment)
    curves = [
        _curve(offered[model], colours[model], own, model not in NETS)
        for model in asked.models if (own := [point for point in found.points if point.model == model])
    ]  # fmt: skip
    metric = "mean absolute error" if asked.metric == "mae" else "accuracy on rows kept aside"
    note = f"{asked.experiment.dataset_spec.title}. Upright lines: 95 % intervals over the seeds. Dashed: scikit-learn’s models."
    across = (float(asked.sizes[0]), float(asked.sizes[-1])) if asked.sizes else (50.0, 1000.0)
    figure = learning_curves(curves, metric, across, note)
    numbers = [("Trainings", f"{found.done:,} of {found.total:,}")]
    failed = f"  \nOne training came to nothing: {found.cause} Press again to repeat it." if found.cause else ""
    return Answer(figure, numbers, text=verdict(asked, found.points) + failed)


def _curve(title: str, colour: str, points: list[Point], dash: bool) -> Curve:
    rows, mean, low, high = (np.array([getattr(point, name) for point in points], float) for name in ("rows", "mean", "low", "high"))
    return Curve(title, colour, rows, mean, low, high, dash)


def verdict(asked: Question, points: tuple[Point, ...]) -> str:
    """Who is ahead with the most rows, and how sure that is, in a sentence."""
    found = service.lead(asked, points)
    if found is None:
        both = {model in NETS for model in asked.models} == {True, False}
        first = "Press *Measure them*." if both else "Choose at least one net and one other model, then measure them."
        return f"{first} Which one is ahead is not known beforehand."
    net, other, estimate = found
    titles, unit = service.offered(asked.experiment), (100.0, " points") if asked.metric == "accuracy" else (1.0, "")
    said = {HOLDS: "The net is ahead", FAILS: "The net loses"}.get(estimate.verdict((0.0, float("inf"))), "Too close to tell")
    lead, low, high = (f"{value * unit[0]:+.1f}".replace("-", "−") for value in (estimate.effect, estimate.low, estimate.high))
    interval = "one seed has no interval" if estimate.n < 2 else f"95 % interval from {low} to {high}"
    scores = [f"{titles[point.model]} {words.number(point.mean)}" for point in (net, other)]
    return f"**{said}** with {net.rows:,} rows: {', '.join(scores)}. The net’s lead: {lead}{unit[1]}, {interval} (seeds: {estimate.n})."


def verbs(values: Values, look: Look) -> None:
    """One press for all that is not measured yet, one to stop it."""
    asked = question(values, look.opened.experiment)
    found = service.read(asked)
    if found.active:
        if st.button("Stop measuring", key="curves_stop", icon=":material/stop:", width="stretch"):
            attempt(lambda: service.stop(asked))
            st.rerun()
        return
    label = "Measure them" if found.done < found.total else "All measured"
    pressed = st.button(
        label, key="curves_start", type="primary", icon=":material/stacks:", width="stretch", disabled=found.done >= found.total,
        help="Trains each model with each number of rows and each seed. What was measured before is taken as it is.",
    )  # fmt: skip
    if pressed:
        attempt(lambda: service.start(asked, owner=owner()))
        st.rerun()


def growing(values: Values, look: Look) -> bool:
    active = service.read(question(values, look.opened.experiment)).active
    if active:
        ensure_trainer()  # one that was stopped meanwhile would leave the rest waiting
    return active


PART = Try(
    "Nets against other models", FIELDS, answer, live=growing, verbs=verbs,
    hint="The data set, the dense net’s layers and the epochs are those on the left. With few rows a net is given more epochs, so that all "
    "make about as many steps.",
)  # fmt: skip
