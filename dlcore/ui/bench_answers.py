"""What the model on the bench answers, why, and how well it does on rows that it was not trained on."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dlcore import service
from dlcore.charts.confusion import confusion
from dlcore.charts.feature_maps import gallery, heated
from dlcore.charts.figure import Figure
from dlcore.charts.plot import SMALL, Axes, Series, plot
from dlcore.charts.probabilities import probabilities
from dlcore.errors import LabError
from dlcore.experiment import Experiment
from dlcore.owndata.names import plain
from dlcore.services import bench, looking_inside, own_rows
from dlcore.services.bench import Answers, Model
from dlcore.services.listing import Job
from dlcore.ui import bench_jobs, words
from dlcore.ui.number_row import numbers
from dlcore.ui.page import tell
from dlcore.ui.palette import colour, is_dark
from dlcore.ui.picture import figure, picture

TICK_SECONDS = 0.25
LAST = "bench_last"
TESTED = "bench_tested"
MOVED = 4  # features whose effect is drawn
HEIGHT = 270


def show(model: Model, rows: np.ndarray | None) -> None:
    """The answer to the first row as a picture, to all of several as a table. An older answer stays until the new one is there."""
    if rows is None:
        st.session_state.pop(LAST, None)
        st.caption("The answer appears here as soon as there is something to answer to.")
        return
    found = _asked(model, rows)
    waits = not all(job.is_finished for job in found.values())
    st.fragment(_now, run_every=TICK_SECONDS if waits else None)(model, rows, waits)


def _asked(model: Model, rows: np.ndarray) -> dict[str, Job]:
    """The answer, and why it is so where that can be said."""
    asks: dict[str, Callable[[], str]] = {"answer": partial(bench.ask, model, rows)}
    if model.kind == "image" and bench.has_image_layers(model):
        asks["grad_cam"] = partial(bench.ask_grad_cam, model, rows[0])
    elif model.kind == "vector" and model.experiment is not None:
        asks["effect"] = partial(bench.ask_effect, model, rows[0])
    return {name: bench_jobs.asked(name, model.artefact, rows, ask) for name, ask in asks.items()}


def _now(model: Model, rows: np.ndarray, waits: bool) -> None:
    found = _asked(model, rows)
    if waits and all(job.is_finished for job in found.values()):
        st.rerun()
    if found["answer"].is_finished:
        st.session_state[LAST] = (model, rows, {name: job for name, job in found.items() if job.is_finished})
    elif LAST not in st.session_state or st.session_state[LAST][0] != model:
        st.caption("A worker is starting or busy; the answer comes as soon as it is free.")
        return
    try:
        _drawn(*st.session_state[LAST])
    except LabError as error:
        tell(error)
        st.button("Ask again", icon=":material/replay:", on_click=bench_jobs.forget)


def _drawn(model: Model, rows: np.ndarray, found: dict[str, Job]) -> None:
    answers = bench.answers(found["answer"])
    _first(model, answers)
    if len(rows) > 1:
        _all(model, answers)
    for name, job in found.items():
        if name != "answer" and job.state == "done":
            (_grad_cam if name == "grad_cam" else _effect)(model, job)


def _first(model: Model, answers: Answers) -> None:
    outputs, names = answers.outputs[0], answers.names
    if outputs.ndim > 1:  # an answer at each step: the last one is drawn
        outputs, names = outputs[-1], [row[-1] for row in names] if names else None
    if names is None and model.experiment is not None:
        numbers({"It answers": ", ".join(words.number(value) for value in _told(model, outputs))})
        if said := _unit(model.experiment):
            st.caption(said)
        return
    if len(outputs) == 1 and names is not None:
        classes = model.class_names
        numbers({"It answers": str(names[0]), "Output": f"{outputs[0]:.3f}"})
        if 0 <= outputs[0] <= 1:
            outputs = np.array([1 - outputs[0], outputs[0]])
            figure(probabilities(outputs, classes, colour(0, is_dark())), key="bench_answer", height=60)
        return
    numbers({"It answers": str(names[0])} if names else {"Largest output": f"number {int(outputs.argmax())}"})
    called = model.class_names if len(model.class_names) == len(outputs) else tuple(f"output {number}" for number in range(len(outputs)))
    figure(probabilities(outputs, called, colour(0, is_dark())), key="bench_answer", height=min(HEIGHT, 25 * len(outputs)))


def _told(model: Model, outputs: np.ndarray) -> np.ndarray:
    """A net's numbers, of one's own data in the unit that their rows have."""
    own = own_rows.in_target_units(model.experiment, outputs) if model.experiment is not None else None
    return outputs if own is None else own


def _unit(experiment: Experiment) -> str:
    """What the numbers of an answer mean, as a sentence; "" where there is nothing to say."""
    if target := _target(experiment):
        return f"{plain(target)}, as your rows have it."
    return experiment.dataset_spec.unit_sentence(experiment.dataset.settings)


def _target(experiment: Experiment) -> str:
    """What one's own data call the number that the net answers with; "" for other data, and for classes."""
    return own_rows.target_name(experiment) if experiment.shape.task == "regression" else ""


def _all(model: Model, answers: Answers) -> None:
    flat = _told(model, answers.outputs.reshape(len(answers.outputs), -1))
    table = pd.DataFrame(flat, columns=_titles(model, flat.shape[1]))
    if answers.names is not None:
        table.insert(0, "answer", [" ".join(map(str, name)) if isinstance(name, list) else name for name in answers.names])
    table.insert(0, "row", range(1, len(table) + 1))
    st.caption(f"All {len(table):,} rows; the pictures are of the first.")
    st.dataframe(table, hide_index=True, height=240, key="bench_table")
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([list(table.columns), *table.itertuples(index=False)])
    st.download_button("Answers as CSV", text.getvalue(), "answers.csv", "text/csv", icon=":material/download:", on_click="ignore")


def _titles(model: Model, outputs: int) -> list[str]:
    if len(model.class_names) == outputs:
        return list(model.class_names)
    target = _target(model.experiment) if model.experiment is not None else ""
    return [target] if target and outputs == 1 else [f"output {number}" for number in range(1, outputs + 1)]


def _grad_cam(model: Model, job: Job) -> None:
    look = looking_inside.read(job.id)
    given = look.facts["names"][look.facts["given"][0]]
    over = heated(look.arrays["images"][0], look.arrays["given"][0])
    st.markdown("**Where it looked**")
    entry = [(look.arrays["images"][0], "The image"), (over, f"The same with heat where the net finds {given}")]
    said = f"Orange: what speaks for {given} (Grad-CAM, Selvaraju et al. 2017), layer {look.facts['layer']}."
    picture(gallery([entry], [said], "Grad-CAM"), key="bench_grad_cam")


def _effect(model: Model, job: Job) -> None:
    """The features that move the answer most, each alone over the range that it has in the training rows."""
    assert model.experiment is not None
    outputs = np.asarray(job.result["outputs"])
    place = int(outputs.argmax())
    several = len(outputs) > 1 and bool(model.class_names)
    single = model.class_names[1] if model.class_names and not several else ""
    asked = f"probability of {model.class_names[place] if several else single}" if model.class_names else "answer"
    st.markdown("**What each feature does**")
    moved = job.result["features"][:MOVED]
    marks = "The line, or the dot before a word, marks" if any("words" in feature for feature in moved) else "The line marks"
    st.caption(f"The {asked} as one feature moves and all others stay (Goldstein et al. 2015). {marks} the value that was given.")
    shares = bool(model.class_names) and min(outputs) >= 0 and max(outputs) <= 1
    up = (0.0, 1.0) if shares else None  # one scale for all: a flat line is a feature that does nothing
    columns = st.columns(2)
    for number, feature in enumerate(moved):
        y = _told(model, np.asarray(feature["outputs"]))[:, place]
        drawn = _of_words(feature, y) if "words" in feature else _of_numbers(feature, y, asked, up)
        with columns[number % 2]:
            figure(drawn, key=f"bench_effect_{number}")


def _of_words(feature: Mapping[str, Any], y: np.ndarray) -> Figure:
    """A bar for each word of a column."""
    words = [f"● {word}" if number == feature["given"] else word for number, word in enumerate(feature["words"])]
    return probabilities(y, words, colour(0, is_dark()), feature["name"], SMALL[0])


def _of_numbers(feature: Mapping[str, Any], y: np.ndarray, asked: str, up: tuple[float, float] | None) -> Figure:
    line = Series("", np.asarray(feature["at"]), y, colour(0, is_dark()))
    axes = Axes(feature["name"], asked, up=up)
    return plot([line], axes, f"{asked} by {feature['name']}", size=SMALL, marks=[(feature["given"], "")])


def test_set(model: Model) -> None:
    """Scores on rows that the model was not trained on, once they are asked for."""
    if model.experiment is None:
        st.caption("What this model was trained on is not known to the lab, so there is no test set. Upload rows of your own.")
        return
    if st.session_state.get(TESTED) != model.artefact:
        st.button("Measure on the test set", icon=":material/straighten:", on_click=_test, args=(model.artefact,))
        st.caption("Loss and metrics on rows that the model never trained on.")
        return
    try:
        job = bench_jobs.asked("test", model.artefact, None, partial(bench.ask_test, model))
    except LabError as error:
        tell(error)
        return
    st.fragment(_tested, run_every=None if job.is_finished else TICK_SECONDS)(model, job.id, job.is_finished)


def _test(artefact: str) -> None:
    st.session_state[TESTED] = artefact


def _tested(model: Model, number: str, over: bool) -> None:
    job = service.job(number)
    if not job.is_finished:
        st.progress(job.progress, text="The model is measured.")
        return
    if not over:
        st.rerun()
    if job.state != "done":
        st.error(f"{job.cause}  \n{job.hint}".strip(), icon=":material/error:")
        return
    result: dict[str, Any] = dict(job.result)
    part = {"val": "validation"}.get(result["part"], result["part"])
    numbers(
        {f"{part} rows": f"{result['rows']:,}"} | {words.quantity(name): words.number(value) for name, value in result["metrics"].items()}
    )
    if result["confusion"]:
        figure(confusion(np.array(result["confusion"]), result["class_names"], is_dark()), key="bench_confusion")
