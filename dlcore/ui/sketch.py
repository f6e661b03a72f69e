"""A sheet to draw on."""

from __future__ import annotations

import base64

import numpy as np
import streamlit as st

from dlcore.ui.components import component

SIDE = 56


def sketch(label: str, hint: str, *, key: str) -> np.ndarray | None:
    """What is drawn, ink from 0 to 1 as (56, 56); None for an empty sheet. It is kept until it is changed."""
    kept = f"{key}.ink"

    def drawn() -> None:
        st.session_state[kept] = st.session_state[key].get("ink") or ""

    component("sketch")(data={"label": label, "hint": hint}, key=key, height="content", on_ink_change=drawn)
    return ink_of(st.session_state.get(kept, ""))


def ink_of(text: str) -> np.ndarray | None:
    """The drawing in base64 as the browser tells it, one byte for each square; None for anything else."""
    try:
        data = base64.b64decode(text, validate=True)
    except (ValueError, TypeError):
        return None
    if len(data) != SIDE * SIDE:
        return None
    return np.frombuffer(data, np.uint8).reshape(SIDE, SIDE) / 255
