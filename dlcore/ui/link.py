"""The link is the experiment: what a page shows is read from the address, and what a person changes is written to it.

`?run=a,b` opens runs, the first one in full and the others for comparison. Any other key is a setting by its full or short name
(`?model.layers=256,128&epochs=5`); what is not named has its default. With a run and no setting, the experiment is that run's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from dlcore import service
from dlcore.errors import Invalid, LabError
from dlcore.experiment import PARTS, Experiment
from dlcore.run import Run

RUN = "run"
COMPARED = 6


@dataclass(frozen=True)
class Opened:
    """What an address opens. errors: what in it could not be understood, each a sentence with a hint."""

    experiment: Experiment
    runs: tuple[Run, ...]
    errors: tuple[LabError, ...]

    @property
    def run(self) -> Run | None:
        return self.runs[0] if self.runs else None


def opened() -> Opened:
    """What this page's address opens. Never raises for a bad address."""
    return read({key: st.query_params[key] for key in st.query_params})


def read(address: Mapping[str, str]) -> Opened:
    """The same for any address, given as its query's keys and values."""
    runs, errors = _runs(address.get(RUN, ""))
    settings = {key: text for key, text in address.items() if key != RUN}
    base = Experiment()
    if runs and not settings:
        base = service.experiment(runs[0].id)
    experiment, refused = _apply(base, settings)
    return Opened(experiment, tuple(runs), (*errors, *refused))


def query(experiment: Experiment, runs: Sequence[Run] = ()) -> dict[str, str]:
    """The address's query for an experiment beside opened runs; `read` gives both back."""
    found = {RUN: ",".join(run.id for run in runs)} if runs else {}
    if runs and service.experiment(runs[0].id) == experiment:
        return found
    settings = experiment.to_text()
    if runs and not settings:
        # Without any setting the link would mean the run's own experiment.
        settings = {"dataset": experiment.dataset.name}
    return found | settings


def write(experiment: Experiment, runs: Sequence[Run] = ()) -> None:
    """Put experiment and runs into this page's address."""
    st.query_params.from_dict(query(experiment, runs))


def fit(experiment: Experiment, changes: Mapping[str, str]) -> tuple[Experiment, str]:
    """The changed experiment, and a sentence about what had to follow ("" when nothing had to).

    A new data set may not suit the chosen model, loss or metrics: then they take what suits. Raises `Invalid` for anything else.
    """
    try:
        return experiment.with_text(changes), ""
    except Invalid as error:
        if not set(changes) & set(PARTS):
            raise
        first = error
    for follow, said in _FOLLOW:
        try:
            return experiment.with_text(follow | dict(changes)), said
        except Invalid:
            continue
    raise first


_FOLLOW = (
    ({"loss": "auto", "metrics": ""}, "Loss and metrics are back at their defaults: the former ones do not suit this choice."),
    ({"model": "mlp"}, "The model is a multilayer perceptron now: the former one cannot read this data set."),
    ({"model": "mlp", "loss": "auto", "metrics": ""}, "Model, loss and metrics are back at their defaults: the old ones do not suit it."),
)


def _runs(text: str) -> tuple[list[Run], list[LabError]]:
    runs: list[Run] = []
    errors: list[LabError] = []
    for name in dict.fromkeys(part.strip() for part in text.split(",") if part.strip()):
        try:
            service.experiment(name)
            runs.append(service.run(name))
        except LabError as error:
            errors.append(error)
    return runs[:COMPARED], errors


def _apply(base: Experiment, settings: Mapping[str, str]) -> tuple[Experiment, list[LabError]]:
    """All settings at once where possible, else one by one, so that one bad value does not cost the others."""
    try:
        return base.with_text(settings), []
    except Invalid:
        pass
    errors: list[LabError] = []
    parts = {key: text for key, text in settings.items() if key in PARTS}
    for changes in ([parts] if parts else []) + [{key: text} for key, text in settings.items() if key not in PARTS]:
        try:
            base = fit(base, changes)[0]
        except Invalid as error:
            errors.append(error)
    return base, errors
