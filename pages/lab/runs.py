"""Runs: everything that was trained here, newest first."""

import streamlit as st

from dlcore import service
from dlcore.ui import run_table
from dlcore.ui.navigation import page as page_called
from dlcore.ui.page import show

ORDER = 2


def page() -> None:
    st.title("Runs", anchor=False)
    trashed = st.toggle("Show the trash", key="trash", help="Deleted runs stay here until the trash is emptied.")
    found = service.runs(limit=run_table.PAGE, trashed=trashed)
    if not found:
        st.caption("The trash is empty." if trashed else "Nothing has been trained yet.")
        st.page_link(page_called("workbench"), label="Open the workbench", icon=":material/tune:")
        return
    chosen = run_table.table(found)
    run_table.verbs(chosen, trashed)


show(page)
