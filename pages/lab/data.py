"""Data: what the nets learn from – samples, classes, features, splits."""

import streamlit as st

from dlcore.ui import data_form, data_loading, data_pictures, link
from dlcore.ui.navigation import page as page_called
from dlcore.ui.page import show, tell

ORDER = 3


def page() -> None:
    opened = link.opened()
    data_form.sidebar(opened)
    experiment, spec = opened.experiment, opened.experiment.dataset_spec
    with st.container(horizontal=True, vertical_alignment="center", key="title_row"):
        st.title(spec.title, anchor=False, width="stretch")
        st.page_link(page_called("workbench"), label="Train on these data", icon=":material/model_training:",
                     query_params=link.query(experiment))  # fmt: skip
    st.markdown(spec.summary)
    for error in opened.errors:
        tell(error)
    found = data_loading.description(experiment)
    if found is None:
        return
    data_pictures.facts(experiment, found)
    left, right = st.columns([2, 1])
    with left:
        data_pictures.samples(experiment, found)
    with right:
        data_pictures.classes(experiment, found)
    features, splits, *table = st.tabs(["Features", "Splits and shapes", *([] if data_pictures.is_table(experiment) else ["Table"])])
    with features:
        data_pictures.features(experiment, found)
    with splits:
        data_pictures.splits(experiment, found)
    for tab in table:
        with tab:
            data_pictures.table(experiment, found)


show(page)
