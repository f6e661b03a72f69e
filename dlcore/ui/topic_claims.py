"""What a topic page shows of its claims and its notebook."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dlcore.experiment import Experiment


def cards(names: Sequence[str]) -> None:
    """One card for each claim; without any, a caption."""
    if not names:
        st.caption("Nothing of this page is claimed as measured yet.")


def notebook(name: str, experiment: Experiment) -> None:
    """The course's notebook of that name, with the settings of the page in it."""
