"""A row of numbers, each under what it is called; it wraps where there is less room, and cuts nothing."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping

import streamlit as st

from dlcore.charts.figure import minus

GRID = "display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:6px 16px;margin:0;padding:0"


def numbers(shown: Mapping[str, str]) -> None:
    """shown: name → value, both as a person reads them."""
    st.html(f'<dl style="{GRID};font-variant-numeric:tabular-nums">{_pairs(shown.items(), "14px", "22px", "1.3")}</dl>')


def small(shown: Iterable[tuple[str, str]]) -> str:
    """The same for a narrow place, as HTML: numbers no larger than words."""
    return f'<dl style="display:flex;flex-wrap:wrap;gap:.3rem 1rem;margin:0;padding:0">{_pairs(shown, ".875rem", "1rem", "1.5")}</dl>'


def _pairs(shown: Iterable[tuple[str, str]], named: str, valued: str, line: str) -> str:
    return "".join(
        f'<div><dt style="font-weight:400;font-size:{named};opacity:.9">{html.escape(label)}</dt>'
        f'<dd style="margin:0;font-size:{valued};font-weight:600;line-height:{line}">{html.escape(minus(value))}</dd></div>'
        for label, value in shown
    )
