"""Searches: find the settings that learn best."""

import streamlit as st

from dlcore.ui import form, link, search_board, search_editor, search_list, search_looks, search_range, search_slider
from dlcore.ui.page import show, tell
from dlcore.ui.verbs import UNDONE

ORDER = 3
WAYS = {
    "search": ("Search", search_editor.panel),
    "slider": ("Whole slider", search_slider.panel),
    "range": ("Range test", search_range.panel),
}


def page() -> None:
    search = search_looks.asked("search")
    opened = link.opened(search_board.experiment(search))
    form.sidebar(opened)
    st.title("Searches", anchor=False)
    for error in [*opened.errors, *filter(None, [st.session_state.pop(UNDONE, None)])]:
        tell(error)
    if search:
        search_board.panel(search)
        return
    way = search_looks.asked("way")
    st.session_state["search_way"] = way if way in WAYS else "search"
    st.segmented_control(
        "What to find out", list(WAYS), key="search_way", format_func=lambda name: WAYS[name][0], required=True,
        label_visibility="collapsed", on_change=lambda: search_looks.ask(way=str(st.session_state["search_way"])),
    )  # fmt: skip
    WAYS[st.session_state["search_way"]][1](opened)
    search_list.panel()


show(page)
