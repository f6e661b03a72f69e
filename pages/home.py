"""Home: what this is, one press to a first training run, the runs of late, and the map of the course."""

import streamlit as st

from dlcore import service
from dlcore.errors import LabError
from dlcore.experiment import Experiment
from dlcore.ui import course, presets, recent
from dlcore.ui.browser import owner
from dlcore.ui.navigation import page as page_called
from dlcore.ui.page import show, tell

FIRST = Experiment()
FIRST_HELP = "A small net learns to read handwritten digits. It takes seconds."


def page() -> None:
    st.title("Watch neural networks learn", anchor=False)
    st.markdown("Move sliders, press Train, and see a real Keras model learn while you look. Close the page if you like: training goes on.")
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.button("Train a first net", type="primary", icon=":material/model_training:", help=FIRST_HELP)
        st.page_link(page_called("workbench"), label="Open the workbench", icon=":material/tune:")
    if pressed:
        _first_run()
    left, right = st.columns([5, 3], gap="large")
    with left:
        recent.list_runs()
        st.subheader("Or see one of these", anchor=False)
        presets.gallery()
    with right:
        course.overview()


def _first_run() -> None:
    try:
        run = service.start(FIRST, owner=owner())
    except LabError as error:
        tell(error)
        return
    st.switch_page(page_called("workbench"), query_params={"run": run})


show(page)
