"""What a run can be taken away as: links to the download routes, or buttons where no server of ours answers them."""

from __future__ import annotations

import html
from functools import partial

import streamlit as st

from dlcore import registry, service
from dlcore.run import Run
from dlcore.specs import Export
from dlcore.ui import startup

LINK = (
    "display:inline-flex;align-items:center;padding:6px 12px;border:1px solid rgba(128,128,128,.45);border-radius:8px;"
    "color:inherit;text-decoration:none;font-size:14px"
)


def downloads(run: Run) -> None:
    """One entry for each export of the run; those that need weights once it has begun to train."""
    st.subheader("Take away", anchor=False)
    forms = [spec for spec in registry.members("exports").values() if run.attempt or not spec.worker]
    if startup.serving():
        _links(run, forms)
    else:
        _buttons(run, forms)


def _links(run: Run, forms: list[Export]) -> None:
    from dlcore.ui.routes import address

    items = [
        f'<a href="{html.escape(address(run.id, spec.name))}" style="{LINK}" target="_self" '
        f'title="{html.escape(spec.summary)}">{html.escape(spec.title)}</a>'
        for spec in forms
    ]
    st.html(f'<div style="display:flex;flex-wrap:wrap;gap:8px">{"".join(items)}</div>')


def _buttons(run: Run, forms: list[Export]) -> None:
    with st.container(horizontal=True):
        for spec in forms:
            st.download_button(
                spec.title, partial(service.export, run.id, spec.name), file_name=service.export_name(run.id, spec.name),
                mime=spec.mime, help=spec.summary, on_click="ignore", key=f"download_{spec.name}",
            )  # fmt: skip
