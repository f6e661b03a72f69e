"""What training will take, in one line beneath the form, or why it cannot be started."""

from __future__ import annotations

import streamlit as st

from dlcore import forecast, service
from dlcore.datasets._files import is_available
from dlcore.errors import LabError
from dlcore.experiment import Experiment
from dlcore.run import State
from dlcore.ui import words

LOOKED_AT = 20


def forecast_line(experiment: Experiment) -> None:
    """Weights, arithmetic, memory and, once a net of this family was trained here, time."""
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
    speed = _speed(experiment.model.name)
    if speed:
        parts.append(f"about {words.duration(forecast.seconds(experiment, speed))}")
    st.caption(" · ".join(parts))


def _speed(family: str) -> float:
    """Arithmetic per second that the newest finished run of this family reached in this lab; 0 where there is none."""
    for run in service.runs(states=(State.DONE,), limit=LOOKED_AT):
        experiment = service.experiment(run.id)
        if experiment.model.name == family and run.seconds > 0:
            return forecast.seconds(experiment, 1.0) / run.seconds
    return 0.0
