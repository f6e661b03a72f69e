"""The table `claim`: the newest test of each claim, with the runs that are its evidence."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from dlcore.store.store import Store, mended

# A run that was changed while it trained, or that went on from another's checkpoint, is not the experiment that its row names.
_SAME = """SELECT id, experiment FROM run WHERE experiment IN ({marks}) AND trashed = 0 AND parent = '' AND exact = 1
    AND state IN ('queued', 'running', 'paused', 'done'{failed}) AND NOT EXISTS (
        SELECT 1 FROM event WHERE event.run = run.id AND event.kind = 'changed')
    {narrow} ORDER BY state = 'done', state != 'failed', id"""


@mended
def save(store: Store, name: str, body: Mapping[str, Any]) -> None:
    """Keeps the newest test of the claim called `name`; JSON, infinite numbers included."""
    with store._database.write() as db:
        db.execute("INSERT OR REPLACE INTO claim VALUES (?, ?, ?)", (name, json.dumps(dict(body)), store._clock()))


@mended
def load(store: Store) -> dict[str, dict[str, Any]]:
    """The newest test of every claim that was ever tested, by name. One whose row cannot be read is left out: it can be tested again."""
    with store._database.read() as db:
        return {row["name"]: body for row in db.execute("SELECT name, body FROM claim") if (body := _object(row)) is not None}


@mended
def trained(store: Store, experiments: Sequence[str], narrow: bool, failed: bool = False) -> dict[str, str]:
    """experiment (as JSON text) → the id of a run of just this experiment that is done or on its way; done ones first.

    narrow: only runs on one core each, for what is measured in seconds. failed: where there is no other, also one that failed.
    """
    found: dict[str, str] = {}
    with store._database.read() as db:
        for first in range(0, len(experiments), 500):
            asked = list(experiments[first : first + 500])
            condition = "AND worker_class = 'narrow'" if narrow else ""
            query = _SAME.format(marks=", ".join("?" * len(asked)), narrow=condition, failed=", 'failed'" if failed else "")
            found |= {row["experiment"]: row["id"] for row in db.execute(query, asked)}
    return found


@mended
def ends(store: Store, runs: Sequence[str]) -> dict[str, tuple[str, str, float]]:
    """run → (state, cause, seconds spent training); a run that is gone for good is left out."""
    found: dict[str, tuple[str, str, float]] = {}
    with store._database.read() as db:
        for first in range(0, len(runs), 500):
            asked = list(runs[first : first + 500])
            query = f"SELECT id, state, cause, seconds FROM run WHERE id IN ({', '.join('?' * len(asked))})"
            found |= {row["id"]: (row["state"], row["cause"], row["seconds"]) for row in db.execute(query, asked)}
    return found


def _object(row: sqlite3.Row) -> dict[str, Any] | None:
    try:
        body = json.loads(row["body"])
    except ValueError:
        return None
    return body if isinstance(body, dict) else None
