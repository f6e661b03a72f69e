"""What people ask of the trainer, and what the trainer says about itself."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from dlcore.store.values import Command

# A command that a former trainer took is open while the run still is in the attempt that it was meant for, and has not obeyed.
_OPEN = """
    SELECT command.* FROM command JOIN run ON run.id = command.target
    WHERE taken IS NOT NULL AND run.state = 'running' AND command.created >= run.since AND NOT EXISTS (
        SELECT 1 FROM event WHERE event.run = run.id AND kind = 'changed' AND event.time >= command.created
        AND command."order" = 'change' AND json_extract(event.body, '$.field') = json_extract(command.body, '$.field'))
    ORDER BY command.id"""


def add(db: sqlite3.Connection, target: str, order: str, body: Mapping[str, Any], now: float) -> None:
    values = (target, order, json.dumps(dict(body)), now)
    db.execute('INSERT INTO command (target, "order", body, created) VALUES (?, ?, ?, ?)', values)


def waiting(db: sqlite3.Connection) -> bool:
    return db.execute("SELECT 1 FROM command WHERE taken IS NULL LIMIT 1").fetchone() is not None


def take(db: sqlite3.Connection, again: bool, now: float) -> list[Command]:
    """New commands in their order, marked as taken; with `again` before them those that were taken and not carried out."""
    found = db.execute(_OPEN).fetchall() if again else []
    found += db.execute("SELECT * FROM command WHERE taken IS NULL ORDER BY id").fetchall()
    db.execute("UPDATE command SET taken = ? WHERE taken IS NULL", (now,))
    return [Command(row["id"], row["target"], row["order"], json.loads(row["body"]), row["created"]) for row in found]


def report(db: sqlite3.Connection, status: Mapping[str, Any]) -> None:
    db.execute("INSERT OR REPLACE INTO trainer VALUES (1, ?)", (json.dumps(dict(status)),))


def status(db: sqlite3.Connection) -> dict[str, Any] | None:
    row = db.execute("SELECT status FROM trainer").fetchone()
    return json.loads(row[0]) if row else None
