"""The pictures of what answers at once, to be taken away as they are now."""

from __future__ import annotations

import streamlit as st

from dlcore.ui import link, tries
from dlcore.ui.drawing import standalone


def downloads(part: tries.Try, opened: link.Opened) -> None:
    """The part's pictures as they are now: each as a drawing, and the numbers that it shows where it shows any."""
    values, _ = tries.here(part.fields)
    look = tries.looking(opened)
    answer = part.answer(values, look)
    title = part.title.removeprefix("Try it: ")
    with st.container(horizontal=True, vertical_alignment="center", key=f"take_{part.title}"):
        st.markdown(f"{title[:1].upper()}{title[1:]}", width="content")
        for number, figure in enumerate(filter(None, (answer.figure, answer.below)), start=1):
            name = f"{title} {number}" if answer.below else title
            st.download_button(f"{_called(number, answer)} as SVG", standalone(figure, look.dark), f"{name}.svg", "image/svg+xml",
                               key=f"svg_{name}", on_click="ignore", icon=":material/image:")  # fmt: skip
            if figure.table:
                st.download_button(f"{_called(number, answer)} as CSV", figure.table, f"{name}.csv", "text/csv", key=f"csv_{name}",
                                   on_click="ignore", icon=":material/table:")  # fmt: skip


def _called(number: int, answer: tries.Answer) -> str:
    return ("Upper picture", "Lower picture")[number - 1] if answer.below else "Picture"
