"""Searches: find the settings that learn best."""

import streamlit as st

from dlcore.ui import form, link, search_range
from dlcore.ui.page import show, tell
from dlcore.ui.verbs import UNDONE

ORDER = 3


def page() -> None:
    opened = link.opened()
    form.sidebar(opened)
    st.title("Searches", anchor=False)
    for error in [*opened.errors, *filter(None, [st.session_state.pop(UNDONE, None)])]:
        tell(error)
    search_range.panel(opened)


show(page)
