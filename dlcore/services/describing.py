"""What a data set looks like: asked of a worker once, kept for everybody. A sibling of `service`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlcore import registry
from dlcore.experiment import Experiment
from dlcore.service import open_store, submit_job
from dlcore.services import asked_jobs
from dlcore.store import Store

SETTINGS = ("examples", "validation", "test", "label_noise", "seed", "split_seed")
"""The experiment's own fields that decide what rows a run gets."""
PARTS = {"train": "training", "val": "validation", "test": "test"}

SPOILT = "Change a setting of the data and back again."  # the hint beside a file that cannot be read


@dataclass(frozen=True, eq=False)
class Description:
    """A data set as a run would get it. facts: the result of jobs/describe.py. samples: its arrays."""

    facts: Mapping[str, Any]
    samples: Mapping[str, np.ndarray]

    @property
    def classes(self) -> list[str]:
        """Names of the classes; none for a regression."""
        return list(self.facts["classes"])


def only_data(experiment: Experiment) -> Experiment:
    """The same data, all else as by default: experiments that share their data have this in common."""
    settings = {f"dataset.{name}": value for name, value in experiment.dataset.settings.items()}
    own = {name: getattr(experiment, name) for name in SETTINGS}
    shape = experiment.shape  # the first model that reads such data: which one does not matter, as long as it is always the same
    models = registry.members("models").values()
    model = next(spec.name for spec in models if shape.kind in spec.accepts and spec.fits(shape))
    return Experiment().with_(dataset=experiment.dataset.name, model=model, loss="auto", metrics=(), **settings, **own)


def ask(experiment: Experiment, *, store: Store | None = None) -> str:
    """The id of the job that describes the experiment's data; the same data are the same job."""
    return submit_job("describe", {"experiment": json.loads(only_data(experiment).to_json())}, store=store)


def read(job: str, *, store: Store | None = None) -> Description:
    """The description that a finished job made. Raises `Damaged` when its file is."""
    place = store or open_store()
    found = place.job(job)
    return Description(
        found.result, asked_jobs.arrays(place.path_of(found.artefact), "The description", "Change a setting of the data and back again.")
    )
