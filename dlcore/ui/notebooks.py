"""A notebook of the course to take away, with the settings of the page in it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from dlcore import course_notebooks, registry
from dlcore.experiment import Experiment


def download(name: str, experiment: Experiment | None = None, values: Mapping[str, Any] | None = None) -> None:
    """A button that downloads the notebook called `name`. experiment, values: as for `course_notebooks.write`."""
    spec = registry.find("notebooks", name)
    st.download_button(
        "Notebook", partial(course_notebooks.write, name, experiment, values), file_name=spec.filename, mime="application/x-ipynb+json",
        icon=":material/menu_book:", key=f"notebook_{name}", on_click="ignore",
        help=f"{spec.summary} Plain Keras for Jupyter, with the settings of this page. {spec.filename}",
    )  # fmt: skip


def downloads(topic: str, experiment: Experiment | None = None, values: Mapping[str, Any] | None = None) -> None:
    """The notebooks of a topic; nothing where it has none."""
    for spec in course_notebooks.of_topic(topic):
        download(spec.name, experiment, values)
