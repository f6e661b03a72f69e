"""The board of a search: how far it is, the best so far, every trial's curve, and the trials that a box over the axes chooses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dlcore.charts.lines import Line
from dlcore.charts.parallel import BRUSH, Axis, parallel, passing
from dlcore.errors import LabError
from dlcore.experiment import Experiment
from dlcore.run import State
from dlcore.services import searching, sweeping
from dlcore.studies.search import Study, Trial
from dlcore.studies.space import show_value
from dlcore.ui import palette, search_axes, search_control, search_events, search_looks, search_pictures, words
from dlcore.ui.curves import chart as line_chart
from dlcore.ui.page import tell
from dlcore.ui.palette import colour

TICK_SECONDS = 1.0
CURVES = 100  # lines that an eye and a browser can bear; beyond, the best and the running ones are drawn
CURVE_HEIGHT = 320
CAUSES = 3
GREY = {False: "#9AA4AF", True: "#5B6673"}
STATES = {"done": "done", "failed": "failed", "stopped": "stopped", "running": "running", "queued": "waiting", "paused": "paused"}


def experiment(search: str) -> Experiment | None:
    """What the search varies: the settings that a bare link to its board means. None without a search that can be read."""
    try:
        return searching.study(search).search.experiment if search else None
    except LabError:
        return None


def panel(search: str) -> None:
    """The search in the address, live while it runs."""
    try:
        study = searching.study(search)
    except LabError as error:
        tell(error)
        return
    search_control.verbs(study)
    st.fragment(_live, run_every=TICK_SECONDS if study.state.is_active else None)(search, study.state)
    search_control.after(study)


def _live(search: str, state: State) -> None:
    try:
        study, trials = searching.study(search), searching.trials(search)
        _progress(study)
        _failures(trials)
        axes = search_axes.axes(study.search, trials)
        if sweeping.is_sweep(study):
            search_pictures.response(study)
        chosen = trials if sweeping.is_sweep(study) else _parallel(study, trials, axes)
        left, right = st.columns(2)
        with left:
            _curves(study, chosen)
        with right:
            search_control.table(study, chosen, _table(study, chosen, axes[:-1]))
        search_pictures.more(study, trials, axes)
    except LabError as error:
        tell(error)
        return
    if study.state is not state:
        st.rerun()


def _progress(study: Study) -> None:
    """State, counts, time, and the best so far."""
    told = searching.progress(study.id)
    with st.container(horizontal=True, vertical_alignment="center", key="search_state"):
        st.badge(study.state.value, icon=words.ICONS[study.state], color=words.COLOURS[study.state])  # type: ignore[arg-type]
        counts = [f"{told.ended:,} of {told.planned:,} trials", f"{told.running:,} running" if told.running else ""]
        counts += [
            f"{told.failed:,} failed" if told.failed else "",
            f"{'took' if study.state.is_finished else 'so far'} {words.duration(told.seconds)}",
        ]
        if study.state.is_active:
            counts.append(f"about {words.duration(told.left)} to come" if told.left is not None else "time to come not known yet")
        st.markdown(" · ".join(filter(None, counts)), width="content")
    st.progress(min(1.0, told.ended / max(1, told.planned)))
    if study.state.is_active and not told.ended and not told.running:
        st.caption("Waiting for a worker. Keras starts on it first, which takes some seconds once.")
    if study.state is State.DONE and told.ended < study.search.planned and (why := search_events.why_over(study)):
        st.caption(f"{why} {study.search.planned:,} trials were asked for.")
    if study.state is State.FAILED:
        st.error(f"{study.cause}  \n{study.hint}".strip(), icon=":material/error:")
    st.markdown(f"**{'Best' if study.state.is_finished else 'Best so far'}:** {_best(study, told.best)}")


def _failures(trials: Sequence[Trial]) -> None:
    """Why trials failed, each cause once with the trials that have it."""
    causes: dict[str, list[int]] = {}
    for trial in trials:
        if trial.state is State.FAILED:
            causes.setdefault(trial.cause or "No cause was recorded.", []).append(trial.number)
    for cause, numbers in list(causes.items())[:CAUSES]:
        shown = ", ".join(map(str, numbers[:10])) + (" …" if len(numbers) > 10 else "")
        st.caption(f":red[:material/error: Failed: trial{'s' if len(numbers) > 1 else ''} {shown}. {cause}]")


def _best(study: Study, best: Trial | None) -> str:
    if best is None:
        return "no trial came to a result" if study.state.is_finished else "no trial has ended yet"
    score = f"{search_axes.score_label(study.search)} {words.number(best.score)}"
    return f"{score} in trial {best.number}, with {search_axes.said(study.search, best.values)}"


def _parallel(study: Study, trials: Sequence[Trial], axes: Sequence[Axis]) -> list[Trial]:
    """The picture of all trials that have a score, and the trials that the box drawn over it leaves."""
    rows = search_axes.rows(study.search, trials, axes)
    scored = [row for row in rows if row[search_axes.SCORE] is not None]
    drawn = parallel(axes, scored, ink=search_looks.ink(), better=search_axes.better(study.search), dark=palette.is_dark())
    event = search_looks.picture(drawn, f"parallel_{study.id}", on_select="rerun", selection_mode=BRUSH)
    box = (event.get("selection") or {}).get(BRUSH) or {}
    if not box:
        st.caption(
            "One line is one trial, the better the stronger its colour. A box drawn over an axis chooses the trials that pass through it."
            if scored
            else "Each trial that ends becomes a line here, from the values that were tried to what came of them."
        )
        return list(trials)
    kept = set(passing(axes, scored, box))
    st.caption(f"{len(kept)} of {len(scored)} trials pass through the box. Click beside it to see all again.")
    return [trial for trial in trials if trial.number in kept]


def _curves(study: Study, chosen: Sequence[Trial]) -> None:
    """The objective by epoch of every chosen trial: the best in colour, the running ones darker, the others grey."""
    known = searching.curves(study.id)
    best, dark = searching.best(study.id), palette.is_dark()
    order = sorted(chosen, key=lambda trial: (trial is not best, trial.state is not State.RUNNING, trial.number))[:CURVES]
    lines = [_line(trial, known[trial.number], best, dark) for trial in reversed(order) if trial.number in known]
    name = search_axes.score_label(study.search)
    described = f"{name} against epochs for {len(lines)} trials"
    line_chart(
        lines, "epoch", name, key=f"trials_{study.id}", reach=(0, study.search.most_epochs), height=CURVE_HEIGHT, described=described
    )


def _line(trial: Trial, curve: np.ndarray, best: Trial | None, dark: bool) -> Line:
    epochs = np.arange(1, len(curve) + 1, dtype="float32")
    is_best = best is not None and trial.number == best.number
    hue = colour(0, dark) if is_best else colour(1, dark) if trial.state is State.RUNNING else GREY[dark]
    width = 3.0 if is_best else 1.2
    return Line(f"trial/{trial.number}", f"trial {trial.number}", hue, epochs, curve, symbols=len(curve) == 1, width=width)


def _table(study: Study, chosen: Sequence[Trial], axes: Sequence[Axis]) -> pd.DataFrame:
    sign = -1 if study.search.direction == "max" else 1
    ordered = sorted(chosen, key=lambda trial: (trial.score is None, sign * (trial.score or 0.0), trial.number))
    return pd.DataFrame([_row(study, trial, axes) for trial in ordered])


def _row(study: Study, trial: Trial, axes: Sequence[Axis]) -> dict[str, Any]:
    score = search_axes.score_label(study.search)
    state = "stopped early" if trial.pruned else STATES[trial.state.value]
    found = {axis.title: search_axes.value_of(study.search, axis.key, trial.values) for axis in axes}
    values = {title: "" if value is None else show_value(value) for title, value in found.items()}
    return {
        "Trial": trial.number,
        score: trial.score,
        **values,
        "State": state,
        "Best epoch": trial.best_epoch or None,
        "Cause": trial.cause,
    }
