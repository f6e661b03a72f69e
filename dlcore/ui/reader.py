"""What a live panel reads of a run: curves grow by what is new, and are shared by all who watch."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock, RLock
from typing import Any, Literal

import numpy as np

from dlcore import service
from dlcore.run import Run

KEPT_RUNS = 64
LEAST_ROOM = 256
NOTHING = np.zeros(0, "float32")
Curves = dict[str, np.ndarray]
Kind = Literal["epochs", "steps", "probe"]


@dataclass(frozen=True)
class Seen:
    """A run and all its curves at one moment. changes: what a person changed while it trained."""

    run: Run
    epochs: Curves
    steps: Curves
    probes: Curves
    changes: tuple[dict[str, Any], ...]


@dataclass
class _Kept:
    """What is known of one run. lock: held by whoever brings it up to date."""

    attempt: int
    version: int = -1
    seen: Seen | None = None
    curves: dict[Kind, Curves] = field(default_factory=lambda: {"epochs": {}, "steps": {}, "probe": {}})
    rooms: dict[tuple[Kind, str], np.ndarray] = field(default_factory=dict)
    made: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    lock: Any = field(default_factory=RLock)


class CurveReader:
    """Keeps the curves of the runs looked at last and asks the service for what is new only. Safe in several threads.

    Thirty viewers ask at the same time. Whoever finds news first brings them in; the others are not kept waiting, they get what was known
    a moment ago.
    """

    def __init__(self, kept_runs: int = KEPT_RUNS) -> None:
        self._kept_runs = kept_runs
        self._runs: OrderedDict[str, _Kept] = OrderedDict()
        self._lock = Lock()

    def seen(self, name: str) -> Seen:
        """The run with that id as it is now; the very same value as before when nothing is new. Raises `NotFound`."""
        # Before the reading: what is written meanwhile is found the next time.
        version = service.open_store().data_version()
        kept = self._runs.get(name)
        if kept is None or kept.seen is None:
            return self._brought(name, version)
        if kept.version == version or not kept.lock.acquire(blocking=False):
            return kept.seen
        try:
            return self._brought(name, version)
        finally:
            kept.lock.release()

    def _brought(self, name: str, version: int) -> Seen:
        """The run with all its news."""
        run = service.run(name)
        kept = self._of(run)
        with kept.lock:
            # A worker's every event moves the run's own count on: a run that is the same has no new curves. A person's change does not.
            changes = tuple(service.changes(run.id))
            if kept.seen is None or kept.seen.run != run or kept.seen.changes != changes:
                for kind in ("epochs", "steps", "probe"):
                    kept.curves[kind] = _grown(run.id, kind, kept)
                kept.seen = Seen(run, kept.curves["epochs"], kept.curves["steps"], kept.curves["probe"], changes)
            kept.version = version
            return kept.seen

    def read(self, run: Run, kind: Kind) -> Curves:
        """The run's curves of a kind, name → float32; the very same ones as before when nothing is new. Not to be written into."""
        kept = self._of(run)
        with kept.lock:
            kept.curves[kind] = _grown(run.id, kind, kept)
            return kept.curves[kind]

    def made(self, run: Run, name: str, version: Any, make: Callable[[], Any]) -> Any:
        """What `make` returns for this version, made once for all who watch; while it is being made, the others get the version before."""
        kept = self._runs.get(run.id) or self._of(run)
        found = kept.made.get(name)
        if found is not None and found[0] == version:
            return found[1]
        if not kept.lock.acquire(blocking=found is None):
            return found[1]  # type: ignore[index]
        try:
            found = kept.made.get(name)
            if found is None or found[0] != version:
                found = kept.made[name] = (version, make())
            return found[1]
        finally:
            kept.lock.release()

    def _of(self, run: Run) -> _Kept:
        with self._lock:
            kept = self._runs.get(run.id)
            if kept is None or kept.attempt != run.attempt:
                # Another attempt may have computed epochs again: what is kept may not be what is recorded now.
                kept = self._runs[run.id] = _Kept(run.attempt)
            self._runs.move_to_end(run.id)
            while len(self._runs) > self._kept_runs:
                self._runs.popitem(last=False)
            return kept


def _grown(run: str, kind: Kind, kept: _Kept) -> Curves:
    known = kept.curves[kind]
    have = min((len(curve) for curve in known.values()), default=0)
    news = service.curves(run, kind, first=have)
    if not any(len(curve) for curve in news.values()):
        return known
    # Where there is nothing new, the news may not even name the curve.
    return known | {name: _appended(kept.rooms, (kind, name), known.get(name, NOTHING)[:have], curve) for name, curve in news.items()}


def _appended(rooms: dict[tuple[Kind, str], np.ndarray], name: tuple[Kind, str], known: np.ndarray, news: np.ndarray) -> np.ndarray:
    """Both in a row. Room is left behind them, so that a curve of a million steps is not copied whenever it grows.

    Values that somebody holds already are written again only with what they are: within an attempt, what is recorded stays.
    """
    count = len(known) + len(news)
    room = rooms.get(name)
    if room is None or len(room) < count:
        room = rooms[name] = np.empty(max(LEAST_ROOM, 2 * count), "float32")
        room[: len(known)] = known
    room[len(known) : count] = news
    return room[:count]


READER = CurveReader()
