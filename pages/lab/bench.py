"""Model bench: try a trained net on input of your own, give it a name and a stage, open a .keras file."""

import streamlit as st

from dlcore.services.bench import Model
from dlcore.ui import bench_answers, bench_inputs, bench_models
from dlcore.ui.navigation import page as page_called
from dlcore.ui.page import show

ORDER = 5
TICK_SECONDS = 0.4


def page() -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="title_row"):
        st.title("Model bench", anchor=False, width="stretch")
        with st.container(width=420):
            model = bench_models.choose()
    st.markdown("Try a trained net on input of your own: draw, upload or type, and see what it answers and why.")
    if model is None:
        _nothing()
        return
    known, reading = bench_inputs.described(model)
    left, right = st.columns([2, 3], gap="large")
    with left:
        rows = bench_inputs.rows(model, known, reading)
    with right:
        bench_answers.show(model, rows)
    bench_models.refusals()
    tested, named, brought = st.tabs(["Test set", "Name and stage", "Open a .keras file"], key="bench_tabs")
    with tested:
        bench_answers.test_set(model)
    with named:
        bench_models.name_and_stage(model)
    with brought:
        bench_models.bring()
    if reading:
        st.fragment(_wait, run_every=TICK_SECONDS)(model)


def _wait(model: Model) -> None:
    """Until the data are known: then examples and ranges are there."""
    if not bench_inputs.described(model)[1]:
        st.rerun()


def _nothing() -> None:
    st.caption("There is no trained net yet. Train one, or open a .keras file.")
    st.page_link(page_called("workbench"), label="Open the workbench", icon=":material/tune:")
    bench_models.refusals()
    bench_models.bring()


show(page)
