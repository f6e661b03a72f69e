"""One run: all that is known of it."""

import streamlit as st

from dlcore.ui.page import show

ORDER = 3


def page() -> None:
    st.title("One run", anchor=False)


show(page)
