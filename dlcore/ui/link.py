"""The link is the experiment: what a page shows is read from the address, and what a person changes is written to it.

`?run=a,b` opens runs, the first one in full and the others for comparison. Any other key is a setting by its full or short name
(`?model.layers=256,128&epochs=5`); what is not named has its default. With a run and no setting, the experiment is that run's own.
Without either it is the page's `base`: a topic page begins with settings of its own. Keys that begin with `try.` are the page's own
business: they are no settings, and stay when the settings change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import streamlit as st

from dlcore import service
from dlcore.errors import Invalid, LabError
from dlcore.experiment import PARTS, Experiment
from dlcore.run import Run

RUN = "run"
OWN = "try."
COMPARED = 6


@dataclass(frozen=True)
class Opened:
    """What an address opens. errors: what in it could not be understood, each a sentence with a hint. base: what the bare address means."""

    experiment: Experiment
    runs: tuple[Run, ...]
    errors: tuple[LabError, ...]
    base: Experiment = field(default_factory=Experiment)

    @property
    def run(self) -> Run | None:
        return self.runs[0] if self.runs else None


def opened(base: Experiment | None = None) -> Opened:
    """What this page's address opens. Never raises for a bad address."""
    return read({key: st.query_params[key] for key in st.query_params}, base)


def read(address: Mapping[str, str], base: Experiment | None = None) -> Opened:
    """The same for any address, given as its query's keys and values."""
    bare = base or Experiment()
    runs, errors = _runs(address.get(RUN, ""))
    settings = {key: text for key, text in address.items() if key != RUN and not key.startswith(OWN)}
    if settings:
        experiment, refused = _apply(Experiment(), settings)
    else:
        experiment, refused = service.experiment(runs[0].id) if runs else bare, []
    return Opened(experiment, tuple(runs), (*errors, *refused), bare)


def query(experiment: Experiment, runs: Sequence[Run] = (), base: Experiment | None = None) -> dict[str, str]:
    """The address's query for an experiment beside opened runs; `read` with the same base gives both back."""
    found = {RUN: ",".join(run.id for run in runs)} if runs else {}
    if experiment == (service.experiment(runs[0].id) if runs else base or Experiment()):
        return found
    # Without any setting the link would mean the run's own experiment, or the page's base.
    return found | (experiment.to_text() or {"dataset": experiment.dataset.name})


def write(experiment: Experiment, runs: Sequence[Run] = (), base: Experiment | None = None) -> None:
    """Put experiment and runs into this page's address."""
    own = {key: st.query_params[key] for key in st.query_params if key.startswith(OWN)}
    st.query_params.from_dict(query(experiment, runs, base) | own)


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
    ({"model": "rnn"}, "The model is a recurrent network now: the former one cannot read this data set."),
    ({"model": "generator"}, "The model is a sequence generator now: the former one cannot read this data set."),
    ({"model": "mlp", "loss": "auto", "metrics": ""}, "Model, loss and metrics are back at their defaults: the old ones do not suit it."),
    ({"model": "rnn", "loss": "auto", "metrics": ""}, "The model is a recurrent network now, loss and metrics are back at their defaults."),
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
