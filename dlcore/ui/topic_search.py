"""A topic's own searches: its keras-tuner preset, its setting over the whole slider, a range test; each opens with the page's settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from dlcore import registry
from dlcore.experiment import Experiment
from dlcore.ui import link
from dlcore.ui.navigation import page


@dataclass(frozen=True)
class Looking:
    """What there is to look for on a topic's page. presets: names in the room searches. slider: the setting that is worth training over its
    whole range, as `Experiment.find_field` knows it. range_test: whether a range test of the learning rate belongs here."""

    presets: tuple[str, ...]
    slider: str = ""
    range_test: bool = False


def panel(looking: Looking, opened: link.Opened) -> None:
    """A button for each, with what it does."""
    for name in looking.presets:
        spec = registry.find("searches", name)
        _row(f"**{spec.title}** {spec.summary}", "Open this search", name, opened.experiment, {"way": "search", "preset": name})
    if looking.slider:
        full, field = opened.experiment.find_field(looking.slider)
        said = f"**Whole slider** Trains with {field.label.lower()} over its whole range, several seeds each, and draws what became of it."
        _row(said, "Open the whole slider", "slider", opened.experiment, {"way": "slider", "slider": full})
    if looking.range_test:
        said = (
            "**Range test** One run climbs through the rates. Where its loss falls fastest is marked, and a tenth of the rate where it is "
            "lowest; one press trains at either."
        )
        _row(said, "Open the range test", "range", opened.experiment, {"way": "range"})


def _row(said: str, label: str, name: str, experiment: Experiment, choices: Mapping[str, str]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"look_{name}"):
        st.markdown(said, width="stretch")
        if st.button(label, key=f"look_button_{name}", icon=":material/search:"):
            st.switch_page(
                page("searches"), query_params=link.query(experiment) | {link.OWN + key: value for key, value in choices.items()}
            )
