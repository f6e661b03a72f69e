"""Colours that colour-blind eyes can tell apart (after Okabe & Ito 2008): each hue has a form for light and one for dark ground.
A run keeps its place in the list for ever; beyond eight the list begins again."""

from __future__ import annotations

import streamlit as st

from dlcore.ui.components import component

LIGHT = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#B58900", "#3A9BD9", "#7A5195", "#555555")
DARK = ("#5BB3E6", "#FF8A4C", "#3CCF9A", "#E3A1C8", "#F2C14E", "#9CD2F5", "#B79AD9", "#B8C0C8")


def colour(index: int, dark: bool) -> str:
    """The colour of place `index`, as "#RRGGBB"."""
    return (DARK if dark else LIGHT)[index % len(LIGHT)]


def is_dark() -> bool:
    """Whether the person's browser shows the dark theme."""
    return st.context.theme.type == "dark"


def follow_theme() -> None:
    """Call it once on each page: as soon as the person's browser turns dark or light, the page is drawn again in the other colours."""
    component("theme")(data={"dark": is_dark()}, key="theme", on_turned_change=lambda: None)
