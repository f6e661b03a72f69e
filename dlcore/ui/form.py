"""The experiment's form, made from the specs' fields: the few that matter on the page, then all. The link holds the values: a widget
shows what the link says, and what a person sets goes into the link at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from dlcore import registry
from dlcore.errors import Invalid
from dlcore.experiment import PARTS, Experiment
from dlcore.fields import Field, Value
from dlcore.specs import Shape
from dlcore.ui import held, layers, link, undo, widgets
from dlcore.ui.forecast import forecast_line

TITLES = {"dataset": "Data set", "model": "Model", "optimizer": "Optimizer", "schedule": "Learning-rate schedule", "loss": "Loss"}
HEADINGS = TITLES | {"": "Training"}
MATTER = ("dataset", "model", "layers", "filters", "cell", "units", "activation", "optimizer", "learning_rate", "epochs")
"""What the workbench shows first, in this order: parts, and settings by short or full name. Advanced and missing ones are passed over."""
REFUSED = "refused"
FORM = "form"
ALL = "form.all"


@dataclass(frozen=True)
class _Form:
    """One drawing of the form. settings: full name → (field, value)."""

    experiment: Experiment
    base: Experiment
    settings: Mapping[str, tuple[Field, Value]]

    def change(self, changes: Mapping[str, str], key: str = "") -> None:
        change(changes, key, self.base)


def sidebar(opened: link.Opened, matter: Collection[str] = MATTER) -> None:
    """The whole form in the sidebar, with the forecast of what training will take. matter: what stands before "All settings"."""
    experiment = opened.experiment
    form = _Form(experiment, opened.base, {full: (own, value) for full, own, value in experiment.fields()})
    first = _first(form, matter)
    with st.sidebar:
        with st.container(horizontal=True, vertical_alignment="center", key="form_title"):
            st.subheader("Experiment", anchor=False, width="stretch")
            undo.buttons(opened)
        for name in first:
            _draw(form, name)
        # Drawn as it opens: some forty controls would cost every other move of a slider twice the time.
        with st.expander("All settings", icon=":material/tune:", key=ALL, on_change="rerun") as place:
            if place.open:
                _all(form, first)
        forecast_line(experiment)


def change(changes: Mapping[str, str], key: str = "", base: Experiment | None = None) -> None:
    """Put changed settings, as text, into the link. A refused one is remembered under the widget's `key` and said beside it."""
    opened = link.opened(base)
    refused = st.session_state.setdefault(REFUSED, {})
    refused.pop(key, None)
    try:
        experiment, said = link.fit(opened.experiment, changes)
    except Invalid as error:
        refused[key] = (st.session_state.get(key), f"{error} {error.hint}".strip())
        return
    load(experiment, opened)
    if said:
        st.toast(said, icon=":material/info:")


def load(experiment: Experiment, opened: link.Opened) -> None:
    """Put these settings in place of the present ones, so that Undo brings those back."""
    if experiment != opened.experiment:
        undo.remember(opened.experiment)
    link.write(experiment, opened.runs, opened.base)


def _first(form: _Form, matter: Iterable[str]) -> list[str]:
    """Parts and full names of settings that come first, as far as this experiment has them."""
    found = []
    for name in matter:
        full = next((known for known in form.settings if name in (known, known.partition(".")[2])), "")
        if name in PARTS:
            found.append(name)
        elif full and (matter is not MATTER or not form.settings[full][0].advanced):
            found.append(full)
    return found


def _all(form: _Form, first: Collection[str]) -> None:
    """Whatever does not come first, part by part."""
    for part, heading in HEADINGS.items():
        if part and part not in first:
            _draw(form, part)
        else:
            st.markdown(f"**{heading}**")
        for full in form.settings:
            if full.rpartition(".")[0] == part and full not in first:
                _draw(form, full)
        if part == "model":
            layers.one_by_one(form.experiment, form.change, lambda key: _refusal(key))
    _by_name(form)


def _draw(form: _Form, name: str) -> None:
    if name in PARTS:
        _part(form, name)
    else:
        _field(form, name, *form.settings[name])


def _part(form: _Form, part: str) -> None:
    """The choice of one part, among those that suit the data."""
    chosen = getattr(form.experiment, part).name
    members = offered(PARTS[part], chosen)
    names = [name for name, spec in members.items() if name == chosen or _suits(part, spec, form.experiment.shape)]
    key = f"{FORM}.{part}"
    held.hold(key, chosen, tuple(names))
    st.selectbox(
        TITLES[part], names, key=key, format_func=lambda name: members[name].title, help=members[chosen].summary,
        on_change=lambda: form.change({part: st.session_state[key]}, key),
    )  # fmt: skip
    _refusal(key)


def offered(room: str, chosen: str) -> dict[str, Any]:
    """A room's members by name; last the one that an old run or link has, where it was deleted."""
    members = registry.members(room)
    if chosen in members:
        return members
    gone = registry.find(room, chosen)
    return {**members, chosen: replace(gone, title=f"{gone.title}: deleted")}


def _suits(part: str, spec: Any, shape: Shape) -> bool:
    if part == "model":
        return shape.kind in spec.accepts and spec.fits(shape)
    return part != "loss" or not spec.activation or shape.task in spec.activation


def _field(form: _Form, full: str, own: Field, value: Value) -> None:
    widget = widgets.widget_for(own, value)
    key = f"{FORM}.{full}.{widget.kind}"
    if not (key in st.session_state.get(REFUSED, {}) and key in st.session_state):
        widget.hold(key)
    widget.draw(key, lambda: form.change({full: widget.text(st.session_state[key])}, key))
    _refusal(key)


def _refusal(key: str) -> None:
    """Why the value that stands in the widget was not taken, as long as it stands there."""
    text, sentence = st.session_state.get(REFUSED, {}).get(key, (None, ""))
    if sentence and text == st.session_state.get(key):
        st.caption(f":red[{sentence}]")


def _by_name(form: _Form) -> None:
    """Any setting by the name it has in links and on the command line."""
    key = f"{FORM}.by_name"

    def take() -> None:
        name, equals, text = st.session_state[key].partition("=")
        if not st.session_state[key].strip():
            return
        if not equals:
            st.session_state.setdefault(REFUSED, {})[key] = (st.session_state[key], "Write a name, =, and a value: dropout=0.2,0.5")
            return
        form.change({name.strip(): text}, key)

    st.text_input(
        "Set by name", key=key, placeholder="dropout=0.2,0.5", on_change=take,
        help="A setting by the name it has in links and on the command line; a list gives each layer its own value.",
    )  # fmt: skip
    _refusal(key)
