"""What a topic page shows of its claims and its notebooks: those that name it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from dlcore import registry
from dlcore.errors import Invalid
from dlcore.experiment import Experiment
from dlcore.services import claiming, course_notebooks
from dlcore.specs import Claim, Notebook
from dlcore.ui import link
from dlcore.ui.claims import LOOKS, claim_card, verdict


def of_topic(topic: str) -> list[Claim]:
    """The claims that name this page, in their order."""
    return [claim for claim in registry.members("claims").values() if claim.topic == topic]


def first(topic: str) -> None:
    """The first claim in a line with its verdict, for the first screen; nothing without claims."""
    found = of_topic(topic)
    if not found:
        return
    standing = claiming.standing(found[0].name)
    with st.container(border=True, key="first_claim"):
        st.markdown(f"**Claim** {found[0].summary}")
        said = verdict(standing)
        icon, tint = LOOKS.get(said, (":material/science:", "gray"))
        st.badge(said[:1].upper() + said[1:], icon=icon, color=tint)


def cards(topic: str) -> None:
    """One card for each claim; without any, a caption."""
    found = of_topic(topic)
    if not found:
        st.caption("Nothing on this page is claimed as measured: it is arithmetic, and you can check each number above.")
    for claim in found:
        claim_card(claim.name)


def notebooks(topic: str, experiment: Experiment | None) -> None:
    """The course's notebooks of this page, each with the settings that the page shows now."""
    for spec in course_notebooks.of_topic(topic):
        values = _tried(spec, {key: st.query_params[key] for key in st.query_params})
        st.download_button(
            spec.filename, partial(course_notebooks.write, spec.name, experiment, values),
            file_name=spec.filename, key=f"notebook_{spec.name}", mime="application/x-ipynb+json",
            icon=":material/menu_book:", on_click="ignore",
            help=f"{spec.summary} It has the settings of this page and needs nothing of this lab.",
        )  # fmt: skip


def _tried(spec: Notebook, address: Mapping[str, str]) -> dict[str, Any]:
    """What the page's own controls say of the notebook's settings; what does not suit it is left out."""
    found = {}
    for field in spec.fields:
        if (text := address.get(link.OWN + field.name)) is not None:
            try:
                found[field.name] = field.parse(text)
            except Invalid:
                continue
    return found
