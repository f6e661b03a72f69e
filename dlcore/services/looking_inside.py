"""Looks into a run's convolutional net: asked of a worker once, from the run's checkpoints, and kept for everybody."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlcore import service
from dlcore.errors import Refused
from dlcore.services import asked_jobs
from dlcore.store import Store
from dlcore.store.values import Artefact

SPOILT = "Choose another row, then this one again."  # the hint beside a file that cannot be read


@dataclass(frozen=True, eq=False)
class Look:
    """facts: the result of the job; arrays: what is in its file. The jobs' docstrings say what those are."""

    facts: Mapping[str, Any]
    arrays: Mapping[str, np.ndarray]


def kept(run: str, *, store: Store | None = None) -> dict[int, Artefact]:
    """epoch → the last checkpoint of that epoch, as far as checkpoints were kept, in their order."""
    return {one.epoch: one for one in service.checkpoints(run, store=store) if one.epoch}


def feature_maps(run: str, row: int, part: str = "val", *, store: Store | None = None) -> str:
    """The job that shows a row to the net as it was after each kept epoch (jobs/feature_maps.py)."""
    files = {str(epoch): one.id for epoch, one in kept(run, store=store).items()}
    return _ask("feature_maps", run, files, store, rows=[row], part=part)


def grad_cam(run: str, rows: Sequence[int], layer: int = -1, part: str = "val", *, store: Store | None = None) -> str:
    """The job that finds where in these rows the net as it is now sees their classes (jobs/grad_cam.py)."""
    return _ask("grad_cam", run, _newest(run, store), store, rows=list(rows), layer=layer, part=part)


def feature_visualisation(run: str, layer: int = -1, steps: int = 120, *, store: Store | None = None) -> str:
    """The job that finds images which excite a layer's filters most (jobs/feature_visualisation.py)."""
    return _ask("feature_visualisation", run, _newest(run, store), store, layer=layer, steps=steps, seed=0)


def read(job: str, *, store: Store | None = None) -> Look:
    """What a finished job found. Raises `Damaged` when its file is."""
    place = store or service.open_store()
    found = place.job(job)
    return Look(
        found.result,
        asked_jobs.arrays(place.path_of(found.artefact), "What was seen inside the net", "Choose another row, then this one again."),
    )


def _ask(name: str, run: str, files: Mapping[str, str], store: Store | None, **inputs: Any) -> str:
    experiment = json.loads(service.experiment(run, store=store).to_json())
    return service.submit_job(name, {"experiment": experiment, **inputs}, run=run, files=files, store=store)


def _newest(run: str, store: Store | None) -> dict[str, str]:
    """The checkpoint of the weights that the run ended with, or of its newest ones."""
    found = service.checkpoints(run, store=store)
    if not found:
        raise Refused(f"Run {run} has no checkpoint yet to look into.", "Wait for its first one.")
    return {"checkpoint": found[-1].id}
