"""Artefacts: written beside, renamed into place, checked by SHA-256 when read."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import uuid
from contextlib import suppress
from dataclasses import astuple, fields
from pathlib import Path

from dlcore.errors import Damaged, NotFound, Unavailable
from dlcore.run import Event
from dlcore.store.values import Artefact

ADOPTED = ("latest", "final", "kept", "view")  # these count once their event is in the log
REPLACED = ("latest", "final", "view")
_COLUMNS = ", ".join(own.name for own in fields(Artefact))
# A job that waits for a checkpoint keeps it from being removed.
_WANTED = "EXISTS (SELECT 1 FROM job WHERE job.state IN ('queued', 'running') AND instr(job.files, file.id))"


def write(home: Path, run: str, name: str, data: bytes, role: str, epoch: int, step: int, now: float) -> Artefact:
    """Puts the bytes on the disk, whole or not at all. `Unavailable` when the disk refuses."""
    number = uuid.uuid4().hex[:16]
    safe = "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in name)[-80:]
    path = Path("files") / (run or "jobs") / f"{number}-{safe}"
    try:
        _land(home / path, data)
    except OSError as error:
        raise Unavailable(
            f"The file {name} could not be written to {home}: {error.strerror or error}.", "Free some space; nothing was lost."
        ) from error
    return Artefact(number, run, name, role, epoch, step, len(data), hashlib.sha256(data).hexdigest(), str(path), now)


def read(home: Path, artefact: Artefact) -> bytes:
    """The bytes; `Damaged` when they are not those that were written."""
    try:
        data = (home / artefact.path).read_bytes()
    except OSError as error:
        raise Damaged(f"The file {artefact.name} of run {artefact.run} cannot be read: {error.strerror}.") from None
    if len(data) != artefact.bytes:
        raise Damaged(f"The file {artefact.name} of run {artefact.run} is damaged: {len(data)} of its {artefact.bytes} bytes are there.")
    if hashlib.sha256(data).hexdigest() != artefact.sha256:
        raise Damaged(f"The file {artefact.name} of run {artefact.run} is damaged: its checksum is wrong.")
    return data


def insert(db: sqlite3.Connection, artefact: Artefact, counts: bool) -> None:
    db.execute(f"INSERT INTO file VALUES ({', '.join('?' * 11)})", (*astuple(artefact), counts))


def find(db: sqlite3.Connection, artefact: str) -> Artefact:
    row = db.execute(f"SELECT {_COLUMNS} FROM file WHERE id = ?", (artefact,)).fetchone()
    if row is None:
        raise NotFound(f"There is no file {artefact!r} in the store.")
    return Artefact(*row)


def of_run(db: sqlite3.Connection, run: str, role: str | None = None) -> list[Artefact]:
    """The files that count, in the order of their steps."""
    where, given = ("AND role = ?", (role,)) if role is not None else ("AND role != 'superseded'", ())
    query = f"SELECT {_COLUMNS} FROM file WHERE run = ? AND counts {where} ORDER BY step, created, id"
    return [Artefact(*row) for row in db.execute(query, (run, *given))]


def adopt(db: sqlite3.Connection, event: Event) -> list[str]:
    """Folds a "checkpoint", "view" or "started" event into the files; returns the paths of those that are not needed any more."""
    if event.kind == "started":
        return _remove(db, "run = ? AND NOT counts", (event.run,))
    key = event.body.get("artefact", "")
    query = "SELECT id, role FROM file WHERE run = ? AND (id = ? OR name = ?) ORDER BY counts, created DESC, id DESC LIMIT 1"
    row = db.execute(query, (event.run, key, key)).fetchone()
    if row is None:
        return []
    db.execute("UPDATE file SET counts = 1 WHERE id = ?", (row["id"],))
    if row["role"] in REPLACED:
        older = (event.run, row["role"], row["id"])
        db.execute("UPDATE file SET role = 'superseded' WHERE run = ? AND role = ? AND counts AND id != ?", older)
    return _remove(db, f"run = ? AND role = 'superseded' AND NOT {_WANTED}", (event.run,))


def drop(db: sqlite3.Connection, artefact: str) -> list[str]:
    return _remove(db, "id = ?", (artefact,))


def drop_run(db: sqlite3.Connection, run: str) -> list[str]:
    return _remove(db, "run = ?", (run,))


def erase(home: Path, paths: list[str]) -> None:
    """Removes files whose rows are gone already; called after the transaction, so that a crash leaves too much, never too little."""
    for path in paths:
        with suppress(OSError):
            (home / path).unlink()


def erase_folder(home: Path, run: str) -> None:
    shutil.rmtree(home / "files" / run, ignore_errors=True)


def _remove(db: sqlite3.Connection, where: str, values: tuple[str, ...]) -> list[str]:
    return [row[0] for row in db.execute(f"DELETE FROM file WHERE {where} RETURNING path", values).fetchall()]


def _land(path: Path, data: bytes) -> None:
    """Writes a file beside `path` and renames it, both on the disk before this returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name("." + path.name + ".part")
    try:
        part.write_bytes(data)
        _sync(part)
        os.replace(part, path)
        _sync(path.parent)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
