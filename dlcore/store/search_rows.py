"""Rows of the tables `search`, `trial` and `search_event` as values. What cannot be read of a row never hides the others."""

from __future__ import annotations

import json
import math
import sqlite3
from functools import lru_cache
from typing import Any

from dlcore.errors import Damaged, Invalid, NotFound
from dlcore.run import State
from dlcore.studies.search import Search, SearchEvent, Study, Trial

_PLAN = ("values", "epochs", "bracket", "rung", "parent", "origin", "oracle_id")
_ENDED = ("done", "stopped", "failed")


def load_trials(db: sqlite3.Connection, search: str) -> list[Trial]:
    active: dict[int, set[str]] = {}
    query = "SELECT trial, state FROM run WHERE search = ? AND state IN ('running', 'paused')"
    for row in db.execute(query, (search,)):
        active.setdefault(row["trial"], set()).add(row["state"])
    found = []
    for row in db.execute("SELECT * FROM trial WHERE search = ? ORDER BY number", (search,)):
        states = active.get(row["number"], set())
        now = State.RUNNING if "running" in states else State.PAUSED if states else State.QUEUED
        found.append(read_trial(row, State(row["state"]) if row["state"] in _ENDED else now))
    return found


def read_trial(row: sqlite3.Row, state: State) -> Trial:
    known = {name: row[name] for name in ("search", "number", "best_epoch", "cause", "created", "ended")}
    plan, made = json_object(row["plan"]), json_list(row["runs"])
    if "values" not in plan:
        return Trial(**known | {"values": {}, "state": State.FAILED, "cause": "The record of this trial is damaged.", "told": True})
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in plan.pop("values").items()}
    score = None if row["score"] is None or not math.isfinite(row["score"]) else row["score"]
    flags = {"pruned": bool(row["pruned"]), "told": bool(row["told"])}
    return Trial(**known | plan | flags, values=values, state=state, runs=tuple(map(str, made)), score=score)


def save_trial(db: sqlite3.Connection, trial: Trial) -> None:
    plan = json.dumps({name: getattr(trial, name) if name != "values" else dict(trial.values) for name in _PLAN})
    state = str(trial.state) if trial.is_ended else ""
    values = (
        trial.search, trial.number, state, plan, json.dumps(trial.runs), trial.score, trial.best_epoch, trial.pruned, trial.cause,
        trial.created, trial.ended, trial.told,
    )  # fmt: skip
    db.execute(f"INSERT OR REPLACE INTO trial VALUES ({', '.join('?' * len(values))})", values)


def find_row(db: sqlite3.Connection, search: str) -> sqlite3.Row:
    row = db.execute("SELECT * FROM search WHERE id = ?", (search,)).fetchone()
    if row is None:
        raise NotFound(f"There is no search called {search!r}.", "List the searches to see which there are.")
    return row


def read_study(row: sqlite3.Row) -> Study:
    names = ("id", "created", "owner", "title", "started", "ended", "seconds", "cause", "hint")
    try:
        asked, state = read_search(row["body"]), State(row["state"])
    except (Invalid, ValueError, TypeError) as error:
        raise Damaged(
            f"The record of search {row['id']} cannot be read: {error}.", "Its trials are ordinary runs and are still there."
        ) from None
    known = {name: row[name] for name in names}
    return Study(**known, search=asked, state=state, frozen=json_object(row["frozen"]), enqueued=tuple(json_list(row["enqueued"])))


@lru_cache(64)
def read_search(text: str) -> Search:
    return Search.from_json(text)


def save_study(db: sqlite3.Connection, study: Study, now: float) -> None:
    started = study.started or (now if study.state is State.RUNNING else 0.0)
    ended = (study.ended or now) if str(study.state) in _ENDED else 0.0
    frozen, enqueued = json.dumps(dict(study.frozen)), json.dumps([dict(values) for values in study.enqueued])
    values = {
        "title": study.title, "body": study.search.to_json(), "state": str(study.state), "started": started, "ended": ended,
        "seconds": study.seconds, "cause": study.cause, "hint": study.hint, "frozen": frozen, "enqueued": enqueued,
    }  # fmt: skip
    db.execute(f"UPDATE search SET {', '.join(f'{name} = ?' for name in values)} WHERE id = ?", (*values.values(), study.id))


def note(db: sqlite3.Connection, event: SearchEvent) -> None:
    values = (event.search, event.kind, event.time, json.dumps(dict(event.body)))
    db.execute("INSERT INTO search_event (search, kind, time, body) VALUES (?, ?, ?, ?)", values)


def json_object(text: str) -> dict[str, Any]:
    try:
        body = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def json_list(text: str) -> list[Any]:
    try:
        body = json.loads(text or "[]")
    except (ValueError, RecursionError):
        return []
    return body if isinstance(body, list) else []
