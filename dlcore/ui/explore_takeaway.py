"""The chosen runs to take away together: a report that opens offline, or their numbers as a table."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from dlcore.run import Run
from dlcore.services import reporting
from dlcore.services.reporting import MIME, Form

FORMS: dict[Form, str] = {"csv": "CSV", "json": "JSON", "parquet": "Parquet"}


def draw(chosen: Sequence[Run]) -> None:
    """Buttons whose files are made when they are pressed."""
    if not chosen:
        st.caption("Tick runs, and take them away as one report with live charts, or as a table for other tools.")
        return
    ids = [run.id for run in chosen[: reporting.MOST_RUNS]]
    what = "this run" if len(ids) == 1 else f"these {len(ids)} runs"
    st.markdown(f"**A report of {what}**: results, curves, settings and environment in one HTML file. It opens without a network.")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        title = st.text_input("Title", key="report_title", max_chars=200, placeholder="What it shows", width=360)
        st.download_button(
            "Report", partial(reporting.report, ids, title.strip()), file_name="report.html", mime="text/html", type="primary",
            icon=":material/article:", on_click="ignore", key="report_html",
        )  # fmt: skip
    st.markdown("**Their numbers as a table**, for a spreadsheet, pandas or R.")
    with st.container(horizontal=True, vertical_alignment="center"):
        epochs = st.toggle("A row for each epoch", key="report_epochs", help="Otherwise a row for each run, with settings and results.")
        for form, name in FORMS.items():
            st.download_button(
                name, partial(reporting.table, ids, form, epochs=epochs), file_name=f"{'epochs' if epochs else 'runs'}.{form}",
                mime=MIME[form], icon=":material/download:", on_click="ignore", key=f"report_{form}",
            )  # fmt: skip
    st.caption("Each chart can be saved by itself as PNG or SVG at print size: point at it, and press the button at its corner.")
