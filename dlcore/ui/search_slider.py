"""The whole slider: one press trains a setting over its whole range with several seeds; the response curve grows while it runs."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dlcore.errors import Invalid, LabError
from dlcore.experiment import Experiment
from dlcore.services import sweeping
from dlcore.studies.space import show_value
from dlcore.studies.space_check import propose
from dlcore.studies.targets import target_of
from dlcore.ui import link, search_axes, search_editor, search_looks, words
from dlcore.ui.browser import owner
from dlcore.ui.verbs import attempt

FIRST = "optimizer.learning_rate"


def panel(opened: link.Opened) -> None:
    """The setting, its range, how many values and seeds, and the press that starts it."""
    st.caption(
        "Trains the settings on the left at several values of one setting, each with several seeds, and shows what became of them all."
    )
    experiment = opened.experiment
    options = _options(experiment)
    asked = search_looks.asked("slider")
    with st.container(horizontal=True, vertical_alignment="bottom", key="slider_settings"):
        st.session_state["slider_key"] = asked if asked in options else FIRST if FIRST in options else options[0]
        key = st.selectbox(
            "Setting", options, key="slider_key", width=240, format_func=lambda name: search_axes.target_label(target_of(name, experiment)),
            on_change=lambda: search_looks.ask(slider=str(st.session_state["slider_key"])),
        )  # fmt: skip
        settings = _settings(experiment, str(key))
        search, why = _search(experiment, str(key), settings)
        st.button(
            "Train the whole slider", key="slider_start", type="primary", icon=":material/linear_scale:", disabled=search is None,
            on_click=attempt, args=(lambda: _begin(opened, str(key), settings),),
        )  # fmt: skip
    if why is not None:
        st.error(f"{why}  \n{why.hint}" if why.hint else str(why), icon=":material/error:")
    elif search is not None:
        st.caption(search_editor.foretold(search))


def _options(experiment: Experiment) -> list[str]:
    """Settings with a range or choices of their own, the learning rate and what is in the form first."""
    found = [key for key in search_editor.keys(experiment) if not target_of(key, experiment).is_list]
    return sorted(
        found, key=lambda key: (target_of(key, experiment).field is None, bool(getattr(target_of(key, experiment).field, "advanced", 0)))
    )


def _settings(experiment: Experiment, key: str) -> dict[str, Any]:
    proposed = propose(experiment, key)
    settings: dict[str, Any] = {}
    if proposed.is_range:
        settings["low"] = st.text_input("From", show_value(proposed.low), key=f"slider_low_{key}_{proposed.low}", width=100)
        settings["high"] = st.text_input("To", show_value(proposed.high), key=f"slider_high_{key}_{proposed.high}", width=100)
        settings["values"] = int(st.number_input("Values", 2, sweeping.MOST_VALUES, sweeping.VALUES, key="slider_values", width=120))
    settings["seeds"] = int(st.number_input("Seeds", 1, 50, sweeping.SEEDS, key="slider_seeds", width=120, help="Runs at each value."))
    settings["objective"] = str(
        st.selectbox("What counts", search_editor.recorded(experiment), key=f"slider_objective_{experiment.shape.task}",
                     format_func=words.metric_name, width=200)
    )  # fmt: skip
    return settings


def _search(experiment: Experiment, key: str, settings: dict[str, Any]) -> tuple[Any, LabError | None]:
    try:
        return sweeping.search(experiment, key, **_numbers(settings)), None
    except LabError as error:
        return None, error


def _numbers(settings: dict[str, Any]) -> dict[str, Any]:
    """The ends of the range as numbers; raises `Invalid` for what is none."""
    found = dict(settings)
    for name in ("low", "high"):
        if name in found:
            try:
                found[name] = float(found[name])
            except ValueError:
                raise Invalid(f"{found[name]!r} is not a number.", "Write it as 0.001 or 1e-3.") from None
    return found


def _begin(opened: link.Opened, key: str, settings: dict[str, Any]) -> None:
    now = link.opened(opened.base).experiment
    search_looks.ask(search=sweeping.start(now, key, owner=owner(), **_numbers(settings)))
