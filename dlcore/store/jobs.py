"""The table `job`: work beside runs, cached by name, inputs and files."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

from dlcore.errors import NotFound
from dlcore.store.values import Job

_COLUMNS = tuple(own.name for own in fields(Job))
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM job"
_JSON = ("inputs", "files", "result")
PACKAGE = Path(__file__).parents[1]
CHANGEABLE = ("state", "progress", "result", "artefact", "cause", "hint")


def submit(db: sqlite3.Connection, name: str, inputs: Mapping[str, Any], run: str, given: Mapping[str, str], now: float) -> str:
    """The id of a queued job, or of the one that did or does the same. One that failed, was cancelled or lost its file is queued anew."""
    for artefact in given.values():
        if db.execute("SELECT 1 FROM file WHERE id = ?", (artefact,)).fetchone() is None:
            raise NotFound(f"There is no file {artefact!r} in the store.")
    key = key_of(name, inputs, given)
    number = number_of(key)
    row = db.execute("SELECT state, artefact FROM job WHERE id = ?", (number,)).fetchone()
    if row is not None and row["state"] not in ("failed", "cancelled") and _has_file(db, row["artefact"]):
        return number
    values = (number, key, name, run, json.dumps(dict(inputs)), json.dumps(dict(given)), "queued", 0.0, "{}", "", "", "", now, 0.0)
    db.execute(f"INSERT OR REPLACE INTO job VALUES ({', '.join('?' * len(values))})", values)
    return number


def key_of(name: str, inputs: Mapping[str, Any], files: Mapping[str, str]) -> str:
    """What the same work has in common. Other code of the lab may come to another result: after an upgrade work is done anew."""
    return hashlib.sha256(json.dumps([name, dict(inputs), dict(files), _code()], sort_keys=True).encode()).hexdigest()


@cache
def _code() -> str:
    """The hash of the lab's own code, as this process found it."""
    found = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        found.update(path.read_bytes())
    return found.hexdigest()


def number_of(key: str) -> str:
    """The id of the job with that key."""
    return "j" + key[:12]


def load(db: sqlite3.Connection, job: str) -> Job:
    row = db.execute(f"{_SELECT} WHERE id = ?", (job,)).fetchone()
    if row is None:
        raise NotFound(f"There is no job called {job!r}.")
    return _read(row)


def find(db: sqlite3.Connection, states: Collection[str] | None, run: str | None) -> list[Job]:
    """Oldest first."""
    where: list[str] = []
    values: list[str] = []
    if states is not None:
        where.append(f"state IN ({', '.join('?' * len(states))})")
        values += states
    if run is not None:
        where.append("run = ?")
        values.append(run)
    condition = f"WHERE {' AND '.join(where)}" if where else ""
    return [_read(row) for row in db.execute(f"{_SELECT} {condition} ORDER BY created, id", values)]


def is_asked(db: sqlite3.Connection, name: str, run: str, artefact: str) -> bool:
    """Whether any job of that name about the run was given this file; reads no inputs, which may be a long history."""
    found = db.execute("SELECT files FROM job WHERE run = ? AND name = ?", (run, name))
    return any(artefact in json.loads(row["files"]).values() for row in found)


def newest(db: sqlite3.Connection, limit: int) -> list[Job]:
    return [_read(row) for row in db.execute(f"{_SELECT} ORDER BY created DESC, id LIMIT ?", (limit,))]


def update(db: sqlite3.Connection, job: str, changes: Mapping[str, Any], now: float) -> bool:
    """Changes a job that has not finished; False, and nothing changed, for one that has."""
    unknown = set(changes) - set(CHANGEABLE)
    if unknown:
        raise TypeError(f"a job has no {', '.join(sorted(unknown))} to change")
    values = {name: json.dumps(dict(value)) if name in _JSON else value for name, value in changes.items()}
    if changes.get("state") in ("done", "failed", "cancelled"):
        values["ended"] = now
    settings = ", ".join(f"{name} = ?" for name in values)
    query = f"UPDATE job SET {settings} WHERE id = ? AND state IN ('queued', 'running')"
    return db.execute(query, (*values.values(), job)).rowcount > 0


def drop_run(db: sqlite3.Connection, run: str) -> None:
    db.execute("DELETE FROM job WHERE run = ?", (run,))


def _has_file(db: sqlite3.Connection, artefact: str) -> bool:
    return not artefact or db.execute("SELECT 1 FROM file WHERE id = ?", (artefact,)).fetchone() is not None


def _read(row: sqlite3.Row) -> Job:
    return Job(**{name: json.loads(row[name]) if name in _JSON else row[name] for name in _COLUMNS})
