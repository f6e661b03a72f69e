"""The settings of data and split in the sidebar; the address holds them, as on every page with an experiment."""

from __future__ import annotations

import streamlit as st

from dlcore.datasets._files import is_available
from dlcore.fields import Field, Value
from dlcore.services.describing import SETTINGS
from dlcore.ui import form, held, link
from dlcore.ui.widgets import widget_for

KEY = "data"
FIRST = ("label_noise", "validation", "test")


def sidebar(opened: link.Opened) -> None:
    """The data set, its own settings, the split; the rest closed."""
    with st.sidebar:
        st.subheader("Data", anchor=False)
        _dataset(opened)
        fields = {full: (own, value) for full, own, value in opened.experiment.fields()}
        for full in fields:
            if full.startswith("dataset."):
                _field(full, *fields[full])
        for full in FIRST:
            _field(full, *fields[full])
        with st.expander("All settings", icon=":material/tune:"):
            for full in SETTINGS:
                if full not in FIRST:
                    _field(full, *fields[full])


def _dataset(opened: link.Opened) -> None:
    members = form.offered("datasets", opened.experiment.dataset.name)
    key = f"{KEY}.dataset"
    held.hold(key, opened.experiment.dataset.name, tuple(members))

    def words(name: str) -> str:
        spec = members[name]
        return spec.title if is_available(spec) else f"{spec.title} ({spec.megabytes:g} MB to fetch)"

    st.selectbox(
        "Data set", list(members), key=key, format_func=words, help="Those with a size are fetched once, when you ask for it.",
        on_change=lambda: form.change({"dataset": st.session_state[key]}, key),
    )  # fmt: skip


def _field(full: str, own: Field, value: Value) -> None:
    """A widget that shows what the address says; a value that was refused stays, with the reason beneath."""
    widget = widget_for(own, value)
    key = f"{KEY}.{full}.{widget.kind}"
    refused = st.session_state.get(form.REFUSED, {})
    if key not in refused or key not in st.session_state:
        widget.hold(key)
    widget.draw(key, lambda: form.change({full: widget.text(st.session_state[key])}, key))
    if key in refused:
        st.caption(f":red[{refused[key][1]}]")
