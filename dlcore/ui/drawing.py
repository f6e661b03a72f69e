"""A topic's drawing: SVG from the charts room that changes in place, lights up what belongs together and reports clicks."""

from __future__ import annotations

import html
from collections.abc import Callable

import streamlit as st

from dlcore.charts.figure import Figure, Frame
from dlcore.ui.components import component


def drawing(
    figure: Figure, *, key: str, height: int = 0, frame: Frame | None = None, clicked: Callable[[float, float], None] | None = None
) -> None:
    """height: pixels kept for it at least. clicked(x, y) is called with a place in the frame's own values.

    Elements of the SVG that share a data-part light up together when one of them is pointed at or focused.
    """
    note = f'<p class="note">{html.escape(figure.note)}</p>' if figure.note else ""
    data = {"html": figure.svg + note, "height": height, "frame": vars(frame) if frame and clicked else None}

    def act() -> None:
        spot = st.session_state[key].get("spot")
        if spot and clicked:
            clicked(float(spot[0]), float(spot[1]))

    component("drawing")(data=data, key=key, height="content", on_spot_change=act)
