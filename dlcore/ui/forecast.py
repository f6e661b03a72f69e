"""What training will take, in one line beneath the form, or why it cannot be started."""

from __future__ import annotations

import streamlit as st

from dlcore import forecast
from dlcore.datasets._files import is_available
from dlcore.errors import LabError
from dlcore.experiment import Experiment
from dlcore.services import duration
from dlcore.ui import words

ABOUT = {"family": "about {} of training", "lab": "roughly {} of training", "machine": "very roughly {} of training"}
HELP = (
    "Counted from the layers. The time is that of earlier runs here, scaled; before there are any, it comes from the speed of this "
    "machine's arithmetic and can be wrong several times over. A net's first run also compiles its program, which takes seconds."
)


def forecast_line(experiment: Experiment) -> None:
    """Weights, arithmetic, memory and time, the latter with how far it can be relied on."""
    try:
        ahead = forecast.check(experiment)
    except LabError as error:
        st.caption(f":red[{error} {error.hint}]")
        return
    parts = [
        f"{ahead.parameters:,} weights",
        f"{words.number(ahead.macs)} multiplications per example",
        f"{forecast.show_bytes(ahead.memory.total)} of memory",
    ]
    spec = experiment.dataset_spec
    if spec.origin == "download" and not is_available(spec):
        parts.insert(0, f"downloads {spec.megabytes:g} MB first")
    time = duration.expected(experiment)
    parts.append(ABOUT[time.basis].format(words.duration(time.seconds)))
    st.caption("  \n".join(parts), help=HELP)
