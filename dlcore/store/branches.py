"""What a branch takes over from its parent: the checkpoint it starts from and the curves up to there."""

from __future__ import annotations

import sqlite3

import numpy as np

from dlcore.run import Event
from dlcore.store import curves, files, log
from dlcore.store.values import Artefact


def inherit(db: sqlite3.Connection, run: str, source: Artefact, copy: Artefact, now: float) -> None:
    """Gives the new run `run` the copied checkpoint and, as events of its own, the parent's curves up to it."""
    files.insert(db, copy, counts=True)
    events = [_inherited(db, run, source.run, kind, count, now) for kind, count in (("steps", source.step), ("epochs", source.epoch))]
    log.append(db, [event for event in events if event is not None])


def _inherited(db: sqlite3.Connection, run: str, parent: str, kind: str, count: int, now: float) -> Event | None:
    found = {name: curve[:count] for name, curve in curves.load(db, parent, kind).items()}
    length = max((len(curve) for curve in found.values()), default=0)
    if not length:
        return None
    table = np.column_stack([curves.padded(curve, length) for curve in found.values()])
    body = {"names": list(found), "first": 0 if kind == "steps" else 1, "inherited": True}
    return Event(run, 0, 0, kind, now, body, table.astype("<f4").tobytes())
