"""The one SQLite database: connections, transactions, and its troubles as sentences."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from dlcore.errors import Damaged, Unavailable
from dlcore.store import recovery, schema

BUSY_SECONDS = 30.0
_ELSEWHERE = "Choose a folder that you may write with DLCORE_HOME."
TORN = ("malformed", "not a database", "disk image")


class Database:
    """Connections to `path`, used by any number of threads; made when it is not there.

    `read()` and `write()` lend a connection from a pool. A database that SQLite cannot open is moved aside and what can be read of
    it recovered. After a fork the child opens its own connections: SQLite's must not be carried across.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self.path = path
        self._clock = clock
        self._lock = threading.Lock()
        self._pool: list[tuple[tuple[int, int], sqlite3.Connection]] = []
        self._watcher: tuple[tuple[int, int], sqlite3.Connection] | None = None
        self._generation = 0
        self._opened = False
        self.suspect = False  # whether SQLite has complained of a torn page
        self.writable = True
        with self.read():
            pass

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection in one consistent view of the database."""
        with self._lent() as db:
            db.execute("BEGIN")
            try:
                yield db
            finally:
                _leave(db, "COMMIT")

    @contextmanager
    def write(self, full: bool = False) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it or, when anything is raised, nothing. `full` waits until it is on the disk itself."""
        with self._lent() as db:
            if not self.writable:
                raise Unavailable(f"The folder {self.path.parent} can only be read.", _ELSEWHERE)
            if full:
                db.execute("PRAGMA synchronous = FULL")
            try:
                db.execute("BEGIN IMMEDIATE")
                try:
                    yield db
                    db.execute("COMMIT")
                except BaseException:
                    _leave(db, "ROLLBACK")
                    raise
            finally:
                if full:
                    db.execute("PRAGMA synchronous = NORMAL")

    def data_version(self) -> int:
        """A number that changes when any connection of any process has written. Costs microseconds."""
        with self._speaking(), self._lock:
            mark = self._mark()
            if self._watcher is None or self._watcher[0] != mark:
                self._generation += 1
                self._watcher = (mark, self._connect())
            return (self._generation << 32) + int(self._watcher[1].execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        with self._lock:
            for _, db in [*self._pool, *([self._watcher] if self._watcher else [])]:
                db.close()
            self._pool, self._watcher = [], None

    @contextmanager
    def _lent(self) -> Iterator[sqlite3.Connection]:
        with self._speaking():
            mark = self._mark()
            db = self._pooled(mark) or self._connect()
            try:
                yield db
            except sqlite3.DatabaseError:
                with suppress(sqlite3.Error):
                    db.close()
                raise
            except BaseException:
                self._give_back(db)
                raise
            self._give_back(db)

    def _pooled(self, mark: tuple[int, int]) -> sqlite3.Connection | None:
        with self._lock:
            _LEFT_BEHIND.extend(db for made, db in self._pool if made[1] != mark[1])
            self._pool = [(made, db) for made, db in self._pool if made == mark]
            return self._pool.pop()[1] if self._pool else None

    def _give_back(self, db: sqlite3.Connection) -> None:
        with self._lock:
            self._pool.append((self._mark(), db))

    def _mark(self) -> tuple[int, int]:
        """What a connection belongs to: the database file (one that was moved aside is another) and the process."""
        try:
            return os.stat(self.path).st_ino, os.getpid()
        except (FileNotFoundError, NotADirectoryError):
            self._opened = False
            return 0, os.getpid()

    def _connect(self) -> sqlite3.Connection:
        if not self._opened:
            self._prepare()
            self._opened = True
        return self._configured(sqlite3.connect(self._address(), uri=True, **_OPTIONS))

    def _address(self) -> str:
        mode = "mode=rw" if self.writable else "mode=ro" if _has_log(self.path) else "immutable=1"
        return f"{self.path.absolute().as_uri()}?{mode}"

    def _prepare(self) -> None:
        """Makes, migrates or recovers the database before its first use."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Unavailable(f"The folder {self.path.parent} cannot be made: {error.strerror}.", _ELSEWHERE) from None
        self.writable = os.access(self.path.parent, os.W_OK) and (not self.path.exists() or os.access(self.path, os.W_OK))
        if not self.writable and not self.path.exists():
            raise Unavailable(f"The folder {self.path.parent} can only be read.", _ELSEWHERE)
        if not self.writable:
            return self._examine()
        with _alone(self.path.with_suffix(".lock")):
            was_there = self.path.exists()
            if was_there:
                self._examine()
            db = sqlite3.connect(self.path, **_OPTIONS)
            try:
                db.execute("PRAGMA journal_mode = WAL")
                schema.migrate(db, self._clock())
                if not was_there:
                    recovery.say_lost(db, self.path.parent, self._clock())
            finally:
                db.close()

    def _examine(self) -> None:
        """Refuses a newer store; recovers one that SQLite cannot open."""
        db = sqlite3.connect(self._address(), uri=True, **_OPTIONS)
        try:
            schema.refuse_newer(schema.version(db))
            db.execute("SELECT count(*) FROM sqlite_master").fetchone()
            if not self.writable or not (recovery.is_cut(self.path) or (self.suspect and not recovery.is_whole(db))):
                return
        except sqlite3.DatabaseError as error:
            if not is_torn(error) or not self.writable:
                raise
        finally:
            db.close()
        recovery.recover(self.path, self._clock())
        self.suspect = False

    def _configured(self, db: sqlite3.Connection) -> sqlite3.Connection:
        db.row_factory = sqlite3.Row
        if self.writable:
            db.execute("PRAGMA synchronous = NORMAL")
        return db

    @contextmanager
    def _speaking(self) -> Iterator[None]:
        """SQLite's errors as the lab's, with a sentence and a hint."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise self._sentence(error) from error

    def _sentence(self, error: sqlite3.DatabaseError) -> Unavailable | Damaged | sqlite3.DatabaseError:
        text, folder = str(error), self.path.parent
        if is_torn(error):
            self._opened, self.suspect = False, True  # the next use examines it again, and recovers what it can
            self._pool.clear()
            return Damaged(f"The database {self.path} is damaged: {text}.", "What can be read is recovered at the next use.")
        if "full" in text or "disk I/O error" in text:
            return Unavailable(f"The disk that holds {folder} is full or refuses to write ({text}).", "Free some space; nothing was lost.")
        if "readonly" in text or "unable to open" in text:
            return Unavailable(f"The folder {folder} cannot be written ({text}).", _ELSEWHERE)
        if "locked" in text or "busy" in text:
            return Unavailable(f"The database {self.path} was busy for {BUSY_SECONDS:g} seconds.", "Try again in a moment.")
        return error


# Connections that a fork carried into a child: never used there, nor closed, for closing could fold the parent's log.
_LEFT_BEHIND: list[sqlite3.Connection] = []
_OPTIONS: dict[str, Any] = {"timeout": BUSY_SECONDS, "isolation_level": None, "check_same_thread": False, "cached_statements": 256}


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """One process at a time makes, migrates or recovers a database."""
    with lock.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def is_torn(error: sqlite3.Error) -> bool:
    return any(word in str(error) for word in TORN)


def _has_log(path: Path) -> bool:
    log = path.with_name(path.name + "-wal")
    return log.exists() and log.stat().st_size > 0


def _leave(db: sqlite3.Connection, how: str) -> None:
    # After a full disk or a torn page SQLite has rolled back already, and says so when asked again.
    with suppress(sqlite3.Error):
        if db.in_transaction:
            db.execute(how)
