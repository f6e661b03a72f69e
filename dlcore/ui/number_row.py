"""A row of numbers, each under what it is called; it wraps where there is less room, and cuts nothing."""

from __future__ import annotations

import html
from collections.abc import Mapping

import streamlit as st

from dlcore.charts.figure import minus

GRID = "display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:6px 16px;margin:0;padding:0"


def numbers(shown: Mapping[str, str]) -> None:
    """shown: name → value, both as a person reads them."""
    pairs = "".join(
        f'<div><dt style="font-weight:400;font-size:14px">{html.escape(label)}</dt>'
        f'<dd style="margin:0;font-size:22px;font-weight:600;line-height:1.3">{html.escape(minus(value))}</dd></div>'
        for label, value in shown.items()
    )
    st.html(f'<dl style="{GRID};font-variant-numeric:tabular-nums">{pairs}</dl>')
