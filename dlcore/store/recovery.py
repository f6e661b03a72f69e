"""A database that SQLite cannot open: what can still be read of it goes into a new one, the old one is kept beside.

The facts are read row by row, past pages that are lost; runs, curves and metrics are folded again from the events that are left.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from dlcore.errors import LabError
from dlcore.forecast import show_bytes
from dlcore.run import Event, Run
from dlcore.store import files, log, quarantine, rows, schema
from dlcore.store.values import Artefact, Quarantined

FACTS = ("event", "run", "file", "job", "command", "quarantine", "search", "trial", "search_event", "claim", "layout", "model")
STRETCH = 2000
PROBES = 20_000
_PARTS = ("", "-wal", "-shm")


def recover(path: Path, now: float) -> Path:
    """Puts a readable database in the place of a damaged one; returns where the damaged one is kept."""
    fresh, torn = path.with_name(path.name + ".recovering"), path.with_name(path.name + ".torn")
    _clear(fresh, torn)
    _copy_whole_pages(path, torn)
    aside = path.with_name(f"{path.stem}.damaged-{datetime.fromtimestamp(now, UTC):%Y%m%d-%H%M%S-%f}{path.suffix}")
    with closing(sqlite3.connect(fresh, isolation_level=None)) as new:
        new.row_factory = sqlite3.Row
        schema.migrate(new, now)
        new.execute("BEGIN")
        with closing(sqlite3.connect(torn)) as old:
            for table in FACTS:
                _carry_over(old, new, table)
        _mend_all(new, path.parent, now)
        _say(new, path, aside, now)
        new.execute("COMMIT")
    os.link(path, aside)
    with suppress(FileNotFoundError):
        os.replace(f"{path}-wal", f"{aside}-wal")  # beside a new database it would be taken for its own
    Path(f"{path}-shm").unlink(missing_ok=True)
    os.replace(fresh, path)
    _clear(fresh, torn)
    return aside


def is_whole(db: sqlite3.Connection) -> bool:
    """Whether SQLite finds all pages in order; reads all of the database."""
    return db.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"


def is_cut(path: Path) -> bool:
    """Whether the file ends within a page, or is empty although there were runs. SQLite would read zeros there, and not complain."""
    with path.open("rb") as file:
        head = file.read(18)
    if not head:
        return bool(_folders(path.parent))
    return len(head) == 18 and path.stat().st_size % _page_size(head) != 0


def _page_size(head: bytes) -> int:
    size = int.from_bytes(head[16:18])
    return 65_536 if size == 1 else size if size >= 512 else 4096


def _copy_whole_pages(path: Path, torn: Path) -> None:
    shutil.copyfile(path, torn)
    with suppress(FileNotFoundError):
        shutil.copyfile(f"{path}-wal", f"{torn}-wal")
    with torn.open("r+b") as file:
        page = _page_size(file.read(18))
        file.truncate(torn.stat().st_size // page * page)


def _clear(*paths: Path) -> None:
    for path in paths:
        for part in _PARTS:
            Path(f"{path}{part}").unlink(missing_ok=True)


def _carry_over(old: sqlite3.Connection, new: sqlite3.Connection, table: str) -> None:
    with suppress(sqlite3.DatabaseError):
        # Without this SQLite refuses a file that is shorter than its header says.
        old.execute("PRAGMA writable_schema = ON")
        columns = [row[1] for row in old.execute(f"PRAGMA table_info({table})")]
        if not columns:
            return
        names = ", ".join(f'"{name}"' for name in columns)
        insert = f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))})"
        for row in _readable(old, table, names):
            with suppress(sqlite3.DatabaseError):
                new.execute(insert, row)


def _readable(db: sqlite3.Connection, table: str, names: str) -> Iterator[tuple[object, ...]]:
    """The rows that can be read: a stretch of row ids that fails is halved until what is lost is left out.

    In a large table a unit of ids is given up when it can be read at neither end: pages are lost in long stretches, and asking for
    each of a million lost rows would take minutes.
    """
    last = _last(db, table)
    unit = max(1, last // PROBES)
    todo = [(first, min(first + STRETCH - 1, last)) for first in range(1, last + 1, STRETCH)]
    while todo:
        low, high = todo.pop()
        found = _rows(db, table, names, low, high)
        if found is not None:
            yield from found
        elif low < high and (high - low >= unit or any(_rows(db, table, names, end, end) is not None for end in (low, high))):
            middle = (low + high) // 2
            todo += [(low, middle), (middle + 1, high)]


def _rows(db: sqlite3.Connection, table: str, names: str, low: int, high: int) -> list[tuple[object, ...]] | None:
    """The rows with these ids; None when one of them cannot be read."""
    try:
        return db.execute(f"SELECT {names} FROM {table} NOT INDEXED WHERE rowid BETWEEN ? AND ?", (low, high)).fetchall()
    except sqlite3.DatabaseError:
        return None


def _last(db: sqlite3.Connection, table: str) -> int:
    """No row id of the table is above this."""
    try:
        return int(db.execute(f"SELECT coalesce(max(rowid), 0) FROM {table} NOT INDEXED").fetchone()[0])
    except sqlite3.DatabaseError:
        pass
    try:  # no table holds more rows than four for each event
        return 4 * int(db.execute("SELECT max(seq) FROM sqlite_sequence").fetchone()[0])
    except (sqlite3.DatabaseError, TypeError):  # a row and its indices take 100 bytes or more
        return int(db.execute("PRAGMA page_count").fetchone()[0]) * 41


def _mend_all(db: sqlite3.Connection, home: Path, now: float) -> None:
    runs = [row[0] for row in db.execute("SELECT id FROM run UNION SELECT run FROM event ORDER BY 1")]
    for run in runs:
        _mend(db, run, now)
        _find_files(db, home, run, now)


def _mend(db: sqlite3.Connection, run: str, now: float) -> None:
    """Folds the run again; where events are lost, keeps its row and what is left of its curves, and says so."""
    there = db.execute("SELECT count(*) FROM event WHERE run = ?", (run,)).fetchone()[0]
    row = rows.one(db, run)
    expected = rows.load(db, run)[2] if isinstance(row, Run) else None
    if expected is None or there == expected:
        try:
            log.rebuild(db, run)
            if expected is None:
                _note(db, run, f"The record of run {run} was made again from {there} events; the newest may be lost.", now)
            return
        except (LabError, KeyError):
            pass
    if not isinstance(row, Run) or expected is None:
        db.execute("DELETE FROM run WHERE id = ?", (run,))
        _note(db, run, f"Run {run} could not be recovered: {there} of its events are left.", now)
        return
    _keep_remains(db, row, there, now)
    _note(db, run, f"{expected - there} of the {expected} events of run {run} are lost; the others were recovered.", now)


def _keep_remains(db: sqlite3.Connection, run: Run, events: int, now: float) -> None:
    """Curves from the events that are left. A run that would go on fails instead: what it would go on from may be lost."""
    with suppress(LabError):
        for _, event in log.read(db, run.id, 0, ("steps", "epochs")):
            log.fold_curve(db, event)
    rows.save(db, run, rows.load(db, run.id)[1], events)
    if run.state.is_active:
        cause = "Part of its record was lost when the database was damaged."
        body = {"cause": cause, "hint": "Retry it from its last checkpoint.", "trace": ""}
        log.append(db, [Event(run.id, run.attempt, 0, "failed", now, body)])


def _find_files(db: sqlite3.Connection, home: Path, run: str, now: float) -> None:
    """Files whose rows are lost, known again by the events that name them."""
    with suppress(LabError):
        for _, event in log.read(db, run, 0, ("checkpoint", "view")):
            number = str(event.body.get("artefact", ""))
            known = db.execute("SELECT 1 FROM file WHERE id = ?", (number,)).fetchone()
            for path in [] if known or not number else sorted((home / "files" / run).glob(f"{number}-*")):
                data, body = path.read_bytes(), event.body
                made = Artefact(
                    number, run, path.name[len(number) + 1 :], body["role"], body["epoch"], body["step"], len(data),
                    hashlib.sha256(data).hexdigest(), str(path.relative_to(home)), event.time,
                )  # fmt: skip
                files.insert(db, made, counts=True)


def _say(db: sqlite3.Connection, path: Path, aside: Path, now: float) -> None:
    count = db.execute("SELECT count(*) FROM run").fetchone()[0]
    why = f"The database {path} could not be opened. It is kept as {aside}; what could be read of it, {count} runs, was recovered."
    _note(db, "", f"{why} {_orphans(db, path.parent)}".strip(), now, aside.name)


def say_lost(db: sqlite3.Connection, home: Path, now: float) -> None:
    """Notes, in a new database, the files of runs that a former one knew."""
    if why := _orphans(db, home):
        _note(db, "", f"The database {home / 'lab.sqlite3'} was gone. {why}", now)


def _orphans(db: sqlite3.Connection, home: Path) -> str:
    """A sentence about the files of runs that are in no record; they stay where they are."""
    known = {row[0] for row in db.execute("SELECT id FROM run")}
    orphans = [folder for folder in _folders(home) if folder not in known]
    if not orphans:
        return ""
    size = sum(file.stat().st_size for folder in orphans for file in (home / "files" / folder).rglob("*") if file.is_file())
    named = f"{', '.join(orphans[:5])}{', …' if len(orphans) > 5 else ''}"
    return f"The records of {len(orphans)} runs are lost ({named}); their files ({show_bytes(size)}) are still in {home / 'files'}."


def _folders(home: Path) -> list[str]:
    """The runs that have left files."""
    with suppress(OSError):
        return sorted(folder.name for folder in (home / "files").iterdir() if folder.is_dir() and folder.name != "jobs")
    return []


def _note(db: sqlite3.Connection, run: str, why: str, now: float, file: str = "") -> None:
    quarantine.note(db, Quarantined(run, why, file, now))
