"""The table `run`: one row per run, as `Run` values."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import fields
from typing import Any

from dlcore.errors import Damaged, NotFound
from dlcore.run import Run, State
from dlcore.store.values import Quarantined

COLUMNS = tuple(own.name for own in fields(Run))
_JSON = ("tags", "environment", "metrics")
_FLAGS = ("exact", "trashed", "starred", "archived")
_SAVE = f"INSERT OR REPLACE INTO run ({', '.join(COLUMNS)}, queued, events) VALUES ({', '.join('?' * (len(COLUMNS) + 2))})"
_READ = f"{', '.join(COLUMNS)}, json_valid(experiment) AS whole"
_SELECT = f"SELECT {_READ} FROM run"
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"


def save(db: sqlite3.Connection, run: Run, queued: int, events: int) -> None:
    """Writes the row. queued: log id of the event that queued it; events: how many events its log holds."""
    db.execute(_SAVE, (*(_stored(name, getattr(run, name)) for name in COLUMNS), queued, events))


def load(db: sqlite3.Connection, run: str) -> tuple[Run, int, int]:
    """The run, `queued` and `events`; `NotFound` or `Damaged`."""
    row = db.execute(f"SELECT {_READ}, queued, events FROM run WHERE id = ?", (run,)).fetchone()
    if row is None:
        raise NotFound(f"There is no run called {run!r}.", "List the runs to see which there are.")
    return _read(row), row["queued"], row["events"]


def find(
    db: sqlite3.Connection, states: Collection[State] | None, owner: str | None, trashed: bool, limit: int, before: str | None
) -> list[Run | Quarantined]:
    """Newest first; a row that cannot be read comes as `Quarantined`. before: a run's id, the last one of the page before."""
    where, values = ["trashed = ?"], [trashed, *(states or ())]
    if states is not None:
        # Few runs are active, and an index finds them; of the others there may be thousands, and the newest come first by id.
        state = "state" if all(State(one).is_active for one in states) else "+state"
        where.append(f"{state} IN ({', '.join('?' * len(states))})")
    for condition, value in (("owner = ?", owner), ("id < ?", before)):
        if value is not None:
            where.append(condition)
            values.append(value)
    order = f"WHERE {' AND '.join(where)} ORDER BY id DESC LIMIT ?"
    return [_try(row) for row in db.execute(f"{_SELECT} {order}", (*values, limit))]


def select(db: sqlite3.Connection, tail: str, values: Sequence[Any]) -> list[Run | Quarantined]:
    """The rows that `tail` asks for, from WHERE on; one that cannot be read comes as `Quarantined`."""
    return [_try(row) for row in db.execute(f"{_SELECT} {tail}", values)]


def active(db: sqlite3.Connection) -> list[Run | Quarantined]:
    """Queued and running ones, in the order in which they were queued."""
    order = "WHERE state IN ('queued', 'running') AND trashed = 0 ORDER BY queued"
    return [_try(row) for row in db.execute(f"{_SELECT} {order}")]


def one(db: sqlite3.Connection, run: str) -> Run | Quarantined:
    """The run, or why its row cannot be read."""
    row = db.execute(f"{_SELECT} WHERE id = ?", (run,)).fetchone()
    return _try(row) if row is not None else Quarantined(run, f"The record of run {run} is lost.")


def new_id(db: sqlite3.Connection, now: float, table: str = "run") -> str:
    """An id that sorts after all others: milliseconds since 2020 in base 32, after the table's first letter. Inside a transaction."""
    newest = db.execute(f"SELECT max(id) FROM {table}").fetchone()[0]
    number = max(int((now - 1_577_836_800) * 1000), _number(newest) + 1 if newest else 0)
    return table[0] + "".join(_LETTERS[number >> shift & 31] for shift in range(35, -1, -5))


def next_colour(db: sqlite3.Connection) -> int:
    """Colours 0 to 7 in turn."""
    row = db.execute("SELECT colour FROM run ORDER BY id DESC LIMIT 1").fetchone()
    return (row[0] + 1) % 8 if row else 0


def _number(run: str) -> int:
    number = 0
    for letter in run[1:]:
        number = number * 32 + _LETTERS.find(letter)
    return number


def _try(row: sqlite3.Row) -> Run | Quarantined:
    try:
        return _read(row)
    except Damaged as error:
        return Quarantined(row["id"], str(error))


def _read(row: sqlite3.Row) -> Run:
    try:
        if not row["whole"]:
            raise ValueError("its experiment is broken")
        values = {name: row[name] for name in COLUMNS}
        values |= {name: json.loads(values[name]) for name in _JSON} | {name: bool(values[name]) for name in _FLAGS}
        return Run(**values | {"state": State(values["state"]), "tags": tuple(values["tags"])})
    except (ValueError, TypeError) as error:
        raise Damaged(f"The record of run {row['id']} cannot be read: {error}.") from None


def _stored(name: str, value: Any) -> Any:
    if name in _JSON:
        return json.dumps(list(value) if name == "tags" else dict(value), separators=(",", ":"))
    return str(value) if name == "state" else value
