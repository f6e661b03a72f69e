"""Which columns the table of runs has, by what it is grouped and ordered: part of the address, and remembered for each person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from dlcore.errors import Invalid, LabError
from dlcore.metrics import higher_is_better
from dlcore.services import exploring, listing
from dlcore.services.exploring import Column
from dlcore.services.listing import Wanted
from dlcore.ui import words
from dlcore.ui.browser import owner

PAGE = "runs"
SORT = "sort"
NEWEST = "-created"
DEFAULT_METRIC = "val_accuracy"
KINDS = {"best": "Best", "best_epoch": "Best epoch", "last": "Last", "at": "At epoch …"}
SHOWN = ("best", "last")
# key → (title, what the table is ordered by when its heading is pressed, "" for nothing, help)
STANDARD = {
    "state": ("State", "state", ""),
    "result": ("Result", "", "Which number Best and Last are."),
    "data": ("Data", "dataset", ""),
    "net": ("Net", "model", ""),
    "epochs": ("Epochs", "epoch", "Trained, of those that were asked for."),
    "took": ("Took", "seconds", ""),
    "created": ("Created", "created", ""),
    "by": ("By", "owner", "The browser, or the command line, that started it."),
    "tags": ("Tags", "", ""),
}
ASCENDING_FIRST = ("title", "state", "dataset", "model", "owner")
# What of the page a person's layout is: widgets' keys, and what they are when nothing was chosen.
LAYOUT: dict[str, Any] = {
    "show": list(SHOWN), "k": 1, "results": [], "settings": [], "differ": False, "cols": list(STANDARD), "group": "", "hide": [],
}  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """kinds: of each result; epoch: of the kind "at". results: recorded names beside the main one. settings: full names. differ: also those
    that are not the same in all runs found. standard: keys of `STANDARD`. group: a setting's full name, "" for single runs."""

    kinds: tuple[str, ...]
    epoch: int
    results: tuple[str, ...]
    settings: tuple[str, ...]
    differ: bool
    standard: tuple[str, ...]
    group: str


def restore() -> None:
    """Before any control is drawn: takes the layout that this person had the last time, unless the address brings one."""
    if "runs_layout" in st.session_state:
        return
    kept = exploring.layout(owner(), PAGE)
    asked = [key for key in (*LAYOUT, SORT) if key in st.query_params]
    if not asked:
        for key, before in LAYOUT.items():
            if key in kept and isinstance(kept[key], type(before)):
                st.session_state[key] = kept[key]
        if isinstance(kept.get(SORT), str) and kept[SORT] != NEWEST:
            st.query_params[SORT] = kept[SORT]
    st.session_state["runs_layout"] = None


def remember() -> None:
    """After the controls: keeps the layout when the person has changed it. One that a link brought is not taken for the person's own."""
    now = {key: st.session_state.get(key, before) for key, before in LAYOUT.items()} | {SORT: sort_text()}
    before = st.session_state["runs_layout"]
    if before is not None and now != before:
        exploring.keep_layout(owner(), PAGE, now)
    st.session_state["runs_layout"] = now


def controls(metrics: Sequence[str]) -> Choice:
    """What to show of each run. metrics: what any run has recorded."""
    known = [name for name in exploring.settings() if name not in ("dataset", "model")]
    standard = st.multiselect(
        "Columns", list(STANDARD), default=list(STANDARD), key="cols", format_func=lambda key: STANDARD[key][0], bind="query-params"
    )
    kinds = st.multiselect(
        "Of each result", list(KINDS), default=list(SHOWN), key="show", format_func=KINDS.__getitem__, bind="query-params",
        help="Its best value over all epochs, the epoch of that, the last value, or the value after an epoch you name.",
    )  # fmt: skip
    epoch = st.number_input("Epoch of “At epoch …”", 1, 1_000_000, 1, key="k", bind="query-params") if "at" in kinds else 1
    results = st.multiselect(
        "More results", metrics, key="results", format_func=words.metric_name, bind="query-params", placeholder="None",
    )  # fmt: skip
    settings = st.multiselect("Settings", known, key="settings", format_func=exploring.label, bind="query-params", placeholder="None")
    differ = st.toggle(
        "Settings that differ", key="differ", bind="query-params", help="A column for each setting that is not the same in all runs found."
    )
    return Choice(tuple(kinds), int(epoch), tuple(results), tuple(settings), differ, tuple(standard), "")


def group() -> str:
    """The setting by which runs are put together."""
    known = list(exploring.settings())
    return (
        st.selectbox(
            "Group by", ["", *known], key="group", bind="query-params", width=150,
            format_func=lambda name: exploring.label(name) if name else "Single runs",
            help="One row for each value of a setting: how many runs, and the mean of their results.",
        )
        or ""
    )  # fmt: skip


def settings_of(choice: Choice, wanted: Wanted) -> list[str]:
    """The settings that have a column: those that were chosen, and those that differ."""
    found = exploring.differing(replace(wanted, by=None, order="created", descending=True)) if choice.differ else []
    return list(dict.fromkeys([*choice.settings, *(name for name in found if name not in ("dataset", "model"))]))


def sort_text() -> str:
    """What the address orders by: a column's name, "-" before it for the largest first."""
    return str(st.query_params.get(SORT, NEWEST)) or NEWEST


def ordered(wanted: Wanted, metric: str, epoch: int) -> Wanted:
    """What is wanted in the order that the address says; newest first where it says nothing that can be understood."""
    text = sort_text()
    name, descending = text.removeprefix("-"), text.startswith("-")
    if name == "created":
        return replace(wanted, order="created", descending=descending)
    try:
        return replace(wanted, by=sort_column(name, metric, epoch), descending=descending)
    except LabError:
        return wanted


def directed(wanted: Wanted, descending: bool) -> Wanted:
    """The same with the large values first, or the small ones."""
    return replace(wanted, descending=descending)


def sort_column(name: str, metric: str, epoch: int) -> Column:
    """The column that a heading stands for. "best", "last" …: of the table's main result."""
    if name in KINDS:
        return Column(name, metric or DEFAULT_METRIC, epoch)  # type: ignore[arg-type]
    if name in ("title", "state", "epoch", "seconds", "owner"):
        return Column("row", name)
    return exploring.column(name, epoch=epoch)


def sort_by(name: str, metric: str) -> None:
    """A heading was pressed: order by it, the better end first; pressed again, the other way round."""
    before = sort_text()
    if before.removeprefix("-") == name:
        text = name if before.startswith("-") else f"-{name}"
    else:
        text = name if _ascends(name, metric) else f"-{name}"
    st.query_params[SORT] = text
    if text == NEWEST:
        st.query_params.pop(SORT, None)


def _ascends(name: str, metric: str) -> bool:
    """Whether small values come first when a heading is pressed: letters, losses, epochs of a best value."""
    if name in ASCENDING_FIRST or name.endswith("best_epoch"):
        return True
    if name in KINDS:
        return not higher_is_better(metric or DEFAULT_METRIC)
    try:
        found = exploring.column(name)
    except Invalid:
        return False
    return found.kind in ("best", "last", "at") and not higher_is_better(found.name)


def recorded() -> list[str]:
    """What any run has recorded, without what only a clock says."""
    return [name for name in listing.metric_names() if name not in ("seconds", "examples_per_second")]
