"""The page that a browser asked for, kept until it has been drawn. Where the connection breaks before that, as it may on a busy machine,
the browser comes back and asks for the script itself instead of for a page, and Streamlit would show it the first one."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

ASKED = "page_asked_for"


def remember() -> None:
    """Call it before anything that may take long: a browser that is back ends the run that was under way."""
    manager = _pages()
    if manager is None:
        return
    if manager.intended_page_name:
        st.session_state[ASKED] = manager.intended_page_name
    elif manager.intended_page_script_hash != manager.main_script_hash:
        st.session_state.pop(ASKED, None)  # it has been drawn: the browser knows its page


def find(addresses: Collection[str]) -> None:
    """Call it before the page is chosen from those at the addresses."""
    manager = _pages()
    if manager is None or manager.intended_page_name or manager.intended_page_script_hash != manager.main_script_hash:
        return
    # The browser's own address may be the first page's by now; and where the break lost the session, it is all there is.
    asked = st.session_state.get(ASKED) or urlsplit(st.context.url or "").path.rpartition("/")[2]
    if asked in addresses:
        manager.set_script_intent("", asked)


def _pages() -> Any:
    return getattr(get_script_run_ctx(suppress_warning=True), "pages_manager", None)
