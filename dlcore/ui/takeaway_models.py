"""A run's net as a model for other programs: made, loaded back in its own runtime and compared, and only then offered."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from dlcore import service
from dlcore.errors import LabError
from dlcore.run import Run
from dlcore.services import exported
from dlcore.services.listing import Job
from dlcore.specs import Export
from dlcore.ui import startup
from dlcore.ui.page import tell

TICK_SECONDS = 0.7
REFUSED = "takeaway_refused"
ROW = "display:grid;grid-template-columns:minmax(120px,170px) 1fr;gap:4px 14px;align-items:baseline;font-size:14px;line-height:1.6"


def models(run: Run, forms: Sequence[Export]) -> None:
    """A line for each format: how far its answers are from the net's, or why it cannot be."""
    if error := st.session_state.pop(REFUSED, None):
        tell(error)
    waits = _waits(run.id, exported.made(run.id, [spec.name for spec in forms]))
    st.fragment(_lines, run_every=TICK_SECONDS if waits else None)(run.id, list(forms), waits)


def _lines(run: str, forms: list[Export], waits: bool) -> None:
    made = exported.made(run, [spec.name for spec in forms])
    if waits != _waits(run, made):  # the page decides whether this part ticks
        st.rerun()
    missing = [spec.name for spec in forms if spec.name not in made or made[spec.name].state in ("failed", "cancelled")]
    with st.container(horizontal=True, vertical_alignment="center"):
        if missing:
            st.button("Make and check the models", icon=":material/deployed_code:", on_click=_make, args=(run, missing),
                      disabled=waits or not exported.has_weights(run))  # fmt: skip
        st.caption(
            "Each is loaded back in its own runtime and compared with the net on rows that it was not trained on. "
            "Raw inputs give predictions: the scaling is inside.",
            width="stretch",
        )
    lines = [_line(run, spec, made.get(spec.name)) for spec in forms]
    st.html(f'<div style="{ROW}">{"".join(lines)}</div>')
    if not startup.serving():
        _buttons(run, [spec for spec in forms if spec.name in made and made[spec.name].state == "done"])


def _waits(run: str, made: Mapping[str, Job]) -> bool:
    """Whether more will be there soon: models that are being made, or a young run's first weights, without which none can be."""
    if any(not job.is_finished for job in made.values()):
        return True
    return not exported.has_weights(run) and service.run(run).state.is_active


def _line(run: str, spec: Export, job: Job | None) -> str:
    title = html.escape(spec.title)
    if job is None:
        words = "Not made yet."
    elif job.state == "done":
        compared = job.result.get("compared")
        size = int(job.result["bytes"])
        told = f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{size / 1e3:.0f} kB"
        words = f"{told}; {exported.sentence(compared)}." if compared else f"{told}."
        if startup.serving():
            from dlcore.ui.routes import address

            title = f'<a href="{html.escape(address(run, spec.name))}" target="_self" style="color:inherit">{title}</a>'
    elif job.is_finished:
        words = f"{job.cause or job.state} {job.hint}".strip()
    else:
        words = "Waiting for a worker." if job.state == "queued" else "It is made and compared."
    return f'<span title="{html.escape(spec.summary)}"><b>{title}</b></span><span>{html.escape(words)}</span>'


def _buttons(run: str, forms: Sequence[Export]) -> None:
    with st.container(horizontal=True):
        for spec in forms:
            st.download_button(
                spec.title, partial(service.export, run, spec.name), file_name=service.export_name(run, spec.name), mime=spec.mime,
                help=spec.summary, on_click="ignore", key=f"download_{spec.name}",
            )  # fmt: skip


def _make(run: str, forms: Sequence[str]) -> None:
    try:
        for form in forms:
            service.start_export(run, form)
    except LabError as error:
        st.session_state[REFUSED] = error
