"""Curves: float32 blobs, one row per run, kind, name and chunk of values, and the metrics' last and best values.

kind "steps": value i belongs to optimizer step i; kind "epochs": value i to epoch i + 1.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlcore.metrics import higher_is_better
from dlcore.run import Event

CHUNK = 4096
WALL_CLOCK = frozenset({"seconds", "examples_per_second", "steps_per_second", "time"})
# A NaN of its own bits marks a value that was never recorded, so that a recorded NaN counts as recorded.
_MISSING = np.uint32(0x7FC00BAD)
_FIRST = {"steps": 0, "epochs": 1}
Curve = np.ndarray


@dataclass(frozen=True, slots=True)
class Fresh:
    """What an event adds. skip: how many of its first rows were recorded before and are the same; differs: (row, name, was, now)."""

    skip: int
    differs: Sequence[tuple[int, str, float, float]]


def values(event: Event) -> np.ndarray:
    """The event's data as float32 of shape (count, names)."""
    return np.frombuffer(event.data, dtype="<f4").reshape(-1, max(1, len(event.body["names"])))


def add(db: sqlite3.Connection, event: Event) -> Fresh:
    """Writes the rows of a "steps" or "epochs" event and returns what was new in them. Newer values take the place of older ones."""
    table, start = values(event), event.body["first"] - _FIRST[event.kind]
    recorded = {name: _stretch(db, event.run, event.kind, name, start, len(table)) for name in event.body["names"]}
    differs = _differences(event.body["names"], table, recorded)
    skip = len(table)
    for column, (name, old) in enumerate(recorded.items()):
        new = table[:, column].view(np.uint32)
        # What a clock measured is never the same twice: the first measurement stays.
        kept = np.where(old == _MISSING, new, old) if name in WALL_CLOCK else new
        skip = min(skip, _leading(old != _MISSING))
        if not np.array_equal(kept, old):
            _put(db, event.run, event.kind, name, start, kept)
    return Fresh(min([skip, *(row for row, *_ in differs)]), differs)


def load(db: sqlite3.Connection, run: str, kind: str, name: str | None = None, first: int = 0) -> dict[str, Curve]:
    """Curves by name, in the order of their names, from value `first` on; NaN where nothing was recorded."""
    where, given = ("AND name = ?", (name,)) if name is not None else ("", ())
    rows = db.execute(
        f"SELECT name, chunk, data FROM curve WHERE run = ? AND kind = ? AND chunk >= ? {where} ORDER BY name, chunk",
        (run, kind, first // CHUNK, *given),
    )
    parts: dict[str, list[tuple[int, np.ndarray]]] = {}
    for own, chunk, data in rows:
        parts.setdefault(own, []).append((chunk * CHUNK, np.frombuffer(data, dtype="<u4")))
    return {own: joined(some, first) for own, some in parts.items()}


def bits(data: bytes) -> np.ndarray:
    """A blob as the bits of its values, which `joined` takes."""
    return np.frombuffer(data, dtype="<u4")


def rows(found: Mapping[str, Curve]) -> list[dict[str, Any]]:
    """One dict per epoch of which anything was recorded: {"epoch": 1, "loss": …}."""
    known = {name: recorded(curve) for name, curve in found.items()}
    count = max((len(curve) for curve in found.values()), default=0)
    table = [
        {"epoch": row + 1} | {name: float(curve[row]) for name, curve in found.items() if row < len(curve) and known[name][row]}
        for row in range(count)
    ]
    return [row for row in table if len(row) > 1]


def recorded(curve: Curve) -> np.ndarray:
    """Where a value was recorded, bool, of the curve's shape."""
    return curve.view(np.uint32) != _MISSING


def padded(curve: Curve, length: int) -> Curve:
    """The curve at that length, what it lacks marked as never recorded."""
    bits = np.full(length, _MISSING, dtype=np.uint32)
    bits[: len(curve)] = curve.view(np.uint32)
    return bits.view(np.float32)


def add_metrics(db: sqlite3.Connection, event: Event, changed: bool) -> None:
    """Folds an "epochs" event into last, best and best_epoch. changed: older values were replaced, so look at the whole curve."""
    names, table, first = event.body["names"], values(event), event.body["first"]
    for column, name in enumerate(names):
        row = db.execute("SELECT best, best_epoch FROM metric WHERE run = ? AND name = ?", (event.run, name)).fetchone()
        if changed or row is None:
            curve = load(db, event.run, "epochs", name)[name]
            last, best, epoch = curve[-1], *_best(name, curve, 1, None, None)
        else:
            last, best, epoch = table[-1, column], *_best(name, table[:, column], first, row["best"], row["best_epoch"])
        # SQLite keeps no NaN: it becomes NULL.
        db.execute("INSERT OR REPLACE INTO metric VALUES (?, ?, ?, ?, ?)", (event.run, name, float(last), best, epoch))


def metrics(db: sqlite3.Connection, runs: Sequence[str]) -> dict[str, dict[str, dict[str, float | int | None]]]:
    """run → name → {"last", "best", "best_epoch"}; None for a number that is not one."""
    found: dict[str, dict[str, dict[str, float | int | None]]] = {run: {} for run in runs}
    for at in range(0, len(runs), 500):
        some = runs[at : at + 500]
        query = f"SELECT * FROM metric WHERE run IN ({', '.join('?' * len(some))}) ORDER BY run, name"
        for row in db.execute(query, some):
            found[row["run"]][row["name"]] = {"last": row["last"], "best": row["best"], "best_epoch": row["best_epoch"]}
    return found


def top(db: sqlite3.Connection, name: str, limit: int) -> list[tuple[str, float]]:
    """(run, best value), the best run first."""
    order = "DESC" if higher_is_better(name) else "ASC"
    query = (
        "SELECT run, best FROM metric CROSS JOIN run ON run.id = metric.run "
        f"WHERE metric.name = ? AND best IS NOT NULL AND NOT trashed ORDER BY best {order} LIMIT ?"
    )
    return [(row[0], row[1]) for row in db.execute(query, (name, limit))]


def drop(db: sqlite3.Connection, run: str) -> None:
    db.execute("DELETE FROM curve WHERE run = ?", (run,))
    db.execute("DELETE FROM metric WHERE run = ?", (run,))


def _best(name: str, curve: np.ndarray, first: int, best: float | None, epoch: int | None) -> tuple[float | None, int | None]:
    """The best of `best` and the curve, whose first value is of epoch `first`; the earliest of equals."""
    if not np.isfinite(curve).any():
        return best, epoch
    usable = np.where(np.isfinite(curve), curve, -np.inf if higher_is_better(name) else np.inf)
    at = int(usable.argmax() if higher_is_better(name) else usable.argmin())
    value = float(usable[at])
    if best is None or (value > best if higher_is_better(name) else value < best):
        return value, first + at
    return best, epoch


def _differences(names: Sequence[str], table: np.ndarray, old: Mapping[str, np.ndarray]) -> list[tuple[int, str, float, float]]:
    """The first differing name of each row that was recorded otherwise."""
    found: dict[int, tuple[int, str, float, float]] = {}
    for column, name in enumerate(names):
        if name in WALL_CLOCK:
            continue
        new = table[:, column].view(np.uint32)
        for row in np.flatnonzero((old[name] != _MISSING) & (old[name] != new)):
            found.setdefault(int(row), (int(row), name, float(old[name].view(np.float32)[row]), float(table[row, column])))
    return [found[row] for row in sorted(found)]


def joined(parts: Sequence[tuple[int, np.ndarray]], first: int) -> Curve:
    """One curve from value `first` on, made of parts at their offsets; what lies between them was never recorded."""
    base, (last, tail) = first // CHUNK * CHUNK, parts[-1]
    bits = np.full(last + len(tail) - base, _MISSING, dtype=np.uint32)
    for offset, part in parts:
        bits[offset - base : offset - base + len(part)] = part
    return bits[first - base :].view(np.float32)


def _leading(true: np.ndarray) -> int:
    return len(true) if true.all() else int(true.argmin())


def _stretch(db: sqlite3.Connection, run: str, kind: str, name: str, start: int, count: int) -> np.ndarray:
    """`count` recorded values from `start` on, as bits; `_MISSING` where there are none."""
    bits = np.full(count, _MISSING, dtype=np.uint32)
    query = "SELECT chunk, data FROM curve WHERE run = ? AND kind = ? AND name = ? AND chunk BETWEEN ? AND ?"
    for chunk, data in db.execute(query, (run, kind, name, start // CHUNK, (start + count) // CHUNK)):
        part, offset = np.frombuffer(data, dtype="<u4"), chunk * CHUNK
        low, high = max(start, offset), min(start + count, offset + len(part))
        if low < high:
            bits[low - start : high - start] = part[low - offset : high - offset]
    return bits


def _put(db: sqlite3.Connection, run: str, kind: str, name: str, start: int, bits: np.ndarray) -> None:
    """Writes values from `start` on; values that the curve lacks before them are marked missing."""
    for chunk in range(start // CHUNK, (start + len(bits) - 1) // CHUNK + 1):
        offset = chunk * CHUNK
        low, high = max(start, offset), min(start + len(bits), offset + CHUNK)
        key = (run, kind, name, chunk)
        row = db.execute("SELECT data FROM curve WHERE run = ? AND kind = ? AND name = ? AND chunk = ?", key).fetchone()
        old = np.frombuffer(row[0] if row else b"", dtype="<u4")
        part = np.full(max(len(old), high - offset), _MISSING, dtype="<u4")
        part[: len(old)] = old
        part[low - offset : high - offset] = bits[low - start : high - start]
        db.execute("INSERT OR REPLACE INTO curve VALUES (?, ?, ?, ?, ?)", (*key, part.tobytes()))
