"""What can be done to a search: pause, resume, stop, change it while it runs, stop a trial; and what its best becomes afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from dlcore.errors import Invalid
from dlcore.run import State
from dlcore.services import searching
from dlcore.studies.search import Study, Trial
from dlcore.studies.space import Dimension, show_value
from dlcore.ui import link, navigation, search_axes, search_looks
from dlcore.ui.verbs import attempt

TABLE_HEIGHT = 330
EXPORTS = {
    "csv": ("Trials as CSV", "text/csv"),
    "json": ("Search as JSON", "application/json"),
    "script": ("keras-tuner script", "text/x-python"),
}
SUFFIX = {"csv": "csv", "json": "json", "script": "py"}


def verbs(study: Study) -> None:
    """Title, the verbs that its state allows, and the way back."""
    with st.container(horizontal=True, vertical_alignment="center", key="search_verbs"):
        st.subheader(study.title or f"Search {study.id}", anchor=False, width="stretch")
        if study.state.is_active:
            _verb("Pause", "pause", lambda: searching.pause(study.id), "Trials wait where they are, and go on later.")
            _verb("Stop", "stop", lambda: searching.stop(study.id), "Ends the search; what has been tried is kept.")
        if study.state in (State.PAUSED, State.STOPPED, State.FAILED):
            _verb("Resume", "play_arrow", lambda: searching.resume(study.id), "Goes on exactly where it was.", primary=True)
        if study.state is State.PAUSED:
            _verb("Stop", "stop", lambda: searching.stop(study.id), "Ends the search; what has been tried is kept.")
        if study.state is not State.FAILED:
            _amounts(study)
        if not study.state.is_finished:
            _space(study)
            _enqueue(study)
        _verb("New search", "add", lambda: search_looks.ask(search=""), "Back to the space editor; this search goes on.")


def _verb(label: str, icon: str, act: Callable[[], Any], help: str, primary: bool = False) -> None:
    st.button(label, key=f"search_{label}", icon=f":material/{icon}:", type="primary" if primary else "secondary", help=help,
              on_click=attempt, args=(act,))  # fmt: skip


def _amounts(study: Study) -> None:
    """Trials, time and parallelism, while it runs or after."""
    search = study.search
    with st.popover("Trials and time", icon=":material/tune:", help="More trials, another time budget, more or fewer at a time"), \
            st.form("search_amounts", border=False):  # fmt: skip
        trials = st.number_input("Trials", 1, 100_000, max(1, search.planned), key=f"amount_trials_{study.id}_{search.planned}")
        parallel = st.number_input("At a time (0: all workers)", 0, 256, search.parallel)
        minutes = st.number_input("Time budget in minutes (0: none)", 0.0, 100_000.0, search.seconds / 60)
        if st.form_submit_button("Change"):
            before = {"trials": search.planned, "parallel": search.parallel, "seconds": search.seconds}
            now = {"trials": int(trials), "parallel": int(parallel), "seconds": 60 * minutes}
            changes: dict[str, Any] = {name: value for name, value in now.items() if value != before[name]}
            if changes:
                attempt(lambda: searching.change(study.id, **changes))
            st.rerun()


def _space(study: Study) -> None:
    """Widen a setting's range, hold it at one value, or let it go again."""
    names = {own.name: own for own in study.search.space.dimensions}
    with st.popover("Space", icon=":material/open_in_full:", help="Widen a range, or hold a setting at one value"):
        name = st.selectbox("Setting", list(names), key="space_of", format_func=lambda one: search_axes.label(study.search, names[one]))
        own = names[str(name)]
        with st.form(f"widen_{name}", border=False):
            if own.is_range:
                low = st.text_input("From", show_value(own.low))
                high = st.text_input("To", show_value(own.high))
            else:
                extra = st.text_input("More choices", placeholder="one, another")
            if st.form_submit_button("Widen"):
                asked = {"low": low, "high": high} if own.is_range else {"choices": extra}
                attempt(lambda: _widen(study, own, asked))
                st.rerun()
        frozen = study.frozen.get(own.name)
        with st.form(f"freeze_{name}", border=False):
            value = st.text_input("Hold at", "" if frozen is None else show_value(frozen), placeholder="no value: it varies")
            if st.form_submit_button("Hold" if frozen is None else "Hold or let go"):
                attempt(lambda: _hold(study, own, value))
                st.rerun()


def _widen(study: Study, own: Dimension, asked: dict[str, str]) -> None:
    if own.is_range:
        searching.widen(study.id, own.name, low=_value(study, own, asked["low"]), high=_value(study, own, asked["high"]))
    else:
        more = [_value(study, own, text) for text in asked["choices"].split(",") if text.strip()]
        searching.widen(study.id, own.name, choices=tuple(dict.fromkeys((*own.choices, *more))))


def _hold(study: Study, own: Dimension, text: str) -> None:
    if text.strip():
        searching.freeze(study.id, own.name, _value(study, own, text))
    elif own.name in study.frozen:
        searching.unfreeze(study.id, own.name)


def _value(study: Study, own: Dimension, text: str) -> Any:
    """What a person typed, as the setting's own kind of value; raises `Invalid`."""
    target = study.search.space.target(own, study.search.experiment)
    if target.counts or target.kind == "part" or target.field is None:
        return text.strip() if target.kind == "part" else _whole(target.full, text)
    parsed = replace(target.field, many=target.is_list).parse(text)
    return target.check(parsed)


def _whole(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise Invalid(f"{name} = {text!r} is not allowed: it must be a whole number.") from None


def _enqueue(study: Study) -> None:
    """Values that a person wants tried next."""
    search = study.search
    with st.popover("Try values", icon=":material/playlist_add:", help="Have values of your own tried next"), \
            st.form("search_enqueue", border=False):  # fmt: skip
        best = searching.best(study.id)
        begin = best.values if best else {own.name: search.space.values(own, search.experiment)[0] for own in search.space.dimensions}
        texts = {
            own.name: st.text_input(search_axes.label(search, own), show_value(begin[own.name]) if own.name in begin else "")
            for own in search.space.dimensions
        }
        if st.form_submit_button("Try these next"):
            attempt(lambda: searching.enqueue(
                study.id, {own.name: _value(study, own, texts[own.name]) for own in search.space.dimensions if texts[own.name].strip()}
            ))  # fmt: skip
            st.rerun()


def table(study: Study, trials: list[Trial], frame: pd.DataFrame) -> None:
    """The trials, the best first; a ticked one can be stopped, or opened in the workbench."""
    if frame.empty:
        st.caption("Trials are listed here as soon as there are any.")
        return
    score = search_axes.score_label(study.search)
    key, order = f"trial_table_{study.id}", [int(number) for number in frame["Trial"]]
    ticked = _keep_tick(key, order)
    st.dataframe(
        frame, key=key, hide_index=True, height=TABLE_HEIGHT, on_select=partial(_tick, key, order), selection_mode="single-row",
        placeholder="", column_config={score: st.column_config.NumberColumn(format="%.4g")},
    )  # fmt: skip
    trial = next((one for one in trials if one.number == ticked), None)
    if trial is None:
        st.caption("Tick a trial to open its runs or to stop it.")
        return
    with st.container(horizontal=True, vertical_alignment="center", key="trial_verbs"):
        if trial.runs:
            ids = ",".join(trial.runs[: link.COMPARED])
            st.page_link(
                navigation.page("workbench"), label=f"Open trial {trial.number}", icon=":material/show_chart:", query_params={link.RUN: ids}
            )
        if not trial.is_ended:
            _verb(
                f"Stop trial {trial.number}",
                "stop",
                lambda: searching.stop_trial(study.id, trial.number),
                "It counts with its best so far.",
            )
    if trial.cause:
        st.error(trial.cause, icon=":material/error:")


def _tick(key: str, order: list[int]) -> None:
    """Remembers which trial was ticked, in the order that the table had then."""
    rows = st.session_state[key]["selection"]["rows"]
    st.session_state[f"{key}_ticked"] = order[rows[0]] if rows else None


def _keep_tick(key: str, order: list[int]) -> int | None:
    """The ticked trial. Trials change places as they end; the tick, which Streamlit keeps by row, goes with its trial."""
    ticked: int | None = st.session_state.get(f"{key}_ticked")
    rows = [order.index(ticked)] if ticked in order else []
    if key in st.session_state and st.session_state[key]["selection"]["rows"] != rows:
        st.session_state[key] = {"selection": {"rows": rows, "columns": [], "cells": []}}
    return ticked


def after(study: Study) -> None:
    """What the best becomes: an experiment in the workbench, runs over several seeds, files."""
    best = searching.best(study.id)
    st.subheader("Take away", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom", key="search_after"):
        if best:
            found = link.query(searching.best_experiment(study.id))
            st.page_link(navigation.page("workbench"), label="Best settings in the workbench", icon=":material/tune:", query_params=found)
            seeds = st.number_input("Seeds", 1, 50, 5, key="retrain_seeds", width=110)
            _verb(
                "Train the best again",
                "model_training",
                lambda: _retrain(study.id, int(seeds)),
                "Runs with so many seeds, in the workbench.",
            )
        for form, (label, mime) in EXPORTS.items():
            st.download_button(label, partial(searching.export, study.id, form), f"{study.id}.{SUFFIX[form]}", mime, on_click="ignore",
                               key=f"search_export_{form}", icon=":material/download:")  # fmt: skip
    if runs := st.session_state.pop("retrained", None):
        st.switch_page(navigation.page("workbench"), query_params={link.RUN: ",".join(runs[: link.COMPARED])})


def _retrain(search: str, seeds: int) -> None:
    st.session_state["retrained"] = searching.retrain(search, seeds=seeds)
