"""An Altair chart as the pages show it: with buttons at its corner that save it as PNG or SVG at print size."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dlcore.ui.components import component

# Many marks would be painted by Streamlit's own choice, and a painted chart cannot be made larger for paper.
DRAWN = {"embedOptions": {"renderer": "svg"}}


def draw(chart: Any, key: str, **more: Any) -> Any:
    """The chart under a key of its own, which names the saved file too; what more Streamlit's command takes, and what it gives."""
    return st.altair_chart(chart.properties(usermeta=DRAWN), key=key, **more)


def watch() -> None:
    """Once on each page: gives its charts their buttons. What they save is 17 cm wide and dark on white, whatever the theme."""
    component("altair")(key="altair_saves", height="content")
