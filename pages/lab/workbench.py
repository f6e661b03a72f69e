"""Workbench: any data, any net, trained while you watch."""

import streamlit as st

from dlcore.ui import form, link, live, takeaway, verbs
from dlcore.ui.page import show

ORDER = 1


def page() -> None:
    opened = link.opened()
    form.sidebar(opened)
    verbs.title_row("Workbench", opened)
    st.caption("Choose data, a net and its settings on the left, press Train, and watch it learn. It goes on when you close this page.")
    live.panel(opened.runs)
    verbs.compared(opened)
    if opened.run:
        takeaway.downloads(opened.run)


show(page)
