"""Runs: everything that was trained here, to find, compare and tidy."""

from dataclasses import replace

import streamlit as st

from dlcore import service
from dlcore.run import State
from dlcore.ui import explore_relations, explore_views, run_columns, run_filters, run_groups, run_import, run_table
from dlcore.ui.components import component
from dlcore.ui.navigation import page as page_called
from dlcore.ui.page import show
from dlcore.ui.run_verbs import verbs

ORDER = 2
TICK_SECONDS = 2.0


def page() -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="title_row"):
        st.title("Runs", anchor=False, width="content")
        component("copy_link")(key="copy_link", width=44, height=40)
        run_import.bring()
    run_columns.restore()
    asked = run_filters.controls()
    run_columns.remember()
    trains = _anything_trains()
    st.fragment(_found, run_every=TICK_SECONDS if trains else None)(asked, trains)


def _found(asked: run_filters.Asked, trained: bool) -> None:
    if asked.choice.group:
        total = run_groups.table(asked.wanted, asked.choice.group, asked.metric, asked.choice.epoch)
        run_table.pages(total, "Groups")
        return
    boxed = replace(asked.wanted, wheres=(*asked.wanted.wheres, *explore_relations.box()))
    listed = run_table.page_of(boxed)
    if not listed.total and boxed == asked.wanted:
        _nothing(asked)
        return
    run_table.table(listed, asked.metric, asked.choice, run_columns.settings_of(asked.choice, asked.wanted))
    run_table.pages(listed.total)
    chosen = run_table.chosen_runs()
    verbs(chosen, asked.wanted.trashed)
    explore_views.view(asked.wanted, boxed, asked.metric or run_columns.DEFAULT_METRIC, chosen, listed.runs)
    if trained and not _anything_trains():
        st.rerun()  # nothing changes any more: the clock stops


def _anything_trains() -> bool:
    return bool(service.runs(states=(State.QUEUED, State.RUNNING), limit=1))


def _nothing(asked: run_filters.Asked) -> None:
    if asked.wanted.trashed:
        st.caption("The trash is empty.")
    elif asked.any:
        st.caption("No run is like that. Take a filter away to see more.")
    else:
        st.caption("Nothing has been trained yet. Runs appear here as soon as you train something.")
        st.page_link(page_called("workbench"), label="Open the workbench", icon=":material/tune:")


show(page)
