"""Warnings about a person's data, and its columns in pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dlcore.charts.profile import profile as drawn
from dlcore.owndata.names import plain
from dlcore.plural import count
from dlcore.ui.palette import colour, is_dark
from dlcore.ui.picture import picture

ICONS = {"error": ":material/error:", "warning": ":material/warning:", "info": ":material/info:"}


def warnings(found: Sequence[Mapping[str, str]]) -> None:
    """One box for each, the worst first; said too when there is nothing."""
    boxes = {"error": st.error, "warning": st.warning, "info": st.info}
    for one in found[:12]:
        boxes[one["level"]](f"{one['text']} {one['advice']}".strip(), icon=ICONS[one["level"]])
    if len(found) > 12:
        st.caption(f"And {len(found) - 12} more of the kind.")
    if not found:
        st.caption("Nothing odd was found: no leaks, repeated rows, constant columns or rare classes.")


def profile(found: Mapping[str, Any]) -> None:
    """The target and all columns that are used; those left out by name."""
    if not found:
        return
    target = {**found["target"], "name": f"{found['target']['name']} (target)"}
    columns = [target, *(column for column in found["columns"] if column["name"] != found["target"]["name"])]
    shown = [{**column, "name": plain(column["name"])} for column in columns]
    picture(drawn(shown, colour(0, is_dark())), key="own_profile")
    if files := found.get("files"):
        with st.expander(f"Left out: {count(len(files), 'file')}", icon=":material/info:"):
            st.dataframe(pd.DataFrame(files), hide_index=True, key="own_files")
    if found["left_out"]:
        st.caption("Left out: " + ", ".join(plain(column["name"]) for column in found["left_out"]) + ".")
