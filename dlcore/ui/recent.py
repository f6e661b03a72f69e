"""The runs of late, each a link to its curves."""

from __future__ import annotations

import time

import streamlit as st

from dlcore import service
from dlcore.errors import LabError
from dlcore.experiment import Experiment
from dlcore.run import Run
from dlcore.ui import navigation, words
from dlcore.ui.labels import described
from dlcore.ui.progress import main_metric

SHOWN = 5


def list_runs(limit: int = SHOWN) -> None:
    """The newest runs with state, what was trained, and how good it became."""
    runs = service.runs(limit=limit)
    st.subheader("Recent runs", anchor=False)
    for damaged in service.quarantined():
        st.warning(f"{damaged.why} Everything else is as it was." if damaged.run else damaged.why, icon=":material/healing:")
    if not runs:
        st.caption("Runs appear here as soon as you train something.")
        return
    for run in runs:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.page_link(navigation.page("workbench"), label=title(run), icon=words.ICONS[run.state], query_params={"run": run.id})
            known = (run.state.value, result(run), words.ago(time.time() - run.created))
            st.caption(" · ".join(part for part in known if part), width="content")
    st.page_link(navigation.page("runs"), label="All runs", icon=":material/list:")


def title(run: Run) -> str:
    """The title a person gave, else what was trained and how."""
    try:
        return run.title or described(Experiment.from_json(run.experiment))
    except LabError:
        return run.title or run.id


def result(run: Run) -> str:
    """The run's main metric in words, "" before there is one."""
    try:
        experiment = service.experiment(run.id)
    except LabError:
        return ""
    found = service.metrics(run.id)
    name = main_metric(experiment, found)
    return f"{words.metric_name(name)} {words.number(found[name]['last'])}" if name in found else ""
