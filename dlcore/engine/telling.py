"""Gathers losses and epochs and hands them in a few times a second, as packed float32."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from dlcore.engine.pace import Due

FLUSH_SECONDS = 0.1


class Teller:
    """Between the loop, which makes thousands of numbers a second, and the desk, which is read ten times a second."""

    def __init__(self, desk: Any, clock: Callable[[], float]) -> None:
        self._desk = desk
        self._due = Due(FLUSH_SECONDS, 1.0, clock)
        self._first_step = 0
        self._losses: list[np.ndarray] = []
        self._first_epoch = 0
        self._names: tuple[str, ...] = ()
        self._epochs: list[list[float]] = []

    def steps(self, first: int, losses: np.ndarray) -> None:
        """Losses (count,) of the steps from number `first` (from 0, over the whole run)."""
        if not self._losses:
            self._first_step = first
        self._losses.append(losses)

    def epoch(self, number: int, results: Mapping[str, float]) -> None:
        """The results of epoch `number` (from 1)."""
        if self._epochs and self._names != tuple(results):
            self.flush()
        if not self._epochs:
            self._first_epoch, self._names = number, tuple(results)
        self._epochs.append(list(results.values()))

    def probe(self, step: int, values: Mapping[str, float]) -> None:
        if values:
            self._desk.report("probe", {"names": list(values), "step": step}, np.array(list(values.values()), "<f4").tobytes())

    def flush_when_due(self) -> None:
        if self._due.now():
            self.flush()
            self._due.done()

    def flush(self) -> None:
        if self._losses:
            data = np.concatenate(self._losses).astype("<f4")
            self._losses = []
            self._desk.report("steps", {"names": ["loss"], "first": self._first_step}, data.tobytes())
        if self._epochs:
            rows = np.array(self._epochs, "<f4")
            self._epochs = []
            self._desk.report("epochs", {"names": list(self._names), "first": self._first_epoch}, rows.tobytes())
