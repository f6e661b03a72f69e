"""How good one run's net is on its test rows: scores by class, calibration, thresholds, residuals, the worst mistakes. A worker looks."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
import streamlit as st

from dlcore import service
from dlcore.charts.confusion import confusion
from dlcore.charts.mistakes import Mistakes, misses, mistakes
from dlcore.charts.plot import Axes, Series, plot
from dlcore.charts.predicted import predicted
from dlcore.errors import LabError
from dlcore.experiment import Experiment
from dlcore.run import Run
from dlcore.services import assessing
from dlcore.services.assessing import Assessment
from dlcore.theory import scores
from dlcore.ui import link, palette, words
from dlcore.ui.number_row import numbers
from dlcore.ui.page import tell
from dlcore.ui.palette import colour
from dlcore.ui.picture import figure, picture

TICK_SECONDS = 0.7
PARTS = {"test": "Test rows", "val": "Validation rows", "train": "Training rows"}
DRAWN = 5  # classes whose curves are drawn: the worst ones
SIZE = (430.0, 280.0)
GREY = "#808890"  # is seen on light and on dark ground


def draw(run: Run, experiment: Experiment) -> None:
    """Asks a worker, once for these weights, and draws what it saw."""
    offered = assessing.parts(experiment)
    part = st.segmented_control("Rows", offered, default=offered[0], key=link.OWN + "part", format_func=PARTS.__getitem__, required=True)
    try:
        job = service.job(assessing.ask(run.id, part or offered[0]))
    except LabError as error:
        tell(error)
        return
    st.fragment(_work, run_every=None if job.is_finished else TICK_SECONDS)(run, experiment, job.id, job.is_finished)


def _work(run: Run, experiment: Experiment, number: str, was_finished: bool) -> None:
    job = service.job(number)
    if not job.is_finished:
        st.progress(job.progress, text="A worker is looking at these rows.")
    elif not was_finished:
        st.rerun()
    elif job.state != "done":
        st.error(f"{job.cause}  \n{job.hint}".strip(), icon=":material/error:")
    else:
        _draw(run, experiment, assessing.read(number))


def _draw(run: Run, experiment: Experiment, seen: Assessment) -> None:
    numbers({words.quantity(name).capitalize(): words.number(value) for name, value in seen.metrics.items()} | {"Rows": f"{seen.rows:,}"})
    if seen.confusion is None:
        _regression(run, experiment, seen)
    else:
        _classes(run, experiment, seen, seen.confusion)


def _classes(run: Run, experiment: Experiment, seen: Assessment, counts: np.ndarray) -> None:
    names = list(seen.class_names)
    left, right = st.columns(2)
    with left:
        figure(confusion(counts, names, palette.is_dark(), f"{seen.rows:,} rows."), key="test_confusion")
    with right:
        st.markdown("**Scores by class**", help="Precision: of what the net called this class, how much was it. Recall: of what was this "
                    "class, how much the net called so. F1: their harmonic mean.")  # fmt: skip
        rows = [
            {"Class": name, "Precision": one.precision, "Recall": one.recall, "F1": one.f1, "Rows": one.rows}
            for name, one in zip(names, scores.per_class(counts), strict=True)
        ]
        number = st.column_config.NumberColumn(format="%.3f")
        tall: int | Literal["content"] = "content" if len(rows) < 9 else 320
        st.dataframe(pd.DataFrame(rows), hide_index=True, key="test_classes", alt="Scores by class", height=tall,
                     column_config=dict.fromkeys(("Precision", "Recall", "F1"), number))  # fmt: skip
    if seen.outputs.ndim == 2:
        _thresholds(experiment, seen, names)
        _mistakes(experiment, seen, names)


def _thresholds(experiment: Experiment, seen: Assessment, names: list[str]) -> None:
    true, binary = seen.y.reshape(-1), experiment.shape.task == "binary"
    dark = palette.is_dark()
    left, middle, right = st.columns(3)
    if experiment.head.activation in ("softmax", "sigmoid"):
        given, sure = scores.decisions(seen.outputs, binary, experiment.loss_spec.threshold)
        found = scores.calibration(sure, given == true)
        ideal = np.array([0.0, 1.0])
        lines = [Series("ideal", ideal, ideal, GREY, dash=True), Series("net", found.stated, found.right, colour(0, dark))]
        note = f"Off by {100 * found.error:.1f} points on average (expected calibration error, {scores.BINS} bins)."
        drawn = plot(lines, Axes("probability stated", "share right", (0, 1), (0, 1)), f"Calibration. {note}", size=SIZE, note=note,
                     title="Can its probabilities be believed?")  # fmt: skip
        with left:
            figure(drawn, key="test_calibration")
    columns = {1: seen.outputs[:, 0]} if binary else {number: seen.outputs[:, number] for number in range(len(names))}
    known = {
        number: (scores.roc(column, true == number), scores.precision_recall(column, true == number))
        for number, column in columns.items()
        if 0 < (true == number).sum() < len(true)
    }
    worst = sorted(known, key=lambda number: known[number][1].area)[:DRAWN]
    few = f"The {len(worst)} hardest of {len(known)} classes." if len(known) > len(worst) else ""
    mean = float(np.mean([pair[0].area for pair in known.values()])) if known else float("nan")
    for place, which, title, axes, said in (
        (middle, 0, "True against false alarms (ROC)", Axes("false alarms", "found", (0, 1), (0, 1)), f"Area {mean:.3f} on average. {few}"),
        (right, 1, "Precision against recall", Axes("recall", "precision", (0, 1), (0, 1)), f"{few} Area: average precision."),
    ):
        drawn_lines = [
            Series(f"{names[number]} {known[number][which].area:.3f}", known[number][which].x, known[number][which].y, colour(index, dark))
            for index, number in enumerate(worst)
        ]
        with place:
            figure(plot(drawn_lines, axes, f"{title}. {said}", size=SIZE, title=title, note=said.strip()), key=f"test_tradeoff_{which}")


def _mistakes(experiment: Experiment, seen: Assessment, names: list[str]) -> None:
    if not len(seen.worst):
        st.caption("No mistake among these rows.")
        return
    binary = experiment.shape.task == "binary"
    given, sure = scores.decisions(seen.outputs[seen.worst], binary, experiment.loss_spec.threshold)
    if experiment.head.activation not in ("softmax", "sigmoid"):
        sure = np.full(len(given), np.nan)
    found = Mistakes(seen.worst_inputs, seen.y.reshape(-1)[seen.worst].astype(int), given, sure)
    lead = '<p class="title">The worst mistakes; those it was surest of come first</p>'
    spec = experiment.dataset_spec
    picture(lead + mistakes(found, names, spec.feature_names, spec.symbols(experiment.dataset.settings)), key="test_mistakes")


def _regression(run: Run, experiment: Experiment, seen: Assessment) -> None:
    true, said = (np.asarray(values, float).reshape(len(seen.y), -1) for values in (seen.y, seen.outputs))
    unit, hue = experiment.dataset_spec.unit, colour(run.colour, palette.is_dark())
    found = scores.residual_summary(true[:, 0], said[:, 0])
    left, right = st.columns(2)
    with left:
        figure(predicted(true.astype("float32"), said.astype("float32"), hue, unit, f"{seen.rows:,} rows."), key="test_predicted")
    with right:
        away = Series("", said[:, 0], said[:, 0] - true[:, 0], hue, dots=True)
        zero = Series("", np.array([said[:, 0].min(), said[:, 0].max()]), np.zeros(2), GREY, dash=True)
        note = f"Mean {words.number(found['bias'])}: what is off on the whole. A shape in the cloud is something that the net has missed."
        drawn = plot([zero, away], Axes(f"predicted {unit}".strip(), "predicted minus true"), f"Residuals. {note}", size=SIZE, note=note,
                     title="Residuals: how far off, and where")  # fmt: skip
        figure(drawn, key="test_residuals")
    picture(f'<p class="title">The worst rows</p>{misses(true, said, unit)}', key="test_misses")
