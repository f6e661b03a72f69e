"""Jobs and workers: what is running, for whom, and what it costs."""

import streamlit as st

from dlcore import service
from dlcore.run import State
from dlcore.services import listing
from dlcore.ui import jobs_queue, jobs_workers
from dlcore.ui.page import show

ORDER = 9
TICK_SECONDS = 1.0


def page() -> None:
    with st.container(horizontal=True, key="title_row"):
        st.title("Jobs and workers", anchor=False)
    st.markdown("A trainer of its own trains on warm worker processes. It goes on when this page is closed.")
    st.fragment(_now, run_every=TICK_SECONDS)()


def _now() -> None:
    jobs_workers.refusal()
    status, active, jobs = service.trainer_status(), listing.active(), listing.jobs()
    running = {run.id: run for run in active if run.state is State.RUNNING}
    jobs_workers.trainer(status)
    jobs_workers.costs(status, len(running), len(active) - len(running))
    st.subheader("Workers", anchor=False)
    names = {job.id: jobs_queue.name(job) for job in jobs if job.state == "running"}
    for worker in status.get("workers") or []:
        jobs_workers.worker(worker, running, names)
    if not status.get("workers"):
        st.caption("No worker is up. They start with the trainer and stay warm while there is work.")
    st.subheader("Runs", anchor=False)
    jobs_queue.runs(active)
    st.subheader("Jobs", anchor=False)
    jobs_queue.jobs(jobs)


show(page)
