"""What is damaged, and what is in the trash."""

from __future__ import annotations

import sqlite3

from dlcore.store import curves, files, jobs, rows, schema
from dlcore.store.values import Quarantined


def note(db: sqlite3.Connection, item: Quarantined) -> None:
    """Remembers it; what was noted first about the same thing stays."""
    db.execute("INSERT OR IGNORE INTO quarantine VALUES (?, ?, ?, ?)", (item.run, item.file, item.why, item.time))


def noted(db: sqlite3.Connection) -> list[Quarantined]:
    query = "SELECT run, why, file, time FROM quarantine ORDER BY time, run, file"
    return [Quarantined(*row) for row in db.execute(query)]


def unreadable(db: sqlite3.Connection) -> list[Quarantined]:
    """Rows written with broken JSON or without a true state, of which SQLite keeps an index. Others are noticed when they are read."""
    query = f"SELECT id FROM run INDEXED BY run_broken WHERE {schema.BROKEN}"
    found = [rows.one(db, row[0]) for row in db.execute(query).fetchall()]
    return [item for item in found if isinstance(item, Quarantined)]


def in_trash(db: sqlite3.Connection, until: float) -> list[str]:
    """Runs that were put into the trash at or before `until`."""
    query = "SELECT run, max(time) AS put FROM event WHERE kind = 'trashed' AND run IN (SELECT id FROM run WHERE trashed) GROUP BY run"
    return [row["run"] for row in db.execute(query) if row["put"] <= until]


def forget(db: sqlite3.Connection, run: str) -> None:
    """Removes all rows of a run."""
    curves.drop(db, run)
    files.drop_run(db, run)
    jobs.drop_run(db, run)
    for table in ("event", "quarantine"):
        db.execute(f"DELETE FROM {table} WHERE run = ?", (run,))
    db.execute("DELETE FROM command WHERE target = ?", (run,))
    db.execute("DELETE FROM run WHERE id = ?", (run,))
