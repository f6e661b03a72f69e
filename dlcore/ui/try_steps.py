"""Buttons for walking through a picture step by step: one step forth and back, the first and the last one, and playing them all."""

from __future__ import annotations

import streamlit as st

from dlcore.fields import Field
from dlcore.ui.tries import Try, Values, here, write

PLAY_SECONDS = 0.25
PLAYED = 130  # pictures that playing a whole walk shows at most


def is_playing(name: str) -> bool:
    return bool(st.session_state.get(_key(name), False))


def play_on(name: str, part: Try) -> None:
    """One picture further; at the end playing stops."""
    field = _field(part)
    values, _ = here(part.fields)
    now, last = values.whole(field.name), _last(part, values)
    if now >= last:
        st.session_state[_key(name)] = False
        st.rerun()  # the whole page: only then does the clock stop
    write(field, min(last, now + max(1, last // PLAYED)))


def buttons(name: str, part: Try, values: Values) -> None:
    field, playing = _field(part), is_playing(name)
    now, last = values.whole(field.name), _last(part, values)
    with st.container(horizontal=True, key=f"steps_{name}", gap="xsmall"):
        for label, target in (("Start", 0), ("Back", now - 1)):
            _step(name, field, label, target, now, last)
        if st.button("Pause" if playing else "Play", key=f"play_{name}", on_click=_play, args=(name, field, now, last), width="stretch"):
            st.rerun()  # the whole page: only then does the clock begin or stop
        for label, target in (("Next", now + 1), ("End", last)):
            _step(name, field, label, target, now, last)


def _step(name: str, field: Field, label: str, target: int, now: int, last: int) -> None:
    st.button(
        label, key=f"step_{name}_{label}", disabled=target == now or not 0 <= target <= last, on_click=write, args=(field, target),
        type="tertiary" if label in ("Start", "End") else "secondary", width="content" if label in ("Start", "End") else "stretch",
    )  # fmt: skip


def _play(name: str, field: Field, now: int, last: int) -> None:
    """Begin playing, from the start where it stands at the end; or stop."""
    playing = is_playing(name)
    if not playing and now >= last:
        write(field, 0)
    st.session_state[_key(name)] = not playing


def _field(part: Try) -> Field:
    return next(field for field in part.fields if field.name == part.steps)


def _last(part: Try, values: Values) -> int:
    return part.last(values) if part.last else int(_field(part).maximum or 0)


def _key(name: str) -> str:
    return f"playing_{name}"
