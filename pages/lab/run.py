"""One run: its curves, its test, its settings, what happened to it and where it comes from."""

from collections.abc import Callable

import streamlit as st

from dlcore import service
from dlcore.errors import LabError
from dlcore.experiment import Experiment
from dlcore.run import Run
from dlcore.services import listing
from dlcore.ui import link, live, run_facts, run_test, takeaway
from dlcore.ui.components import component
from dlcore.ui.labels import described
from dlcore.ui.navigation import page as page_called
from dlcore.ui.page import show

ORDER = 3


def page() -> None:
    opened = link.opened()
    for error in opened.errors:
        st.error(f"{error}  \n{error.hint}".strip(), icon=":material/error:")
    if opened.run is None:
        _nothing()
        return
    run, experiment = opened.run, service.experiment(opened.run.id)
    _title(run, experiment)
    drawers: dict[str, Callable[[], None]] = {
        "Curves and insides": lambda: live.panel([run]),
        "Test": lambda: run_test.draw(run, experiment),
        "Settings and environment": lambda: run_facts.settings(run, experiment),
        "Log": lambda: run_facts.log(run),
        "Lineage": lambda: run_facts.lineage(run),
        "Take away": lambda: takeaway.downloads(run),
    }
    for tab, draw in zip(st.tabs(list(drawers), key="run_tabs", on_change="rerun"), drawers.values(), strict=True):
        if tab.open:
            with tab:
                draw()


def _title(run: Run, experiment: Experiment) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="title_row"):
        st.title(run.title or described(experiment), anchor=False, width="content")
        component("copy_link")(key="copy_link", width=44, height=40)
        st.page_link(page_called("workbench"), label="Open in the workbench", icon=":material/tune:", query_params={link.RUN: run.id})
        st.button(
            "Starred" if run.starred else "Star", icon=":material/star:", key="star", on_click=_star, args=(run.id, not run.starred),
            help="A starred run is found again by *More* on the page of runs.",
        )  # fmt: skip
    words = " · ".join(filter(None, [f"Run {run.id}", ", ".join(run.tags), run.note]))
    st.caption(words)


def _star(run: str, starred: bool) -> None:
    try:
        listing.star(run, starred)
    except LabError:
        return  # it was removed meanwhile


def _nothing() -> None:
    st.title("One run", anchor=False)
    st.caption("Press a run's name on the page of runs, and all that is known of it appears here.")
    st.page_link(page_called("runs"), label="All runs", icon=":material/list:")


show(page)
