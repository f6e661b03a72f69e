"""The trainer and its workers: what each does, for whom, and what that costs."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from dlcore import service
from dlcore.errors import LabError
from dlcore.forecast import show_bytes
from dlcore.run import Run
from dlcore.services import crewing
from dlcore.ui import navigation, words
from dlcore.ui.browser import owner
from dlcore.ui.link import RUN
from dlcore.ui.number_row import numbers
from dlcore.ui.page import tell
from dlcore.ui.recent import title

UNDONE = "jobs_undone"
STATES = {"starting": "gray", "idle": "green", "busy": "blue", "failed": "red"}
CLASSES = {"wide": "all cores, for runs that a person started", "narrow": "one core, for jobs and searches"}


def attempt(act: Callable[[], Any]) -> None:
    """Do what a button says; a refusal is said when the page is drawn next."""
    try:
        act()
    except LabError as error:
        st.session_state[UNDONE] = error


def refusal() -> None:
    """What could not be done."""
    if error := st.session_state.pop(UNDONE, None):
        tell(error)


def trainer(status: Mapping[str, Any]) -> None:
    """Whether the trainer runs, since when, and the verbs for it."""
    with st.container(horizontal=True, vertical_alignment="center", key="trainer"):
        if not status:
            st.badge("no trainer", icon=":material/bedtime:", color="gray")
            st.markdown("Nothing trains. It starts by itself with the next run or job.", width="content")
            st.button("Start it now", icon=":material/play_arrow:", on_click=attempt, args=(service.start_trainer,))
            return
        st.badge("trainer runs", icon=":material/check_circle:", color="green")
        since = f"for {words.duration(time.time() - status['started'])}" if "started" in status else "and is starting"
        st.markdown(f"Process {status['pid']}, {since}.", width="content")
        with st.popover("Restart or stop", icon=":material/restart_alt:"):
            st.markdown("Runs save a checkpoint first and go on exactly from there; jobs begin again.")
            with st.container(horizontal=True):
                st.button("Restart the trainer", type="primary", on_click=attempt, args=(restart_trainer,))
                st.button("Stop it", on_click=attempt, args=(service.stop_trainer,),
                          help="It starts again with the next run, or at once when runs wait")  # fmt: skip


def restart_trainer() -> None:
    """Ends the trainer with its workers and starts another one."""
    service.stop_trainer()
    service.start_trainer()


def costs(status: Mapping[str, Any], running: int, waiting: int) -> None:
    """What the machine has and what is used of it."""
    machine, workers = status.get("machine") or {}, status.get("workers") or []
    cores = machine.get("cores") or os.cpu_count() or 1
    shown = {"Training": f"{running:,}", "Waiting": f"{waiting:,}"}
    if "cpu" in machine:
        shown["Processor"] = f"{machine['cpu']:.0f} % of {cores} cores"
    if machine.get("memory"):
        shown["Memory of the machine"] = f"{show_bytes(machine['rss'])} of {show_bytes(machine['memory'])}"
    shown["Memory of the workers"] = show_bytes(sum(worker.get("rss") or 0 for worker in workers))
    numbers(shown)


def worker(status: Mapping[str, Any], runs: Mapping[str, Run], jobs: Mapping[str, str]) -> None:
    """One worker. runs: those under way, by id. jobs: names of the jobs under way, by id."""
    name = str(status["name"])
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"worker_{name}"):
        with st.container(width=150, gap=None):
            st.markdown(f"**{name}**", help=CLASSES.get(str(status.get("class")), ""))
            st.badge(str(status["state"]), color=STATES.get(str(status["state"]), "gray"))  # type: ignore[arg-type]
        with st.container(width="stretch", gap=None):
            _work(status, runs, jobs)
        st.markdown(_cost(status), width="content")
        st.button("Restart", key=f"restart_{name}", icon=":material/restart_alt:", help="What it works on goes on from a checkpoint",
                  on_click=attempt, args=(lambda: crewing.restart_worker(name),))  # fmt: skip


def whose(name: str) -> str:
    """An owner in words: "you", "browser 3f2a", the name of a user of the command line."""
    if name == owner():
        return "you"
    return f"browser {name.removeprefix('browser-')[:4]}" if name.startswith("browser-") else name or "somebody"


def _work(status: Mapping[str, Any], runs: Mapping[str, Run], jobs: Mapping[str, str]) -> None:
    run, job = str(status.get("run") or ""), str(status.get("job") or "")
    if status.get("cause"):
        st.markdown(f":red[{status['cause']}]")
    elif run in runs:
        st.page_link(navigation.page("workbench"), label=title(runs[run]), query_params={RUN: run})
        st.caption(f"Trains for {whose(runs[run].owner)}, epoch {runs[run].epoch:,} of {runs[run].epochs:,}.")
    elif job in jobs or run in jobs:
        st.markdown(jobs.get(job) or jobs[run])
        st.caption(f"A job{_since(status)}.")
    elif status["state"] == "starting":
        st.caption("Loads Keras, which takes a few seconds.")
    else:
        st.caption("Warm and free: what is asked of it begins at once." if status["state"] == "idle" else "Works.")


def _since(status: Mapping[str, Any]) -> str:
    return f", for {words.duration(time.time() - status['since'])}" if status.get("since") else ""


def _cost(status: Mapping[str, Any]) -> str:
    cpu = f"{status['cpu']:.0f} % of a core" if status.get("cpu") is not None else ""
    return " · ".join(part for part in (cpu, show_bytes(status["rss"]) if status.get("rss") else "") if part)
