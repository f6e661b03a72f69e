"""How long training will take, before it starts: counted from the plan at this machine's speed, and put right by runs that were measured.

The costs below were fitted to runs of small nets on two cores; what is foretold from them alone is rough, by a factor of two or three.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

import numpy as np

from dlcore import forecast, service
from dlcore.experiment import Experiment
from dlcore.run import State
from dlcore.store import Store

EPOCH = 0.003  # seconds an epoch costs beside its steps: validation, reading the numbers
LAYER = 5e-6  # seconds a layer costs in each step beside its arithmetic, compiled by XLA
KINDS = {
    "Conv2D": 2e-4,
    "LSTM": 4e-5,
    "GRU": 4e-5,
    "SimpleRNN": 2e-5,
    "Bidirectional": 8e-5,
}  # the same where it is more; recurrent: per time step
SHARE = 0.4  # of the speed of a plain product of matrices that training reaches
PRODUCT = (64, 784, 256)  # rows, inputs, units of the product that is timed
LOOKED_AT = 20

Basis = Literal["family", "lab", "machine"]


@dataclass(frozen=True)
class Expected:
    """seconds: of training, without the compiling of a net's first run. basis: what was measured for it: runs of this model family, other
    runs of this lab, or only this machine's arithmetic."""

    seconds: float
    basis: Basis


def expected(experiment: Experiment, *, worker_class: str = "wide", store: Store | None = None) -> Expected:
    """Looks at the newest finished runs; without any, this process times a small product of matrices once."""
    plain = experiment.epochs * epoch_seconds(experiment, speed(worker_class))
    known = [found for run in service.runs(states=(State.DONE,), limit=LOOKED_AT, store=store) if (found := _measured(run.id, store))]
    own = [ratio for family, kind, ratio in known if family == experiment.model.name and kind == worker_class]
    others = [ratio for _, kind, ratio in known if kind == worker_class]
    basis: Basis = "family" if own else "lab" if others else "machine"
    return Expected(plain * float(np.median(own or others or [1.0])), basis)


def epoch_seconds(experiment: Experiment, flops: float) -> float:
    """Seconds of one epoch where products of matrices run at `flops` per second."""
    ahead = forecast.forecast(experiment)
    steps = -(-ahead.training_rows // ahead.batch)
    length = experiment.shape.input[0] if experiment.shape.kind != "vector" else 1
    layers = sum(
        KINDS.get(layer.kind, LAYER) * (1 if layer.kind == "Conv2D" or layer.kind not in KINDS else length) for layer in ahead.layers
    )
    arithmetic = (3 * ahead.training_rows + ahead.validation_rows) * 2 * ahead.macs / (SHARE * flops)
    return EPOCH + steps * layers + arithmetic


def speed(worker_class: str = "wide") -> float:
    """Multiplications and additions per second of a product of float32 matrices, on all cores ("wide") or one ("narrow")."""
    return _product_speed() / (1 if worker_class == "wide" else os.cpu_count() or 1)


@cache
def _product_speed() -> float:
    """On all cores. Takes some milliseconds, once in a process: the best of several, since others may be at work."""
    rows, inputs, units = PRODUCT
    left, right = np.ones((rows, inputs), "float32"), np.ones((inputs, units), "float32")
    best = float("inf")
    for _ in range(20):
        began = time.perf_counter()
        left @ right
        best = min(best, time.perf_counter() - began)
    return 2 * rows * inputs * units / best


@lru_cache(maxsize=256)
def _measured(run: str, store: Store | None) -> tuple[str, str, float] | None:
    """Model family, worker class, and how many times as long an epoch of this finished run took as counted; None where nothing tells."""
    found = service.run(run, store=store)
    seconds = service.curves(run, store=store).get("seconds")
    if seconds is None or not len(seconds) or found.parent:
        return None
    experiment = service.experiment(run, store=store)
    return experiment.model.name, found.worker_class, float(np.median(seconds)) / epoch_seconds(experiment, speed(found.worker_class))
