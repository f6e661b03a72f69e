"""Every data set, model, optimizer, schedule, loss and initialiser trains for an epoch. At night: each compiles a net."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dlcore import registry
from dlcore.datasets._files import is_available
from dlcore.errors import Invalid
from dlcore.experiment import Experiment
from tests.unit.train_here import train

pytestmark = [pytest.mark.nightly, pytest.mark.keras]

BASE = Experiment().with_(epochs=1, batch_size=16, monitors=())
PARTS = {"dataset": "datasets", "model": "models", "optimizer": "optimizers", "schedule": "schedules", "loss": "losses"}


def fitting(part: str, name: str) -> Experiment:
    """An experiment with that member, the first of the data sets and models beside it that go with it."""
    beside = registry.members("models") if part == "dataset" else [one for one in registry.built_in("datasets") if is_available(one)]
    other = "model" if part == "dataset" else "dataset"
    for choice in beside:
        try:
            made = BASE.with_(**{part: name, other: choice})
            made.plan()
            return made
        except Invalid:
            continue
    raise AssertionError(f"Nothing goes with {name}.")


def check(experiment: Experiment) -> None:
    few = experiment.with_(examples=min(96, experiment.shape.rows))
    events, _ = train("member", few, [])
    assert events[-1].kind == "done", events[-1].body
    losses = np.concatenate([np.frombuffer(event.data, "<f4") for event in events if event.kind == "steps"])
    assert len(losses) and np.isfinite(losses).all()


MEMBERS = [(part, name) for part, room in PARTS.items() for name in registry.built_in(room)]


@pytest.mark.parametrize(("part", "name"), MEMBERS)
def test_member_trains_for_an_epoch(part: str, name: str) -> None:
    if part == "dataset" and not is_available(name):
        pytest.skip(f"{name} is not on this computer; KERAS_HOME says where it is looked for")
    check(fitting(part, name))


@pytest.mark.parametrize("name", registry.members("initializers"))
def test_initialiser_trains_for_an_epoch(name: str) -> None:
    check(BASE.with_(dataset="moons", layers=[8], initializer=name))


CNN: dict[str, Any] = {"dataset": "digits", "model": "cnn", "filters": [4, 4], "dense": [8]}
RNN: dict[str, Any] = {"dataset": "sines", "rows": 200, "steps": 8, "model": "rnn", "units": [4, 4]}
OPTIONS: list[dict[str, Any]] = [
    {
        "dataset": "moons", "layers": [8, 8], "l1": 0.001, "dropout": [0.1, 0.0], "batch_norm": True, "bias": 0.1,
        "activation": ["relu", "tanh"],
    },
    *({**CNN, "pooling": kind} for kind in ("average", "none")),
    {**CNN, "stride": 2, "pooling": "none"},
    {**CNN, "head": "global", "padding": "valid", "batch_norm": True, "dropout": 0.1, "kernel": [3, 1]},
    *({**RNN, "cell": cell, "bidirectional": True, "dropout": 0.1} for cell in ("simple", "gru", "lstm")),
]  # fmt: skip


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_options_of_a_model_train_for_an_epoch(options: dict[str, Any]) -> None:
    check(BASE.with_(**options))
