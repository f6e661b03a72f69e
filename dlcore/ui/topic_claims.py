"""What a topic page shows of its claims and its notebooks: those that name it."""

from __future__ import annotations

import streamlit as st

from dlcore import registry


def cards(topic: str) -> None:
    """One card for each claim; without any, a caption."""
    found = [claim for claim in registry.members("claims").values() if claim.topic == topic]
    if not found:
        st.caption("Nothing on this page is claimed as measured: it is arithmetic, and you can check each number above.")
    for claim in found:
        st.markdown(f"**{claim.title}** {claim.summary} ({claim.reference})")


def notebooks(topic: str) -> None:
    """The course's notebooks of this topic."""
