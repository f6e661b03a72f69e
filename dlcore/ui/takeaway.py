"""What a run can be taken away as: links to the download routes, or buttons where no server of ours answers them. And the way back: an
experiment file opens in the form."""

from __future__ import annotations

import html
import json
from functools import partial

import streamlit as st

from dlcore import registry, service
from dlcore.errors import Invalid
from dlcore.experiment import Experiment
from dlcore.run import Run
from dlcore.specs import Export
from dlcore.ui import form, link, proof, startup, takeaway_models
from dlcore.ui.page import tell

READ, UNREAD = "takeaway.read", "takeaway.unread"
MEGABYTES = 50
REPEATING = ("script", "script_data", "notebook")  # exports that train the run again

LINK = (
    "display:inline-flex;align-items:center;padding:6px 12px;border:1px solid rgba(128,128,128,.45);border-radius:8px;"
    "color:inherit;text-decoration:none;font-size:14px"
)


def section(opened: link.Opened) -> None:
    """What to take away of the open run, and a file to bring back."""
    if opened.run:
        downloads(opened.run)
    with st.expander("Open an experiment file", icon=":material/upload_file:"):
        key = f"experiment_file_{st.session_state.setdefault(READ, 0)}"
        st.file_uploader(
            "A file that was taken away as *Experiment* or *Run as JSON*", "json", key=key, max_upload_size=MEGABYTES,
            on_change=_open, args=(key, opened.base),
        )  # fmt: skip
        settings, error = st.session_state.get(UNREAD, (None, None))
        if error and settings == opened.experiment:
            tell(error)


def read(data: bytes) -> Experiment:
    """The experiment in a file made by one of the two JSON exports; raises `Invalid`."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise Invalid("This file is not text, and hence no experiment.", "Choose a file that ends in .json.") from None
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        return Experiment.from_json(text)
    inside = whole.get("experiment") if isinstance(whole, dict) else None
    return Experiment.from_json(json.dumps(inside) if isinstance(inside, dict) else text)


def _open(key: str, base: Experiment) -> None:
    """Put the uploaded file's settings into the form, in place of runs that are open."""
    file = st.session_state.get(key)
    if file is None:
        return
    opened = link.opened(base)
    st.session_state.pop(UNREAD, None)
    try:
        form.load(read(file.getvalue()), link.Opened(opened.experiment, (), (), base))
    except Invalid as error:
        # Said until something else is opened or set: the emptied field draws the page once more by itself.
        st.session_state[UNREAD] = (opened.experiment, error)
    # Another key empties the field: a file is opened once.
    st.session_state[READ] += 1


def downloads(run: Run) -> None:
    """One entry for each export of the run; those that need weights once it has begun to train."""
    st.subheader("Take away", anchor=False)
    imported = run.kind == "imported"
    found = registry.members("exports")
    _forms(run, [spec for spec in found.values() if not spec.worker and not (imported and spec.name in REPEATING)])
    if imported:
        st.caption("This run was imported: its curves can be taken along; its weights and its script are with the tool that trained it.")
        return
    if run.attempt:
        takeaway_models.models(run, [spec for spec in found.values() if spec.worker])
    if run.epoch and run.state.is_finished:
        proof.proof(run)


def _forms(run: Run, forms: list[Export]) -> None:
    """What is written at once: links where our routes answer, else buttons."""
    if startup.serving():
        from dlcore.ui.routes import address

        items = [
            f'<a href="{html.escape(address(run.id, spec.name))}" style="{LINK}" target="_self" '
            f'title="{html.escape(spec.summary)}">{html.escape(spec.title)}</a>'
            for spec in forms
        ]
        st.html(f'<div style="display:flex;flex-wrap:wrap;gap:8px">{"".join(items)}</div>')
        return
    with st.container(horizontal=True):
        for spec in forms:
            st.download_button(
                spec.title, partial(service.export, run.id, spec.name), file_name=service.export_name(run.id, spec.name),
                mime=spec.mime, help=spec.summary, on_click="ignore", key=f"download_{spec.name}",
            )  # fmt: skip
