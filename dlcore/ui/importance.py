"""What mattered among runs or trials: a worker works it out, the page shows it with how sure it is."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dlcore import service
from dlcore.charts.importance import importance_chart
from dlcore.theory.importance import FEWEST
from dlcore.ui import search_looks

TICK_SECONDS = 1.0


def panel(
    key: str, names: Sequence[str], places: Sequence[Sequence[float | None]], scores: Sequence[float], *, what: str, moving: bool = False
) -> None:
    """names of the settings; places: for each run or trial where its value stands in each setting's range, 0 to 1 (None: it did not count);
    scores, small is good. what: what the rows are called. moving: more will come; then a press works it out for what is there by then.
    """
    if len(scores) < FEWEST:
        st.caption(f"It takes at least {FEWEST} ended {what} to say what mattered; {len(scores)} have ended.")
        return
    jobs = st.session_state.setdefault(f"importance_{key}", {})
    if not moving or not jobs or st.button("Work it out again", key=f"again_{key}", icon=":material/refresh:"):
        jobs["job"] = service.submit_job("importance", {"names": list(names), "places": places, "scores": list(scores)})
    job = service.job(jobs["job"])
    st.fragment(_work, run_every=None if job.is_finished else TICK_SECONDS)(key, job.id, job.is_finished, what)


def _work(key: str, number: str, was_finished: bool, what: str) -> None:
    """How far the job is, then its picture. It ticks by itself: a search that has ended does not."""
    job = service.job(number)
    if not job.is_finished:
        st.progress(job.progress, text="A worker is working out what mattered.")
    elif not was_finished:
        st.rerun()
    elif job.state != "done":
        st.error(f"{job.cause}  \n{job.hint}".strip(), icon=":material/error:")
    else:
        told = [(one["name"], one["share"], one["low"], one["high"]) for one in job.result["settings"]]
        search_looks.picture(importance_chart(told, search_looks.accent(), search_looks.ink()), f"importance_chart_{key}")
        st.caption(
            "Functional analysis of variance on a random forest (Hutter et al. 2014), over the ranks of "
            f"{job.result['trials']} {what}: the share of the variation that each setting explains alone. The line is a 90 % interval "
            f"over draws of the {what}; what is missing to 100 % belongs to settings working together, and to chance."
        )
