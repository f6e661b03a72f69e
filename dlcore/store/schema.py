"""The tables of the store and how an older store becomes a newer one."""

from __future__ import annotations

import sqlite3

from dlcore.errors import Unavailable

# The tables `event`, `file`, `job`, `command` are the facts. `run`, `curve` and `metric` are folded from `event` in the same
# transaction and can be rebuilt from it. In `run`: `queued` is the log id of the event that put it into the queue, `events` counts
# its events, so that a loss is noticed. In `file`: `counts` is 0 for a checkpoint that no event has adopted yet.
FIRST = (
    "CREATE TABLE migration (version INTEGER PRIMARY KEY, applied REAL NOT NULL)",
    """CREATE TABLE run (
        id TEXT PRIMARY KEY, created REAL NOT NULL, owner TEXT NOT NULL, title TEXT NOT NULL, experiment TEXT NOT NULL,
        state TEXT NOT NULL, attempt INTEGER NOT NULL, seq INTEGER NOT NULL, epoch INTEGER NOT NULL, epochs INTEGER NOT NULL,
        step INTEGER NOT NULL, worker TEXT NOT NULL, worker_class TEXT NOT NULL, started REAL NOT NULL, since REAL NOT NULL,
        ended REAL NOT NULL, seconds REAL NOT NULL, cause TEXT NOT NULL, hint TEXT NOT NULL, exact INTEGER NOT NULL,
        parent TEXT NOT NULL, parent_epoch INTEGER NOT NULL, kind TEXT NOT NULL, colour INTEGER NOT NULL, trashed INTEGER NOT NULL,
        tags TEXT NOT NULL, note TEXT NOT NULL, environment TEXT NOT NULL, metrics TEXT NOT NULL,
        queued INTEGER NOT NULL, events INTEGER NOT NULL)""",
    "CREATE INDEX run_created ON run (created)",
    "CREATE INDEX run_state ON run (state, queued)",
    "CREATE INDEX run_owner ON run (owner, id)",
    """CREATE TABLE event (
        id INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, attempt INTEGER NOT NULL, seq INTEGER NOT NULL, kind TEXT NOT NULL,
        time REAL NOT NULL, body TEXT NOT NULL, data BLOB NOT NULL)""",
    "CREATE INDEX event_run ON event (run, id)",
    "CREATE INDEX event_kind ON event (run, kind, id)",
    """CREATE TABLE curve (
        run TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, chunk INTEGER NOT NULL, data BLOB NOT NULL,
        PRIMARY KEY (run, kind, name, chunk))""",
    """CREATE TABLE metric (
        run TEXT NOT NULL, name TEXT NOT NULL, last REAL, best REAL, best_epoch INTEGER, PRIMARY KEY (run, name))""",
    "CREATE INDEX metric_best ON metric (name, best)",
    "CREATE INDEX metric_last ON metric (name, last)",
    """CREATE TABLE file (
        id TEXT PRIMARY KEY, run TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL, epoch INTEGER NOT NULL, step INTEGER NOT NULL,
        bytes INTEGER NOT NULL, sha256 TEXT NOT NULL, path TEXT NOT NULL, created REAL NOT NULL, counts INTEGER NOT NULL)""",
    "CREATE INDEX file_run ON file (run, role, step)",
    """CREATE TABLE job (
        id TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL, run TEXT NOT NULL, inputs TEXT NOT NULL, files TEXT NOT NULL,
        state TEXT NOT NULL, progress REAL NOT NULL, result TEXT NOT NULL, artefact TEXT NOT NULL, cause TEXT NOT NULL,
        hint TEXT NOT NULL, created REAL NOT NULL, ended REAL NOT NULL)""",
    "CREATE INDEX job_state ON job (state, created)",
    """CREATE TABLE command (
        id INTEGER PRIMARY KEY AUTOINCREMENT, target TEXT NOT NULL, "order" TEXT NOT NULL, body TEXT NOT NULL, created REAL NOT NULL,
        taken REAL)""",
    "CREATE INDEX command_new ON command (id) WHERE taken IS NULL",
    "CREATE TABLE trainer (id INTEGER PRIMARY KEY CHECK (id = 1), status TEXT NOT NULL)",
    "CREATE TABLE quarantine (run TEXT NOT NULL, file TEXT NOT NULL, why TEXT NOT NULL, time REAL NOT NULL, PRIMARY KEY (run, file))",
)
# A claim's newest test, as one JSON object: the runs it asked for and, once they have ended, what came of it.
CLAIMS = ("CREATE TABLE claim (name TEXT PRIMARY KEY, body TEXT NOT NULL, updated REAL NOT NULL)",)
# `search.body` is what a person asked for, `search.oracle` the state of its oracle after the newest answer. `trial.state` is empty until
# it has ended; what its runs do meanwhile is in `run`.
SEARCHES = (
    """CREATE TABLE search (
        id TEXT PRIMARY KEY, created REAL NOT NULL, owner TEXT NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL, state TEXT NOT NULL,
        started REAL NOT NULL, ended REAL NOT NULL, seconds REAL NOT NULL, cause TEXT NOT NULL, hint TEXT NOT NULL,
        frozen TEXT NOT NULL, enqueued TEXT NOT NULL, oracle TEXT NOT NULL)""",
    "CREATE INDEX search_state ON search (state)",
    """CREATE TABLE trial (
        search TEXT NOT NULL, number INTEGER NOT NULL, state TEXT NOT NULL, plan TEXT NOT NULL, runs TEXT NOT NULL, score REAL,
        best_epoch INTEGER NOT NULL, pruned INTEGER NOT NULL, cause TEXT NOT NULL, created REAL NOT NULL, ended REAL NOT NULL,
        told INTEGER NOT NULL, PRIMARY KEY (search, number))""",
    """CREATE TABLE search_event (
        id INTEGER PRIMARY KEY AUTOINCREMENT, search TEXT NOT NULL, kind TEXT NOT NULL, time REAL NOT NULL, body TEXT NOT NULL)""",
    "CREATE INDEX search_event_search ON search_event (search, id)",
    "ALTER TABLE run ADD COLUMN search TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE run ADD COLUMN trial INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE run ADD COLUMN repeat INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX run_search ON run (search, trial) WHERE search != ''",
)
# What is broken in a row of `run`, in SQLite's words: rows that are get into an index of their own, so that nobody reads all others for it.
BROKEN = (
    "(NOT json_valid(experiment) OR NOT json_valid(tags) OR environment NOT LIKE '{%}' OR metrics NOT LIKE '{%}' "
    "OR state NOT IN ('queued', 'running', 'paused', 'done', 'stopped', 'failed'))"
)
# `layout`: how a person likes a page to look, as one text for each page.
EXPLORING = (
    "ALTER TABLE run ADD COLUMN starred INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE run ADD COLUMN archived INTEGER NOT NULL DEFAULT 0",
    f"CREATE INDEX run_broken ON run (id) WHERE {BROKEN}",
    "CREATE TABLE layout (owner TEXT NOT NULL, page TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (owner, page))",
)
# A model under a name: `artefact` is a copy of its weights, or its .keras file; `body` says what it is. One version of a name has a stage.
MODELS = (
    """CREATE TABLE model (
        name TEXT NOT NULL, version INTEGER NOT NULL, stage TEXT NOT NULL, run TEXT NOT NULL, artefact TEXT NOT NULL, body TEXT NOT NULL,
        created REAL NOT NULL, PRIMARY KEY (name, version))""",
)
# One tuple of statements per version: what was written for a version is never edited, only added to.
MIGRATIONS: tuple[tuple[str, ...], ...] = (FIRST, CLAIMS, SEARCHES, EXPLORING, MODELS)


def version(db: sqlite3.Connection) -> int:
    """The schema's version; 0 for an empty database."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def refuse_newer(found: int) -> None:
    """Raises `Unavailable` for a version that this lab does not know."""
    if found > len(MIGRATIONS):
        raise Unavailable(
            f"This store was written by a newer version of the lab (schema {found}; this one reads up to {len(MIGRATIONS)}). "
            "Nothing was touched.",
            "Update the lab, or choose another folder with DLCORE_HOME.",
        )


def migrate(db: sqlite3.Connection, now: float) -> None:
    """Brings the database to the newest version; each step and its record are one transaction."""
    for number, statements in enumerate(MIGRATIONS, start=1):
        if version(db) >= number:
            continue
        db.execute("BEGIN IMMEDIATE")
        try:
            if version(db) < number:  # another process may have been faster
                for statement in statements:
                    db.execute(statement)
                db.execute("INSERT INTO migration VALUES (?, ?)", (number, now))
                db.execute(f"PRAGMA user_version = {number}")
            db.execute("COMMIT")
        except BaseException:
            db.execute("ROLLBACK")
            raise
