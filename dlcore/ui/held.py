"""What a widget holds. To assign `st.session_state[key]` makes Streamlit send the value to the browser, where it replaces whatever the
person has done to the widget meanwhile: two quick presses on a slider would become one. So it is assigned only where it must be."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

PAGES = "pages.finished"


def page_finished() -> None:
    """At the end of a page that was drawn as a whole, and not cut short by the next one."""
    st.session_state[PAGES] = _finished() + 1


def _finished() -> int:
    return int(st.session_state.get(PAGES, 0))


def hold(key: str, value: Any, limits: Hashable = None) -> None:
    """Have the widget that is about to be drawn under `key` show this value.

    limits: what it can be set to (ends, options). Where they differ from those of the last drawing, or the page does, Streamlit takes it
    for another widget, or for one whose places mean something else, and the value has to be sent again. So it has to be where the last
    whole page went without it (a file was taken away and another one brought): the browser has forgotten the value, and may have asked
    for this page before it did.
    """
    context = get_script_run_ctx(suppress_warning=True)
    drawn, now = f"{key}.drawn", (context.page_script_hash if context else "", limits)
    *before, page = st.session_state.get(drawn, (None, None, -1))
    known = key in st.session_state and st.session_state[key] == value and tuple(before) == now and page >= _finished() - 1
    if not known or not _told(context, key):
        st.session_state[key] = value
    st.session_state[drawn] = (*now, _finished())


def _told(context: Any, key: str) -> bool:
    """Whether the browser itself has said what the widget holds. Before that, an earlier drawing with the value may never have come up: a
    page that is drawn twice in a row shows only the second one, whose widgets would stand at their lowest values, and be taken at that."""
    state = getattr(context.session_state, "_state", None) if context else None
    try:
        return state._key_id_mapper.get_id_from_key(key, "") in state._new_widget_state.states  # type: ignore[union-attr]
    except AttributeError:  # another Streamlit: to send the value once too often is the lesser harm
        return False
