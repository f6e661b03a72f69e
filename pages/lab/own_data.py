"""Your data: bring a table, pictures or a text, see what they are taken for, train on them."""

import streamlit as st

from dlcore.ui import own_data_bring, own_data_kept
from dlcore.ui.page import show

ORDER = 4


def page() -> None:
    st.title("Your data", anchor=False)
    st.markdown(
        "Bring a table as CSV, TSV, Parquet or Excel, a zip of pictures with a folder for each class or with a CSV of labels, or a "
        "plain text to learn to write like. Up to 1 GB. "
        "It stays on this computer, gets a name, and then stands beside the built-in data sets everywhere: in the workbench, in searches, "
        "in links and on the command line."
    )
    bring, kept = st.container(), st.container()
    with kept:
        chosen = own_data_kept.listed()
        if chosen:
            own_data_kept.details(chosen)
    with bring:
        own_data_bring.bring()


show(page)
