"""Undo and redo: what the settings were before each change in this tab. The link holds the present ones."""

from __future__ import annotations

import streamlit as st

from dlcore.experiment import Experiment
from dlcore.ui import link

KEPT = 100
PAST, FUTURE = "undo.past", "undo.future"


def remember(before: Experiment) -> None:
    """Call it with the settings as they are, right before they change."""
    past = _stack(PAST)
    past.append(before)
    del past[:-KEPT]
    _stack(FUTURE).clear()


def buttons(opened: link.Opened) -> None:
    """Undo and redo, side by side; each is dim when there is nothing to go to."""
    for label, icon, source, target in (("Undo", "undo", PAST, FUTURE), ("Redo", "redo", FUTURE, PAST)):
        help = f"{label}: the settings as they were {'before' if source == PAST else 'after'} the last change"
        # The word is there for screen readers; the style sheet shows the icon alone.
        st.button(
            label, key=f"settings_{icon}", icon=f":material/{icon}:", help=help, disabled=not _stack(source), type="tertiary",
            on_click=_go, args=(source, target, opened.base),
        )  # fmt: skip


def _go(source: str, target: str, base: Experiment) -> None:
    """Take the newest settings off one pile, and lay the present ones on the other."""
    found = link.opened(base)
    _stack(target).append(found.experiment)
    link.write(_stack(source).pop(), found.runs, base)


def _stack(name: str) -> list[Experiment]:
    """The pile of this page: another page's settings are no step back on this one."""
    page = (st.context.url or "").partition("?")[0]
    piles: dict[str, list[Experiment]] = st.session_state.setdefault(name, {})
    return piles.setdefault(page, [])
