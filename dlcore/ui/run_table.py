"""The table of runs, and what can be done to the rows chosen in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dlcore import service
from dlcore.errors import LabError
from dlcore.run import Run
from dlcore.ui import link, navigation, words
from dlcore.ui.page import tell
from dlcore.ui.progress import main_metric
from dlcore.ui.recent import title

PAGE = 200
REFUSED = "runs_refused"


def table(runs: Sequence[Run]) -> list[Run]:
    """Draw the table; returns the chosen runs in the order of their rows."""
    frame = pd.DataFrame([_row(run) for run in runs])
    chosen = st.dataframe(
        frame, key="runs", hide_index=True, on_select="rerun", selection_mode="multi-row", height="content" if len(runs) < 12 else 460,
        column_config={
            "Created": st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm"),
            "Value": st.column_config.NumberColumn(format="%.4g"),
            "Best": st.column_config.NumberColumn(format="%.4g"),
        },
    )  # fmt: skip
    return [runs[place] for place in chosen["selection"]["rows"] if place < len(runs)]


def verbs(chosen: Sequence[Run], trashed: bool) -> None:
    """What can be done to the chosen rows; without any, how to choose."""
    if st.session_state.get(REFUSED):
        tell(st.session_state.pop(REFUSED))
    if not chosen:
        st.caption("Tick rows to open, compare or delete them.")
        return
    with st.container(horizontal=True):
        if trashed:
            st.button("Restore", icon=":material/restore_from_trash:", on_click=_each, args=(service.restore, chosen))
            return
        word = "Open" if len(chosen) == 1 else f"Compare {min(len(chosen), link.COMPARED)} runs"
        if st.button(word, type="primary", icon=":material/show_chart:"):
            ids = ",".join(run.id for run in chosen[: link.COMPARED])
            st.switch_page(navigation.page("workbench"), query_params={link.RUN: ids})
        st.button("Delete", icon=":material/delete:", help="Moves them to the trash", on_click=_each, args=(service.delete, chosen))


def _each(act: Any, chosen: Sequence[Run]) -> None:
    try:
        for run in chosen:
            act(run.id)
    except LabError as error:
        st.session_state[REFUSED] = error


def _row(run: Run) -> dict[str, Any]:
    found: dict[str, Any] = {}
    name = ""
    try:
        found = service.metrics(run.id)
        name = main_metric(service.experiment(run.id), found)
    except LabError:
        pass
    values = found.get(name, {})
    return {
        "Run": run.id,
        "State": run.state.value,
        "What": title(run),
        "Epoch": f"{run.epoch:,} of {run.epochs:,}",
        "Measured": words.metric_name(name) if values else "",
        "Value": values.get("last"),
        "Best": values.get("best"),
        "Created": pd.Timestamp(run.created, unit="s"),
    }
