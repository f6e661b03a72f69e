"""What lies beneath the table of runs: curves, relations, statistics, a report; one of them at a time, so that the others cost nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from dlcore.run import Run
from dlcore.services import exploring
from dlcore.services.exploring import Wanted
from dlcore.ui import explore_relations, explore_statistics, explore_takeaway, link, words
from dlcore.ui.run_comparison import comparison

VIEWS = {"curves": "Curves", "relations": "Relations", "statistics": "Statistics", "report": "Report and tables"}
BOXED = 30  # runs whose curves are drawn when a box chooses them


def view(wanted: Wanted, boxed: Wanted, metric: str, chosen: Sequence[Run], listed: Sequence[Run]) -> None:
    """wanted: the runs that are found; boxed: those that a box over the relations leaves; listed: this page of them. metric: the result
    that matters."""
    asked = st.segmented_control("View", list(VIEWS), default="curves", key=link.OWN + "view", bind="query-params", required=True,
                                 format_func=VIEWS.__getitem__, label_visibility="collapsed")  # fmt: skip
    if boxed != wanted:
        _box(boxed)
    if asked == "relations":
        explore_relations.draw(wanted, metric, chosen)
        if boxed != wanted:
            comparison(_passing(boxed, chosen, listed))
    elif asked == "statistics":
        explore_statistics.draw(wanted, metric, chosen)
    elif asked == "report":
        explore_takeaway.draw(chosen)
    elif not chosen and boxed == wanted:
        st.caption(f"Tick runs, and their curves are drawn here. *Relations* shows how {words.metric_name(metric)} goes with the settings.")
    else:
        comparison(chosen if boxed == wanted else _passing(boxed, chosen, listed))


def _passing(boxed: Wanted, chosen: Sequence[Run], listed: Sequence[Run]) -> list[Run]:
    """The chosen runs that pass through the box; without a choice the first ones of the table."""
    if not chosen:
        return list(listed[:BOXED])
    inside = {row.run for row in exploring.rows(replace(boxed, among=tuple(run.id for run in chosen)), [])}
    return [run for run in chosen if run.id in inside]


def _box(boxed: Wanted) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="runs_box"):
        told = ", ".join(dict.fromkeys(_said(condition) for condition in explore_relations.box()))
        st.caption(f"Only runs that pass through the box: {told}.", width="content")
        st.button("Take the box away", key="lift_box", icon=":material/close:", on_click=explore_relations.lift_box)


def _said(condition: exploring.Condition) -> str:
    column = condition.column
    name = exploring.label(column.name) if column.kind == "setting" else words.metric_name(column.name)
    if condition.comparison == "in":
        return f"{name.lower()} {' or '.join(str(value).strip('[]') for value in condition.value) or 'none of the choices'}"
    return f"{name.lower()} {'at least' if condition.comparison == '>=' else 'at most'} {words.number(float(condition.value))}"
