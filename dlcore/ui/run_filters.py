"""What narrows and orders the table of runs. Every control is part of the address, so that a copied link opens the same table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import streamlit as st

from dlcore import registry
from dlcore.metrics import higher_is_better
from dlcore.run import State
from dlcore.services import listing
from dlcore.services.listing import BACKGROUND, Order, Wanted
from dlcore.ui import words
from dlcore.ui.browser import owner

NEWEST = "newest"
# sort → (order, descending, words)
SORTS: dict[str, tuple[Order, bool, str]] = {
    NEWEST: ("created", True, "Newest first"),
    "oldest": ("created", False, "Oldest first"),
    "best": ("metric", True, "Best result first"),
    "worst": ("metric", False, "Worst result first"),
    "longest": ("seconds", True, "Longest training first"),
    "epochs": ("epoch", True, "Most epochs first"),
    "title": ("title", False, "Title, A to Z"),
}
DEFAULT_METRIC = "val_accuracy"


@dataclass(frozen=True)
class Asked:
    """What the controls ask for. wanted: the query. metric: what the table shows, "" for each run's own main metric. any: whether
    anything is left out that a bare page would show."""

    wanted: Wanted
    metric: str
    any: bool


def controls() -> Asked:
    """Draw the controls; returns what they ask for."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="run_filters"):
        text = st.text_input(
            "Search", key="words", type="search", placeholder="Title, note, setting …", live=True, bind="query-params", width=200,
            help="Every word must occur in a run's title, note, tags, settings or cause of failure.",
        )  # fmt: skip
        states = st.multiselect("State", [state.value for state in State], key="state", bind="query-params", width=150, placeholder="Any")
        datasets = _parts("datasets", "Data set", "data")
        metric = _metric()
        sort = st.selectbox("Sort", list(SORTS), key="sort", format_func=lambda name: SORTS[name][2], bind="query-params", width=190)
        with st.popover("More", icon=":material/filter_list:", help="Net, tags, limits, whose runs, the trash"):
            more = _more(metric)
    order, descending, _ = SORTS[sort]
    by = metric or DEFAULT_METRIC
    if order == "metric" and not higher_is_better(by):
        descending = not descending
    wanted = Wanted(
        words=text or "", states=tuple(states), datasets=datasets, metric=by, order=order, descending=descending, **more,
    )  # fmt: skip
    return Asked(wanted, metric or (by if order == "metric" else ""), _narrows(wanted))


def _more(metric: str) -> dict[str, Any]:
    models = _parts("models", "Model", "model")
    tags = st.multiselect("Tags", listing.tags(), key="tag", bind="query-params", placeholder="Any")
    name = words.metric_name(metric or DEFAULT_METRIC)
    with st.container(horizontal=True):
        least = st.number_input(f"Best {name} from", value=None, key="from", format="%g", bind="query-params", placeholder="any")
        most = st.number_input("to", value=None, key="to", format="%g", bind="query-params", placeholder="any")
    mine = st.toggle("Only mine", key="mine", bind="query-params", help="Runs that were started in this browser")
    all_kinds = st.toggle("Searches and claims too", key="all", bind="query-params", help="The trials that a search or a claim started")
    trashed = st.toggle("Show the trash", key="trash", bind="query-params", help="Deleted runs stay here until the trash is emptied.")
    return {
        "models": models, "tags": tuple(tags), "least": least, "most": most, "owner": owner() if mine else "",
        "without": () if all_kinds else BACKGROUND, "trashed": trashed,
    }  # fmt: skip


def _parts(room: str, label: str, key: str) -> tuple[str, ...]:
    members = registry.members(room)
    width: int | Literal["stretch"] = 190 if room == "datasets" else "stretch"
    return tuple(
        st.multiselect(
            label, list(members), key=key, format_func=lambda name: members[name].title, bind="query-params", placeholder="Any",
            width=width,
        )
    )  # fmt: skip


def _metric() -> str:
    names = [name for name in listing.metric_names() if name not in ("seconds", "examples_per_second")]
    return st.selectbox(
        "Result", ["", *names], key="metric", bind="query-params", width=160,
        format_func=lambda name: words.metric_name(name).capitalize() if name else "Each run's own",
        help="Which result the table shows, and the order and the limits go by. Each run's own: validation accuracy for classes …",
    )  # fmt: skip


def _narrows(wanted: Wanted) -> bool:
    return bool(
        wanted.words or wanted.states or wanted.datasets or wanted.models or wanted.tags or wanted.owner
        or wanted.least is not None or wanted.most is not None
    )  # fmt: skip
