"""What a search will take before it starts: trials, epochs, time, memory, disk. Reckoned from a sample of its trials."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlcore import forecast
from dlcore.errors import Invalid
from dlcore.experiment import Experiment
from dlcore.services import duration
from dlcore.store import Store
from dlcore.studies.search import Search, brackets

SAMPLE = 8


@dataclass(frozen=True)
class Ahead:
    """trials, runs: how many; epochs: of all runs together. seconds: with `workers` at a time, without compiling.

    basis: what the time was reckoned from: "family" (runs of this model family, measured on narrow workers), "lab" (other runs), "machine"
    (this machine's arithmetic alone: rough). memory: bytes of all workers at their largest. disk: bytes of the weights that are kept.
    """

    trials: int
    runs: int
    epochs: int
    seconds: float
    basis: str
    workers: int
    memory: int
    disk: int


def ahead(search: Search, store: Store | None = None) -> Ahead:
    """`Invalid` when none of the sampled trials could be trained."""
    chosen = sample(search)
    workers = min(search.parallel or narrow_workers(), search.planned)
    runs = search.planned * search.seeds
    epochs = total_epochs(search, chosen) * search.seeds
    each = [duration.expected(own, worker_class="narrow", store=store) for own in chosen]
    per_epoch = float(np.mean([found.seconds / own.epochs for found, own in zip(each, chosen, strict=True)]))
    needs = [forecast.forecast(own) for own in chosen]
    memory = workers * (forecast.PROCESS + max(own.memory.total for own in needs))
    weights = max(2 * own.memory.weights + own.memory.optimizer for own in needs)  # a checkpoint holds the best weights too
    kept = search.planned if search.oracle == "hyperband" else min(search.keep, search.planned)
    return Ahead(search.planned, runs, epochs, per_epoch * epochs / workers, each[0].basis, workers, memory, kept * search.seeds * weights)


def check(search: Search) -> None:
    """`Invalid`, with the numbers, when no sampled trial fits into a worker's memory."""
    refusals = []
    for own in sample(search):
        try:
            forecast.check(own)
            return
        except Invalid as refusal:
            refusals.append(refusal)
    raise refusals[0]


def sample(search: Search) -> list[Experiment]:
    """Some experiments of the search, the same ones every time."""
    rng = np.random.default_rng(0)
    made: list[Experiment] = []
    refusal: Invalid | None = None
    for number in range(1, 4 * SAMPLE):
        try:
            made.append(search.experiment_of(draw(search, rng), number))
        except Invalid as error:
            refusal = error
        if len(made) == SAMPLE:
            break
    if not made:
        assert refusal is not None
        raise refusal
    return made


def draw(search: Search, rng: np.random.Generator) -> dict[str, Any]:
    """One set of values, drawn at random from those that a grid would try."""
    values: dict[str, Any] = {}
    for own in search.space.dimensions:
        if own.is_active(values):
            known = search.space.values(own, search.experiment)
            values[own.name] = known[int(rng.integers(len(known)))]
    return values


def total_epochs(search: Search, chosen: list[Experiment]) -> int:
    """Epochs of all trials; a rung of Hyperband goes on from the one before it."""
    if search.oracle != "hyperband":
        return round(search.planned * float(np.mean([own.epochs for own in chosen])))
    left, epochs = search.planned, 0
    while left > 0:
        for rungs in brackets(search.most_epochs, search.factor):
            before = 0
            for size, until in rungs:
                epochs += min(size, max(left, 0)) * (until - before)
                left, before = left - size, until
    return epochs


def narrow_workers() -> int:
    """How many trials the trainer can train at a time on this machine."""
    text = os.environ.get("DLCORE_NARROW", "")
    return max(1, int(text)) if text.isdigit() else len(os.sched_getaffinity(0))
