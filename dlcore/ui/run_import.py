"""Runs that other tools wrote down come in from files."""

from __future__ import annotations

import streamlit as st

from dlcore.errors import LabError
from dlcore.services import importing
from dlcore.ui.browser import owner
from dlcore.ui.page import tell

MEGABYTES = 200
KEY, REFUSED, SAID = "import_files", "import_refused", "import_said"


def bring() -> None:
    """A button that opens a field for files."""
    with st.popover("Import", icon=":material/upload_file:", help="Take in runs of other tools"):
        st.markdown("A CSV file of Keras's `CSVLogger`, TensorBoard event files, or a zip of a log folder or of a keras-tuner project.")
        key = f"{KEY}_{st.session_state.setdefault(KEY, 0)}"
        st.file_uploader("Files", accept_multiple_files=True, key=key, max_upload_size=MEGABYTES, on_change=_take, args=(key,))
        if error := st.session_state.get(REFUSED):
            tell(error)
        if said := st.session_state.get(SAID):
            st.success(said, icon=":material/check:")


def _take(key: str) -> None:
    files = st.session_state.get(key)
    if not files:
        return
    st.session_state.pop(REFUSED, None)
    st.session_state.pop(SAID, None)
    try:
        runs = importing.import_files({file.name: file.getvalue() for file in files}, owner=owner())
    except LabError as error:
        st.session_state[REFUSED] = error
    else:
        st.session_state[SAID] = f"{len(runs):,} {'run is' if len(runs) == 1 else 'runs are'} here now, marked as imported."
    # Another key empties the field: files come in once.
    st.session_state[KEY] += 1
