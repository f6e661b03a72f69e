"""One exercise of the course: its data, its baseline, its experiments, what to look for."""

from __future__ import annotations

import math

import streamlit as st

from dlcore.errors import LabError
from dlcore.services import exercising
from dlcore.services.exercising import Score
from dlcore.specs import Exercise
from dlcore.ui import link
from dlcore.ui.navigation import page as page_called
from dlcore.ui.page import tell

METRICS = {
    "accuracy": "validation accuracy",
    "macro_f1": "macro-F1 on validation rows, the mean of the classes' F1 scores",
    "rmse": "root mean squared error of log(1 + value) on validation rows (RMSLE), less is better",
}
ALWAYS = {"commonest": "the commonest class", "mean": "the mean", "zero": "0"}
TICK_SECONDS = 1.0


def data_set(exercise: Exercise) -> str:
    """Where the data come from, and the choice among what is there; "" while there is nothing."""
    st.subheader("Data", anchor=False)
    st.markdown(f"**Where they come from.** {exercise.source}\n\n**What they look like.** {exercise.looks}")
    made, found = exercising.synthetic_name(exercise), exercising.data_sets(exercise)
    with st.container(horizontal=True, vertical_alignment="center"):
        if made not in found:
            st.button("Make a synthetic set to try it on", icon=":material/science:", on_click=_make, args=(exercise,), key="make")
        if not exercise.dataset:
            st.page_link(page_called("own_data"), label="Bring a file of your own", icon=":material/upload:")
    st.caption(f"The synthetic set is no real data: {exercise.synthetic_words}. What is learned from it says nothing about the world.")
    if not exercise.dataset:
        st.caption(
            f"On the command line, with all choices made: `python -m dlcore data add FILE --exercise {exercise.name}`{_by_hand(exercise)}"
        )
    if error := st.session_state.pop("exercise_error", None):
        tell(error)
    if not found:
        return ""
    at = found.index(made if st.session_state.pop("exercise_made", "") == made else exercising.last_trained(exercise, found))
    return st.selectbox("Do it with", found, at, key=f"set_{exercise.name}_{len(found)}", format_func=lambda name: _named(exercise, name))


def _named(exercise: Exercise, name: str) -> str:
    if name == exercising.synthetic_name(exercise):
        return f"{name}: synthetic"
    return f"{name}: built in" if name == exercise.dataset else f"{name}: yours"


def _by_hand(exercise: Exercise) -> str:
    if exercise.prepare:
        return ". The file must be added up by visitor first, which only this command does."
    words = {"target": "predict {}", "log": "predict log(1 + value)", "size": "{} pixels of a side"}
    chosen = [words[name].format(value) for name, value in exercise.reading.items() if name in words]
    return f". On the page choose: {', '.join(chosen)}." if chosen else ""


def _make(exercise: Exercise) -> None:
    try:
        with st.spinner("Making it up."):
            st.session_state["exercise_made"] = exercising.make_synthetic(exercise)["name"]
    except LabError as error:
        st.session_state["exercise_error"] = error


def result_card(exercise: Exercise, dataset: str) -> None:
    """The baseline, and beneath it each experiment with its link and how its latest run did."""
    try:
        limit = exercising.baseline(exercise, dataset)
    except LabError as error:
        tell(error)
        return
    with st.container(border=True, key="result_card"):
        st.markdown(f"**To beat: {limit:.3f}**, {METRICS[exercise.metric]}.")
        if dataset == exercise.dataset:
            st.caption("That is guessing among classes of equal size.")
        else:
            st.caption(f"That is always saying {ALWAYS[exercise.ignorance]}, over all rows of the data set.")
        for title in exercise.experiments:
            _experiment(exercise, title, dataset, limit)


def _experiment(exercise: Exercise, title: str, dataset: str, limit: float) -> None:
    experiment = exercising.experiment(exercise, title, dataset)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.page_link(page_called("workbench"), label=f"Train the {title[0].lower() + title[1:] if title[1:].islower() else title}",
                     icon=":material/model_training:", query_params=link.query(experiment))  # fmt: skip
        found = exercising.score(exercise, title, dataset)
        waiting = found.job is not None and not found.job.is_finished
        st.fragment(_score, run_every=TICK_SECONDS if waiting else None)(exercise, title, dataset, limit, waiting)


def _score(exercise: Exercise, title: str, dataset: str, limit: float, waiting: bool) -> None:
    found = exercising.score(exercise, title, dataset)
    if waiting and (found.job is None or found.job.is_finished):
        st.rerun()  # the clock stops
    if found.value is not None:
        st.markdown(f"{found.value:.3f} after the latest run: it {_verdict(exercise, found, limit)}. {_interval(exercise, found, limit)}")
    elif found.run is None:
        st.caption("No run has ended yet.")
    else:
        _unmeasured(exercise, title, found)


def _verdict(exercise: Exercise, found: Score, limit: float) -> str:
    assert found.value is not None
    if exercising.may_be_chance(exercise, found, limit):
        return "is above the baseline, but on so few validation rows that may be chance"
    return "beats the baseline" if exercising.is_beaten(exercise, found.value, limit) else "does not beat the baseline"


def _interval(exercise: Exercise, found: Score, limit: float) -> str:
    """What all seeds together say."""
    if (estimate := found.interval()) is None:
        return "One seed is little evidence: repeat it with others."
    if not math.isfinite(estimate.high):
        return f"Over {len(found.seeds)} seeds it is the same."
    edge = estimate.high if exercising.is_beaten(exercise, 0.0, 1.0) else estimate.low
    sure = "beats the baseline" if exercising.is_beaten(exercise, edge, limit) else "cannot be told apart from the baseline, or is worse"
    return f"Over {len(found.seeds)} seeds {estimate.effect:.3f}, 95 % interval {estimate.low:.3f} to {estimate.high:.3f}: it {sure}."


def _unmeasured(exercise: Exercise, title: str, found: Score) -> None:
    assert found.run is not None
    if exercise.metric != "macro_f1":
        st.caption(f"The latest run did not record {exercise.metric}: train it from here.")
    elif found.job is not None and not found.job.is_finished:
        st.caption("Being measured.")
    else:
        if found.job is not None:
            st.caption(found.job.cause or "Measuring was cancelled.")
        st.button("Measure its macro-F1", icon=":material/straighten:", on_click=_measure, args=(found.run.id,), key=f"measure_{title}")


def _measure(run: str) -> None:
    try:
        exercising.measure(run)
    except LabError as error:
        st.session_state["exercise_error"] = error


def checklist(exercise: Exercise) -> None:
    """What to do, to be ticked; ticks last as long as the page is open."""
    st.subheader("What to do", anchor=False)
    for number, step in enumerate(exercise.checklist):
        st.checkbox(step, key=f"step_{exercise.name}_{number}")
    if exercise.page:
        st.page_link(page_called(exercise.page), icon=":material/school:")
