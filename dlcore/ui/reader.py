"""What a live panel reads of a run: curves grow by what is new, and are shared by all who watch."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from typing import Literal

import numpy as np

from dlcore import service
from dlcore.run import Run

KEPT_RUNS = 64
Curves = dict[str, np.ndarray]
Kind = Literal["epochs", "steps", "probe"]


@dataclass
class _Kept:
    attempt: int
    curves: dict[Kind, Curves] = field(default_factory=lambda: {"epochs": {}, "steps": {}, "probe": {}})


class CurveReader:
    """Keeps the curves of the runs looked at last and asks the service for what is new only. Safe in several threads."""

    def __init__(self, kept_runs: int = KEPT_RUNS) -> None:
        self._kept_runs = kept_runs
        self._runs: OrderedDict[str, _Kept] = OrderedDict()
        self._lock = Lock()

    def read(self, run: Run, kind: Kind) -> Curves:
        """The run's curves of a kind, name → float32. Callers must not write into them."""
        with self._lock:
            kept = self._runs.get(run.id)
            if kept is None or kept.attempt != run.attempt:
                # Another attempt may have computed epochs again: what is kept may not be what is recorded now.
                kept = self._runs[run.id] = _Kept(run.attempt)
            self._runs.move_to_end(run.id)
            while len(self._runs) > self._kept_runs:
                self._runs.popitem(last=False)
            kept.curves[kind] = _grown(run.id, kind, kept.curves[kind])
            return kept.curves[kind]


def _grown(run: str, kind: Kind, known: Curves) -> Curves:
    have = min((len(curve) for curve in known.values()), default=0)
    news = service.curves(run, kind, first=have)
    # Where there is nothing new, the news may not even name the curve.
    return known | {name: np.concatenate([known[name][:have], curve]) if name in known else curve for name, curve in news.items()}


READER = CurveReader()
