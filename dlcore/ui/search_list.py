"""All searches, newest first, each a link to its board."""

from __future__ import annotations

import time

import streamlit as st

from dlcore.services import searching
from dlcore.studies.search import Study
from dlcore.ui import link, navigation, search_axes, words

SHOWN = 20


def panel() -> None:
    """The newest searches with state, how far they are, and their best."""
    st.subheader("Searches so far", anchor=False)
    found = searching.studies(limit=SHOWN)
    if not found:
        st.caption("Searches are listed here as soon as you start one.")
    for study in found:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.page_link(
                navigation.page("searches"), label=study.title or study.id, icon=words.ICONS[study.state],
                query_params={f"{link.OWN}search": study.id},
            )  # fmt: skip
            st.caption(_said(study), width="content")


def _said(study: Study) -> str:
    told = searching.progress(study.id)
    best = f"best {search_axes.score_label(study.search)} {words.number(told.best.score)}" if told.best else ""
    parts = (study.state.value, f"{told.ended:,} of {told.planned:,} trials", best, words.ago(time.time() - study.created))
    return " · ".join(part for part in parts if part)
