"""What narrows the table of runs. Every control is part of the address, so that a copied link opens the same table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import streamlit as st

from dlcore import registry
from dlcore.errors import Invalid
from dlcore.run import State
from dlcore.services import exploring, listing
from dlcore.services.listing import BACKGROUND, Wanted
from dlcore.ui import run_columns, words
from dlcore.ui.browser import owner
from dlcore.ui.page import tell
from dlcore.ui.run_columns import DEFAULT_METRIC, Choice

COMPARISONS = {">=": "is at least", "<=": "is at most", "=": "is", "!=": "is not", "~": "contains"}
HIDDEN = {"finished": ("done", "stopped"), "failed": ("failed",)}


@dataclass(frozen=True)
class Asked:
    """What the controls ask for. wanted: the query. metric: what the table shows, "" for each run's own main metric. any: whether
    anything is left out that a bare page would show. choice: the columns."""

    wanted: Wanted
    metric: str
    any: bool
    choice: Choice


def controls() -> Asked:
    """Draw the controls; returns what they ask for."""
    metrics = run_columns.recorded()
    with st.container(horizontal=True, vertical_alignment="bottom", key="run_filters"):
        text = st.text_input(
            "Search", key="words", type="search", placeholder="wine  learning_rate<0.01", live=True, bind="query-params", width=220,
            help="Every word must occur in a run's title, note, tags, settings or cause of failure. Conditions on settings and results "
            "have no spaces: learning_rate<0.01, optimizer=sgd, val_accuracy>0.9, val_loss.last<0.3.",
        )  # fmt: skip
        states = st.multiselect("State", [state.value for state in State], key="state", bind="query-params", width=140, placeholder="Any")
        datasets = _parts("datasets", "Data set", "data")
        metric = _metric(metrics)
        group = run_columns.group()
        with st.popover("Columns", icon=":material/view_column:", help="Settings, results, and which of their values"):
            choice = replace(run_columns.controls(metrics), group=group)
        with st.popover("More", icon=":material/filter_list:", help="Net, tags, stars, limits, whose runs, the trash"):
            more = _more(metric, metrics)
    plain, conditions = _read(text or "")
    wanted = Wanted(words=plain, states=tuple(states), datasets=datasets, metric=metric or DEFAULT_METRIC, wheres=conditions, **more)
    return Asked(run_columns.ordered(wanted, metric, choice.epoch), metric, _narrows(wanted), choice)


def _read(text: str) -> tuple[str, tuple[Any, ...]]:
    try:
        return exploring.conditions(text)
    except Invalid as error:
        tell(error)
        return "", ()


def _more(metric: str, metrics: list[str]) -> dict[str, Any]:
    models = _parts("models", "Model", "model")
    tags = st.multiselect("Tags", listing.tags(), key="tag", bind="query-params", placeholder="Any")
    name = words.metric_name(metric or DEFAULT_METRIC)
    with st.container(horizontal=True):
        least = st.number_input(f"Best {name} from", value=None, key="from", format="%g", bind="query-params", placeholder="any")
        most = st.number_input("to", value=None, key="to", format="%g", bind="query-params", placeholder="any")
    _builder(metrics)
    hide = st.pills("Hide", list(HIDDEN), selection_mode="multi", key="hide", format_func=str.capitalize, bind="query-params")
    with st.container(horizontal=True):
        starred = st.toggle("Only starred", key="starred", bind="query-params")
        mine = st.toggle("Only mine", key="mine", bind="query-params", help="Runs that were started in this browser")
    all_kinds = st.toggle("Searches and claims too", key="all", bind="query-params", help="The trials that a search or a claim started")
    archived = st.toggle("Show what was put away", key="archived", bind="query-params", help="Archived runs are kept, but out of the way.")
    trashed = st.toggle("Show the trash", key="trash", bind="query-params", help="Deleted runs stay here until the trash is emptied.")
    hidden = tuple(state for word in hide or () for state in HIDDEN[word])
    return {
        "models": models, "tags": tuple(tags), "least": least, "most": most, "owner": owner() if mine else "", "hidden": hidden,
        "without": () if all_kinds else BACKGROUND, "trashed": trashed, "starred": starred, "archived": None if trashed else archived,
    }  # fmt: skip


def _builder(metrics: list[str]) -> None:
    """A condition made of three choices; it lands in the search box, where it can be read and changed."""
    names = [*exploring.settings(), *metrics]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Only runs whose", names, index=None, key="where_name", format_func=_called, width=190, placeholder="setting or result"
        )
        st.selectbox("compares", list(COMPARISONS), key="where_how", format_func=COMPARISONS.__getitem__, width=110)
        st.text_input("with", key="where_value", width=90, placeholder="0.01")
        st.button("Add", key="where_add", on_click=_add)


def _called(name: str) -> str:
    return exploring.label(name) if name in exploring.settings() else words.metric_name(name)


def _add() -> None:
    name, how, value = (st.session_state.get(f"where_{part}") for part in ("name", "how", "value"))
    if name and value:
        term = f"{name}{how}{value.replace(' ', '')}"
        st.session_state["words"] = f"{st.session_state.get('words') or ''} {term}".strip()
        st.session_state["where_value"] = ""


def _parts(room: str, label: str, key: str) -> tuple[str, ...]:
    members = registry.members(room)
    width: int | Literal["stretch"] = 170 if room == "datasets" else "stretch"
    return tuple(
        st.multiselect(
            label, list(members), key=key, format_func=lambda name: members[name].title, bind="query-params", placeholder="Any",
            width=width,
        )
    )  # fmt: skip


def _metric(names: list[str]) -> str:
    return (
        st.selectbox(
            "Result", ["", *names], key="metric", bind="query-params", width=160,
            format_func=lambda name: words.metric_name(name).capitalize() if name else "Each run's own",
            help="Which result the table shows, and the limits go by. Each run's own: validation accuracy for classes …",
        )
        or ""
    )  # fmt: skip


def _narrows(wanted: Wanted) -> bool:
    return bool(
        wanted.words or wanted.states or wanted.datasets or wanted.models or wanted.tags or wanted.owner or wanted.starred
        or wanted.archived or wanted.hidden or wanted.wheres or wanted.least is not None or wanted.most is not None
    )  # fmt: skip
