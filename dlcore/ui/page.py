"""`show`, the last line of every page: it draws the page inside a Streamlit run and does nothing elsewhere, so that
notebooks and tests can import page files."""

from __future__ import annotations

import logging
from collections.abc import Callable

from dlcore.errors import LabError

log = logging.getLogger("dlcore.ui")


def show(body: Callable[[], None]) -> None:
    """Run `body` if a browser (or a page test) asks for it; an error reaches the person as a sentence and a next step."""
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    if get_script_run_ctx(suppress_warning=True) is None:
        return
    try:
        body()
    except LabError as error:
        tell(error)


def tell(error: LabError) -> None:
    """The error as a box with its sentence and its hint."""
    import streamlit as st

    st.error(f"{error}  \n{error.hint}" if error.hint else str(error), icon=":material/error:")
