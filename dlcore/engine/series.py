"""Runs that one worker trains one after the other, with the next ones already at hand: short runs must not wait for the trainer."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from dlcore.engine.mailbox import Abandoned, Mailbox

NAP = 0.004  # seconds between looks for more, when there is nothing to train
Train = Callable[[Mapping[str, Any], Any], None]


class Series:
    """train(assignment, desk) trains one run; failure(error) says in words why one broke off.

    Orders, beside those for a run under way ({"order", "run", …}): {"order": "train", "assignment"}, {"order": "drop", "run"} for one that
    has not begun, answered by the event "dropped"; {"order": "close"}: no more will come. The last event is "closed".
    """

    def __init__(self, mailbox: Mailbox, train: Train, failure: Callable[[BaseException], Mapping[str, Any]]) -> None:
        self.mailbox, self._train, self._failure = mailbox, train, failure
        self._waiting: deque[Mapping[str, Any]] = deque()
        self._orders: dict[str, list[Mapping[str, Any]]] = {}
        self._is_closing = False

    def perform(self, assignments: Sequence[Mapping[str, Any]]) -> None:
        """Until told to close, and all are trained. Raises `Abandoned` when the trainer is gone."""
        self._waiting.extend(assignments)
        while self._waiting or not self._is_closing:
            self.look()
            if self._waiting:
                self._perform(self._waiting.popleft())
            elif not self._is_closing:
                time.sleep(NAP)
        self.mailbox.report("closed", {})

    def look(self) -> None:
        """Takes orders in."""
        for order in self.mailbox.orders():
            match order["order"]:
                case "train":
                    self._waiting.append(order["assignment"])
                case "close":
                    self._is_closing = True
                case "drop":
                    self._drop(order["run"])
                case _:
                    self._orders.setdefault(order["run"], []).append(order)

    def orders_of(self, run: str) -> Sequence[Mapping[str, Any]]:
        self.look()
        return self._orders.pop(run, ()) if self._orders else ()

    def _drop(self, run: str) -> None:
        kept = [assignment for assignment in self._waiting if assignment["run"] != run]
        for assignment in self._waiting:
            if assignment["run"] == run:
                self.mailbox.report("dropped", {}, of=(run, assignment["attempt"]))
        self._waiting = deque(kept)

    def _perform(self, assignment: Mapping[str, Any]) -> None:
        desk = Place(self, assignment)
        try:
            self._train(assignment, desk)
        except Abandoned:
            raise
        except BaseException as error:
            desk.report("failed", self._failure(error))
        finally:
            self._orders.pop(assignment["run"], None)


class Place:
    """The desk of one run of a series.

    assignment["keep"], where there is one: {"name", "higher", "than"}: final weights are handed in only when the best epoch's `name` is
    better; branch points never are.
    """

    def __init__(self, series: Series, assignment: Mapping[str, Any]) -> None:
        self._series, self._of = series, (assignment["run"], assignment["attempt"])
        self._keep: Mapping[str, Any] | None = assignment.get("keep")
        self._best: float | None = None
        self._is_resumed = assignment.get("resume") is not None

    def report(self, kind: str, body: Mapping[str, Any], data: bytes = b"", file: Callable[[], bytes] | None = None) -> None:
        if self._keep is not None:
            if kind == "epochs":
                self._learn(body["names"], data)
            if kind == "checkpoint" and (body["role"] == "kept" or (body["role"] == "final" and not self._is_worth_keeping())):
                return
        self._series.mailbox.report(kind, body, data, file, self._of)

    def orders(self) -> Sequence[Mapping[str, Any]]:
        return self._series.orders_of(self._of[0])

    def is_filing(self) -> bool:
        return self._series.mailbox.is_filing()

    def _learn(self, names: Sequence[str], data: bytes) -> None:
        assert self._keep is not None
        if self._keep["name"] in names:
            column = np.frombuffer(data, "<f4").reshape(-1, len(names))[:, list(names).index(self._keep["name"])]
            known = [float(value) for value in column if np.isfinite(value)] + ([] if self._best is None else [self._best])
            self._best = (max if self._keep["higher"] else min)(known, default=None)

    def _is_worth_keeping(self) -> bool:
        assert self._keep is not None
        than = self._keep["than"]
        if than is None or self._is_resumed:  # of a resumed run the epochs before are not known here
            return True
        return self._best is not None and (self._best > than if self._keep["higher"] else self._best < than)
