"""What a layer of a run's net makes of the validation rows, laid out in the plane: asked of a worker once, kept for everybody."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlcore import counts, service
from dlcore.calls import Call
from dlcore.experiment import Experiment
from dlcore.service import open_store
from dlcore.services import asked_jobs
from dlcore.store import Store
from dlcore.store.values import Artefact

POINTS = 600


@dataclass(frozen=True, eq=False)
class Embedding:
    """facts: the result of jobs/tsne.py. plane (rows, 2), x (rows, *shape.input) raw, y and said: its arrays."""

    facts: Mapping[str, Any]
    plane: np.ndarray
    x: np.ndarray
    y: np.ndarray
    said: np.ndarray


def layers(experiment: Experiment) -> list[str]:
    """The layers in words, by the number that the job knows them by: the inputs, each hidden layer, the last one's sums."""
    calls, shape = experiment.plan(), experiment.shape
    found = [f"inputs, {_values(shape.input)}"]
    for call, layer in zip(calls, counts.layers(calls, shape.input), strict=True):
        if layer.parameters and call.kind != "BatchNormalization":
            found.append(f"layer {len(found)}, {_units(call, layer.output)}")
    found[-1] = f"logits, {_values(layer.output)}"
    return found


def checkpoints(run: str, *, store: Store | None = None) -> dict[int, Artefact]:
    """epoch → the checkpoint after it, as far as checkpoints were kept, in their order."""
    return {one.epoch: one for one in service.checkpoints(run, store=store)}


def ask(
    run: str, checkpoint: str, *, layer: int, perplexity: float, seed: int, points: int = POINTS, store: Store | None = None
) -> str:  # fmt: skip
    """The id of the job that lays out a layer as it was at a checkpoint (an artefact's id); the same question is the same job."""
    experiment = json.loads(service.experiment(run, store=store).to_json())
    inputs = {"experiment": experiment, "layer": layer, "perplexity": perplexity, "seed": seed, "points": points}
    return service.submit_job("tsne", inputs, run=run, files={"checkpoint": checkpoint}, store=store)


def read(job: str, *, store: Store | None = None) -> Embedding:
    """What a finished job made. Raises `Damaged` when its file is."""
    place = store or open_store()
    found = place.job(job)
    return Embedding(found.result, **asked_jobs.arrays(place.path_of(found.artefact), "The layout", "Choose another seed."))


def _units(call: Call, output: tuple[int, ...]) -> str:
    return f"{output[-1]:,} filters" if call.kind.startswith("Conv") else f"{output[-1]:,} units"


def _values(shape: tuple[int, ...]) -> str:
    return f"{int(np.prod(shape)):,} values"
