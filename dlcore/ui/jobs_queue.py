"""What trains and what waits, runs and jobs, each with the verb that ends it."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dlcore import registry, service
from dlcore.errors import LabError
from dlcore.run import Run, State
from dlcore.services.listing import BACKGROUND, Job
from dlcore.ui import navigation, words
from dlcore.ui.jobs_workers import attempt, whose
from dlcore.ui.link import RUN
from dlcore.ui.recent import title

SHOWN = 12


def runs(active: Sequence[Run]) -> None:
    """Running ones first, then the queue in its order; those of searches and claims are counted, not listed."""
    own = [run for run in active if run.kind not in BACKGROUND]
    others = len(active) - len(own)
    if not active:
        st.caption("No run trains or waits. Runs appear here while they do.")
    for run in sorted(own, key=lambda run: run.state is not State.RUNNING)[:SHOWN]:
        _run(run)
    if len(own) > SHOWN:
        st.caption(f"And {len(own) - SHOWN:,} more wait.")
    if others:
        running = sum(run.state is State.RUNNING for run in active if run.kind in BACKGROUND)
        st.caption(f"Searches and claims: {running:,} {'run trains' if running == 1 else 'runs train'}, {others - running:,} wait.")


def jobs(found: Sequence[Job]) -> None:
    """Jobs under way or waiting; the finished ones lie in a table."""
    under_way = [job for job in found if not job.is_finished]
    if not under_way:
        st.caption("No job is under way. Jobs are what else needs Keras: exports, descriptions of data, checks.")
    for job in reversed(under_way):
        _job(job)
    finished = [job for job in found if job.is_finished]
    if finished:
        with st.expander(f"Finished jobs ({len(finished)})", icon=":material/history:"):
            _table(finished)


def name(job: Job) -> str:
    """What the job is, in words: "Describe data: Two moons"."""
    try:
        known = registry.find("jobs", job.name).title
    except LabError:
        known = job.name
    data = job.inputs.get("experiment", {})
    dataset = data.get("dataset", {}).get("name", "") if isinstance(data, dict) else ""
    try:
        about = registry.find("datasets", dataset).title if dataset else ""
    except LabError:
        about = dataset
    return ": ".join(part for part in (known, str(job.inputs.get("format", "")) or about) if part)


def _run(run: Run) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"queued_{run.id}"):
        st.badge(run.state.value, icon=words.ICONS[run.state], color=words.COLOURS[run.state])  # type: ignore[arg-type]
        with st.container(width="stretch", gap=None):
            st.page_link(navigation.page("workbench"), label=title(run), query_params={RUN: run.id})
            st.caption(_told(run))
        st.button("Stop", key=f"stop_{run.id}", icon=":material/stop:", help="Keeps its best weights", on_click=attempt,
                  args=(lambda: service.stop(run.id),))  # fmt: skip


def _told(run: Run) -> str:
    now = time.time()
    if run.state is State.RUNNING:
        took = words.duration(run.seconds + now - run.since)
        return f"For {whose(run.owner)}, epoch {run.epoch:,} of {run.epochs:,}, {took} so far."
    return f"For {whose(run.owner)}, waits for {words.duration(now - run.created)}."


def _job(job: Job) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"job_{job.id}"):
        st.badge(job.state, color="blue" if job.state == "running" else "gray")
        st.progress(job.progress, text=name(job), width="stretch")
        st.button("Cancel", key=f"cancel_{job.id}", icon=":material/close:", on_click=attempt,
                  args=(lambda: service.cancel_job(job.id),))  # fmt: skip


def _table(finished: Sequence[Job]) -> None:
    rows = [
        {"Job": name(job), "State": job.state, "Took": words.duration(job.ended - job.created), "Run": job.run,
         "Ended": words.ago(time.time() - job.ended), "Why": job.cause}
        for job in finished
    ]  # fmt: skip
    st.dataframe(pd.DataFrame(rows), hide_index=True, height="content" if len(rows) < 9 else 330, alt="Finished jobs", key="jobs_done")
