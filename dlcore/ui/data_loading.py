"""From the settings of data to their description: a download is asked for first, the work on a worker is told as it goes on."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st

from dlcore import registry, service
from dlcore.datasets._files import is_available
from dlcore.errors import LabError
from dlcore.experiment import Experiment
from dlcore.services import describing
from dlcore.services.describing import Description
from dlcore.services.listing import Job
from dlcore.specs import Dataset
from dlcore.ui import form

ASKED = "data_job"  # session: the address-worthy choice is the experiment; this is which job answers it
SHOWN = "data_shown"  # session: the job whose pictures are on the page
FETCH = "data_fetch"
TICK_SECONDS = 0.3


def description(experiment: Experiment) -> Description | None:
    """The description once there is one. Until then what is going on is said; the pictures of the same data set's former settings stay.

    None where there is nothing to show yet.
    """
    spec = experiment.dataset_spec
    if not is_available(spec) and st.session_state.get(FETCH) != spec.name:
        _offer(spec)
        return None
    job = _job(experiment)
    if job.state == "done":
        st.session_state[SHOWN] = (spec.name, job.id)
        st.session_state.pop(FETCH, None)
        return describing.read(job.id)
    if job.is_finished:
        _failed(job, spec)
        return None
    st.fragment(_wait, run_every=TICK_SECONDS)(job.id, spec)
    name, before = st.session_state.get(SHOWN, ("", ""))
    return describing.read(before) if name == spec.name else None


def _job(experiment: Experiment) -> Job:
    """The job that describes these data. One that failed is not asked for again until a person says so."""
    key = describing.only_data(experiment).to_json()
    asked, job = st.session_state.get(ASKED, ("", ""))
    if asked != key:
        job = describing.ask(experiment)
        st.session_state[ASKED] = (key, job)
    return service.job(job)


def _wait(job: str, spec: Dataset) -> None:
    found = service.job(job)
    if found.is_finished:
        st.rerun()
    st.progress(found.progress, text=_doing(found, spec))
    if spec.files and st.session_state.get(FETCH):
        st.button("Cancel", icon=":material/close:", on_click=_cancel, args=(job,))


def _doing(job: Job, spec: Dataset) -> str:
    if job.state == "queued":
        warm = any(worker.get("state") in ("idle", "busy") for worker in service.trainer_status().get("workers") or [])
        return "Waiting for a free worker." if warm else "A worker is starting, which takes a few seconds once."
    if spec.files and not is_available(spec):
        return f"Fetching {spec.title}: {100 * job.progress / 0.9:.0f} % of {spec.megabytes:g} MB."
    return f"Reading {spec.title}."


def _cancel(job: str) -> None:
    service.cancel_job(job)
    st.session_state.pop(FETCH, None)
    st.session_state.pop(ASKED, None)


def _offer(spec: Dataset) -> None:
    """Says what would be fetched from where before anything is, or what a person must put where."""
    if by_hand := [file for file in spec.files if not file.url]:
        names = " and ".join(f"`{Path(file.path).name}`" for file in by_hand)
        with st.container(border=True):
            st.markdown(
                f"**{spec.title} is not on this computer.** Put {names} into the folder that `DLCORE_DATA` names, then reload this page."
            )
            _instead(spec)
        return
    hosts = " and ".join(sorted({f"`{urlsplit(file.url).netloc}`" for file in spec.files}))
    with st.container(border=True):
        st.markdown(f"**{spec.title} is not on this computer yet.** It would be fetched from {hosts}: {spec.megabytes:g} MB, once.")
        with st.container(horizontal=True):
            st.button(f"Fetch {spec.megabytes:g} MB", type="primary", icon=":material/download:", on_click=_fetch, args=(spec.name,))
            _instead(spec)


def _fetch(name: str) -> None:
    st.session_state[FETCH] = name
    st.session_state.pop(ASKED, None)


def _failed(job: Job, spec: Dataset) -> None:
    if job.state == "cancelled":
        st.info("Reading the data was cancelled. Nothing half-fetched is kept.", icon=":material/info:")
    else:
        st.error(f"{job.cause}  \n{job.hint}".strip(), icon=":material/error:")
    with st.container(horizontal=True):
        st.button("Try again", icon=":material/replay:", on_click=_again)
        _instead(spec)


def _again() -> None:
    st.session_state.pop(ASKED, None)


def _instead(spec: Dataset) -> None:
    if spec.alternative:
        title = registry.find("datasets", spec.alternative).title
        st.button(f"Use {title} instead", help="Needs no network", on_click=_use, args=(spec.alternative,))


def _use(name: str) -> None:
    st.session_state.pop(FETCH, None)
    try:
        form.change({"dataset": name})
    except LabError:  # the address is a person's: it may hold what does not suit
        st.query_params.from_dict({"dataset": name})
