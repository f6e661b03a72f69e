"""The experiment's form, made from the specs' fields. The link holds the values: a widget shows what the link says, and what a
person sets goes into the link at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from dlcore import registry
from dlcore.errors import Invalid
from dlcore.experiment import PARTS, Experiment
from dlcore.fields import Field, Value
from dlcore.specs import Shape
from dlcore.ui import link, widgets
from dlcore.ui.forecast import forecast_line

TITLES = {"dataset": "Data set", "model": "Model", "optimizer": "Optimizer", "schedule": "Learning-rate schedule", "loss": "Loss"}
REFUSED = "refused"
FORM = "form"


def sidebar(opened: link.Opened) -> None:
    """The whole form in the sidebar, with the forecast of what training will take."""
    with st.sidebar:
        st.subheader("Experiment", anchor=False)
        experiment = opened.experiment
        fields = list(experiment.fields())
        for part in ("dataset", "model", "optimizer"):
            _part(part, experiment)
            _fields(fields, part, advanced=False)
        _fields(fields, "", advanced=False)
        with st.expander("All settings", icon=":material/tune:"):
            for part in ("schedule", "loss"):
                _part(part, experiment)
                _fields(fields, part, advanced=None)
            for part in ("dataset", "model", "optimizer", ""):
                _fields(fields, part, advanced=True)
            _by_name()
        forecast_line(experiment)


def change(changes: dict[str, str], key: str = "") -> None:
    """Put changed settings, as text, into the link. A refused one is remembered under the widget's `key` and said beside it."""
    opened = link.opened()
    refused = st.session_state.setdefault(REFUSED, {})
    refused.pop(key, None)
    try:
        experiment, said = link.fit(opened.experiment, changes)
    except Invalid as error:
        refused[key] = (st.session_state.get(key), f"{error} {error.hint}".strip())
        return
    link.write(experiment, opened.runs)
    if said:
        st.toast(said, icon=":material/info:")


def _part(part: str, experiment: Experiment) -> None:
    """The choice of one part, among those that suit the data."""
    members = registry.members(PARTS[part])
    chosen = getattr(experiment, part).name
    names = [name for name, spec in members.items() if name == chosen or _suits(part, spec, experiment.shape)]
    key = f"{FORM}.{part}"
    st.session_state[key] = chosen
    st.selectbox(
        TITLES[part], names, key=key, format_func=lambda name: members[name].title, help=members[chosen].summary,
        on_change=lambda: change({part: st.session_state[key]}, key),
    )  # fmt: skip
    _refusal(key)


def _suits(part: str, spec: Any, shape: Shape) -> bool:
    if part == "model":
        return shape.kind in spec.accepts
    return part != "loss" or not spec.activation or shape.task in spec.activation


def _fields(fields: Sequence[tuple[str, Field, Value]], part: str, advanced: bool | None) -> None:
    """Those of one part ("": of none), all of them or only the advanced or the other ones."""
    for full, own, value in fields:
        if full.rpartition(".")[0] == part and advanced in (None, own.advanced):
            _field(full, own, value)


def _field(full: str, own: Field, value: Value) -> None:
    widget = widgets.widget_for(own, value)
    key = f"{FORM}.{full}.{widget.kind}"
    if not (key in st.session_state.get(REFUSED, {}) and key in st.session_state):
        st.session_state[key] = widget.shown
    widget.draw(key, lambda: change({full: widget.text(st.session_state[key])}, key))
    _refusal(key)


def _refusal(key: str) -> None:
    """Why the value that stands in the widget was not taken, as long as it stands there."""
    text, sentence = st.session_state.get(REFUSED, {}).get(key, (None, ""))
    if sentence and text == st.session_state.get(key):
        st.caption(f":red[{sentence}]")


def _by_name() -> None:
    """One value for each layer, or any setting by the name it has in links and on the command line."""
    key = f"{FORM}.by_name"

    def take() -> None:
        name, equals, text = st.session_state[key].partition("=")
        if not st.session_state[key].strip():
            return
        if not equals:
            st.session_state.setdefault(REFUSED, {})[key] = (st.session_state[key], "Write a name, =, and a value: dropout=0.2,0.5")
            return
        change({name.strip(): text}, key)

    st.text_input(
        "Set by name", key=key, placeholder="dropout=0.2,0.5", on_change=take,
        help="A setting by the name it has in links and on the command line; a list gives each layer its own value.",
    )  # fmt: skip
    _refusal(key)

