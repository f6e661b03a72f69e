"""What the pictures of searches share: colours for the ground they lie on, and where a page of searches keeps its choices."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dlcore.ui import altair_chart, link
from dlcore.ui.palette import colour, is_dark

INK = {False: "#4A5563", True: "#B4BFCB"}
ACCENT = 0  # place in the palette of whatever has no colour of its own


def ink() -> str:
    """The colour of axes and words."""
    return INK[is_dark()]


def accent() -> str:
    """The colour of marks."""
    return colour(ACCENT, is_dark())


def asked(name: str) -> str:
    """What the address says about this page's own choice `name`; "" where it says nothing."""
    return str(st.query_params.get(link.OWN + name, ""))


def ask(**choices: str) -> None:
    """Put this page's own choices into the address; an empty one is taken out."""
    for name, text in choices.items():
        if text:
            st.query_params[link.OWN + name] = text
        else:
            st.query_params.pop(link.OWN + name, None)


def picture(chart: Any, key: str, **more: Any) -> Any:
    """An Altair chart as wide as its place."""
    return altair_chart.draw(chart, key, width="stretch", **more)
