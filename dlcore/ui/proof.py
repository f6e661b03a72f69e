"""*Prove it*: the exported script is run in a fresh process, and its numbers stand beside the run's."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dlcore import service
from dlcore.errors import LabError
from dlcore.plural import count
from dlcore.run import Run
from dlcore.services import verifying
from dlcore.services.listing import Job
from dlcore.ui import words
from dlcore.ui.page import tell

ASKED = "proof_job"
TICK_SECONDS = 0.7


def proof(run: Run) -> None:
    """A button that asks for the proof; how far it is; what came of it."""
    asked, number = st.session_state.get(ASKED, ("", ""))
    if asked != run.id:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button("Prove it", icon=":material/fact_check:", on_click=_ask, args=(run.id,))
            st.caption("Runs the exported Python script in a fresh process without the lab, and shows its numbers beside the run's.")
        if error := st.session_state.pop(f"{ASKED}_refused", None):
            tell(error)
        return
    job = service.job(number)
    st.fragment(_told, run_every=None if job.is_finished else TICK_SECONDS)(run.id, number, job.is_finished)


def _ask(run: str) -> None:
    try:
        st.session_state[ASKED] = (run, verifying.start_verify(run))
    except LabError as error:
        st.session_state[f"{ASKED}_refused"] = error


def _told(run: str, number: str, over: bool) -> None:
    job = service.job(number)
    if not job.is_finished:
        waits = job.state == "queued"
        st.progress(job.progress, text="Waiting for a free worker." if waits else "The script trains the net again.")
        st.button("Cancel", icon=":material/close:", on_click=service.cancel_job, args=(number,), key="proof_cancel")
        return
    if not over:
        st.rerun()
    if job.state != "done":
        st.error(f"{job.cause or 'The proof was cancelled.'}  \n{job.hint}".strip(), icon=":material/error:")
        st.button("Prove it again", icon=":material/replay:", on_click=_ask, args=(run,))
        return
    _result(run, job)


def _result(run: str, job: Job) -> None:
    found = job.result
    if found["bitwise"]:
        st.success(f"All losses of {count(found['epochs'], 'epoch')} came out the same to the last bit.", icon=":material/check_circle:")
    elif found["equal"]:
        said = f"All losses of {count(found['epochs'], 'epoch')} came out within {found['tolerance']:g}."
        st.success(said, icon=":material/check_circle:")
    else:
        worst = max((value for name, value in found["largest"].items() if name.endswith("loss")), default=0.0)
        said = f"The script's losses differ from the run's by up to {worst:.2g}, or epochs are missing: it does not repeat the run here."
        st.error(said, icon=":material/error:")
    st.dataframe(table(service.history(run), found["script"]), hide_index=True, height=240, key="proof_table")
    st.download_button("The script that was run", service.job_file(job.id), f"{run}.py", "text/x-python", on_click="ignore",
                       icon=":material/download:")  # fmt: skip


def table(history: list[dict[str, float]], again: list[dict[str, float]]) -> pd.DataFrame:
    """A row for each epoch: of every loss and metric the run's number, the script's, and how far they are apart."""
    rows = []
    for one, other in zip(history, again, strict=False):
        row: dict[str, float | str] = {"epoch": int(one["epoch"])}
        for name in (name for name in other if name != "epoch"):
            said = words.metric_name(name)
            row |= {f"{said}, run": one[name], f"{said}, script": other[name], f"{said}, apart": _apart(one[name], other[name])}
        rows.append(row)
    return pd.DataFrame(rows)


def _apart(one: float, other: float) -> str:
    return "0" if one == other else f"{abs(one - other):.1e}"
