"""A text that a person brings for a net that writes: how it is cut into pieces, before it is kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from dlcore.owndata.keeping import name_from
from dlcore.owndata.text_set import ALL_LETTERS, MOST_STEPS, TextPlan, findings, profile_of
from dlcore.services import own_data
from dlcore.ui import own_data_pictures

SHOWN = 2000


def plan(path: Path, keep: Callable[[Path, str, dict[str, Any]], None]) -> None:
    """Choices on the right, the text's beginning and its letters on the left. keep(path, name, choices) is called by the press."""
    key = path.parent.name
    left, right = st.columns([2, 1], gap="large")
    with right:
        choices = _choices(own_data.look_at_text(path, {}), key)
        made = own_data.look_at_text(path, choices)
        name = st.text_input("Name", name_from(path.name), key=f"name_{key}", max_chars=60, help="Small letters, digits and _.")
        if st.button("Keep and use it", type="primary", icon=":material/inventory_2:", key=f"keep_{key}", width="stretch"):
            keep(path, name, {"as": "text", **choices})
    with left:
        st.markdown(
            f"{made.length:,} letters, {len(made.letters):,} of them different. They become {made.rows:,} pieces of {made.steps} letters; "
            "at each letter a net is to say the next one. The first pieces are for training, the last for the test."
        )
        own_data_pictures.warnings(findings(made))
        beginning, letters = st.tabs(["How it begins", "Letters and words"])
        with beginning, st.container(height=320):
            st.text(next(made.texts(), "")[:SHOWN])
        with letters:
            own_data_pictures.profile(profile_of(made))


def _choices(guessed: TextPlan, key: str) -> dict[str, Any]:
    encoding = st.text_input("Encoding", guessed.encoding, key=f"text_encoding_{key}", help="How letters are written as bytes.")
    steps = st.number_input("Letters of a piece", 2, MOST_STEPS, guessed.steps, key=f"text_steps_{key}",
                            help="How far back a net learns to look. Twice as many take twice as long.")  # fmt: skip
    stride = st.number_input("Letters between the beginnings of two pieces", 1, MOST_STEPS, guessed.stride, key=f"text_stride_{key}",
                             help="Fewer than a piece has: pieces overlap, and there are more of them.")  # fmt: skip
    told = st.number_input("Letters told apart", 2, ALL_LETTERS, max(2, len(guessed.vocabulary)), key=f"text_vocabulary_{key}",
                           help="The commonest; all others become one and the same.")  # fmt: skip
    return {"encoding": encoding, "steps": int(steps), "stride": int(stride), "vocabulary": int(told)}
