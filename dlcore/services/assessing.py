"""How good a run's net is on rows it never trained on: a job looks once, and what it saw is read again from its file."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from dlcore import service
from dlcore.experiment import Experiment
from dlcore.service import open_store
from dlcore.services import taking_away
from dlcore.store import Store

Part = Literal["test", "val", "train"]


@dataclass(frozen=True, eq=False)
class Assessment:
    """What the net said about the rows of a part of its data.

    metrics: loss and the recorded metrics on those rows. confusion: counts (classes, classes), true class by row; None for a regression.
    y: (rows,) class numbers or (rows, outputs) targets; outputs (rows, outputs). worst: row numbers of the mistakes that it was surest
    of, worst_inputs: those rows, raw; empty for a regression.
    """

    part: str
    rows: int
    metrics: dict[str, float]
    class_names: tuple[str, ...]
    confusion: np.ndarray | None
    y: np.ndarray
    outputs: np.ndarray
    worst: np.ndarray
    worst_inputs: np.ndarray


def parts(experiment: Experiment) -> tuple[Part, ...]:
    """The parts of its data that can be looked at, the most telling first."""
    has_test = experiment.test > 0 or experiment.shape.test_rows > 0
    return (*(("test",) if has_test else ()), *(("val",) if experiment.validation > 0 else ()), "train")  # type: ignore[return-value]


def ask(run: str, part: Part, *, store: Store | None = None) -> str:
    """The job that looks; the same weights and part are the same job. `Refused` before the run has weights."""
    place = store or open_store()
    inputs = {"experiment": json.loads(place.run(run).experiment), "part": part}
    return service.submit_job("evaluate", inputs, run=run, files={"checkpoint": taking_away.weights(place, run)}, store=place)


def read(job: str, *, store: Store | None = None) -> Assessment:
    """What the job saw; `Refused` before it is done."""
    place = store or open_store()
    found = place.job(job)
    result = found.result
    arrays = _arrays(place, job)
    counts = result.get("confusion")
    nothing = np.zeros(0)
    return Assessment(
        result.get("part", ""), int(result.get("rows", 0)), dict(result.get("metrics", {})), tuple(result.get("class_names", ())),
        None if counts is None else np.array(counts), arrays["y"], arrays["outputs"], arrays.get("worst", nothing),
        arrays.get("worst_inputs", nothing),
    )  # fmt: skip


@lru_cache(maxsize=8)
def _arrays(store: Store, job: str) -> dict[str, np.ndarray]:
    with np.load(io.BytesIO(service.job_file(job, store=store)), allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}
