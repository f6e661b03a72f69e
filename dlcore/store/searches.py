"""The tables `search`, `trial` and `search_event`: what was asked for, what is tried, what happened. Each function is one transaction."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from dlcore.errors import Damaged, Invalid, NotFound, Refused
from dlcore.experiment import Experiment
from dlcore.run import Event, Run, State
from dlcore.search import Search, SearchEvent, Study, Trial
from dlcore.store import branches, curves, files, log, rows
from dlcore.store.store import Store, mended

_PLAN = ("values", "epochs", "bracket", "rung", "parent", "origin", "oracle_id")
_ENDED = ("done", "stopped", "failed")


@dataclass(frozen=True)
class Asked:
    """A trial to be trained: what its runs train, and for one that goes on from another's checkpoint where from.

    sources: for each run the id of the artefact (with the epoch it was made at in `parent_epoch`), or "" to begin anew.
    """

    trial: Trial
    experiments: Sequence[Experiment] = ()
    sources: Sequence[str] = ()


@mended
def submit(store: Store, search: Search, *, owner: str = "", title: str = "") -> str:
    """A new queued search's id."""
    with store._database.write(full=True) as db:
        now = store._clock()
        values = (
            rows.new_id(db, now, "search"),
            now,
            owner,
            title,
            search.to_json(),
            str(State.QUEUED),
            0.0,
            0.0,
            0.0,
            "",
            "",
            "{}",
            "[]",
            "",
        )
        db.execute(f"INSERT INTO search VALUES ({', '.join('?' * len(values))})", values)
        _note(db, SearchEvent(values[0], "submitted", now))
    return values[0]


@mended
def load(store: Store, search: str) -> Study:
    """`NotFound`, or `Damaged` when what was asked for cannot be read."""
    with store._database.read() as db:
        return _study(_row(db, search))


@mended
def find(store: Store, *, states: Collection[State] | None = None, owner: str | None = None, limit: int = 100) -> list[Study]:
    """Newest first; one whose record cannot be read is left out."""
    where, given = [], [str(state) for state in states or ()]
    if states is not None:
        where.append(f"state IN ({', '.join('?' * len(given))})")
    if owner is not None:
        where.append("owner = ?")
        given.append(owner)
    condition = f"WHERE {' AND '.join(where)}" if where else ""
    found = []
    with store._database.read() as db:
        for row in db.execute(f"SELECT * FROM search {condition} ORDER BY id DESC LIMIT ?", (*given, limit)):
            try:
                found.append(_study(row))
            except Damaged:
                continue
    return found


@mended
def trials(store: Store, search: str) -> list[Trial]:
    """In the order of their numbers; the state of one that has not ended is that of its runs."""
    with store._database.read() as db:
        return _trials(db, search)


@mended
def runs(store: Store, search: str) -> dict[str, Run]:
    """All runs of the search by id; damaged ones are left out."""
    with store._database.read() as db:
        found = rows.select(db, "WHERE search = ? ORDER BY trial, repeat", (search,))
    return {run.id: run for run in found if isinstance(run, Run)}


@mended
def events(store: Store, search: str, after: int = 0) -> list[tuple[int, SearchEvent]]:
    """(log id, event), oldest first; after: the log id seen last."""
    with store._database.read() as db:
        query = "SELECT * FROM search_event WHERE search = ? AND id > ? ORDER BY id"
        return [
            (row["id"], SearchEvent(search, row["kind"], row["time"], _object(row["body"]))) for row in db.execute(query, (search, after))
        ]


@mended
def oracle_state(store: Store, search: str) -> dict[str, Any]:
    """The state of the oracle after its newest answer; empty before the first, or when it cannot be read."""
    with store._database.read() as db:
        return _object(_row(db, search)["oracle"])


@mended
def curves_of(store: Store, chosen: Sequence[str], name: str) -> dict[str, curves.Curve]:
    """One curve by epoch of many runs, by run; float32, value i is epoch i + 1. Runs that have recorded none are left out."""
    with store._database.read() as db:
        found = {run: curves.load(db, run, "epochs", name).get(name) for run in chosen}
    return {run: curve for run, curve in found.items() if curve is not None}


@mended
def change(
    store: Store,
    search: str,
    kind: str,
    body: Mapping[str, Any] | None = None,
    *,
    only_from: Collection[State] | None = None,
    **changes: Any,
) -> None:
    """Changes the search (state, cause, hint, search, frozen, enqueued, title) and notes why. `Refused` when it has left `only_from`."""
    with store._database.write(full=True) as db:
        study = _study(_row(db, search))
        if only_from is not None and study.state not in only_from:
            raise Refused(f"Search {search} is {study.state} and cannot be {kind}.", "Look at it again.")
        _write(db, replace(study, **changes), store._clock())
        _note(db, SearchEvent(search, kind, store._clock(), body or {}))


@mended
def record(
    store: Store, search: str, *, asked: Sequence[Asked] = (), ended: Sequence[Trial] = (), oracle: Mapping[str, Any] | None = None,
    events: Sequence[tuple[str, Mapping[str, Any]]] = (), seconds: float = 0.0, taken: int = 0, only_from: Collection[State] | None = None,
    **changes: Any,
) -> list[Trial]:  # fmt: skip
    """What the trainer has to write down, all of it or nothing: new trials with their runs, trials that ended, the oracle's state, events.

    seconds: time spent since the last record. taken: how many of the enqueued values have become trials. Returns the new trials with
    their runs. Other changes are of the search itself.
    """
    with store._database.write(full=bool(ended)) as db:
        now, study = store._clock(), _study(_row(db, search))
        if only_from is not None and study.state not in only_from:
            raise Refused(f"Search {search} has become {study.state} meanwhile.")
        made = [_begin(db, store, study, own, now) for own in asked]
        for trial in ended:
            _save(db, trial)
        changes |= {"enqueued": study.enqueued[taken:]} if taken else {}
        _write(db, replace(study, seconds=study.seconds + seconds, **changes), now)
        if oracle is not None:
            db.execute("UPDATE search SET oracle = ? WHERE id = ?", (json.dumps(oracle), search))
        for kind, body in events:
            _note(db, SearchEvent(search, kind, now, body))
    return made


@mended
def drop_files(store: Store, chosen: Sequence[str], roles: Collection[str]) -> None:
    """Removes the files of these roles of some runs."""
    marks = ", ".join("?" * len(roles))
    with store._database.write() as db:
        paths = []
        for run in chosen:
            paths += files._remove(db, f"run = ? AND role IN ({marks})", (run, *roles))
    files.erase(store.home, paths)


def _begin(db: sqlite3.Connection, store: Store, study: Study, asked: Asked, now: float) -> Trial:
    """Writes a new trial and queues its runs."""
    trial = asked.trial
    made = []
    for repeat, experiment in enumerate(asked.experiments):
        artefact = asked.sources[repeat] if repeat < len(asked.sources) else ""
        source = files.find(db, artefact) if artefact else None
        body = log.submission(experiment, "trial") | {
            "owner": study.owner, "title": "", "colour": (trial.number - 1) % 8, "parent": source.run if source else "",
            "parent_epoch": source.epoch if source else 0, "search": study.id, "trial": trial.number, "repeat": repeat,
        }  # fmt: skip
        event = Event(rows.new_id(db, now), 0, 0, "submitted", now, body)
        log.submit(db, log.first_row(event), event)
        if source is not None:
            copy = files.write(store.home, event.run, source.name, files.read(store.home, source), "latest", source.epoch, source.step, now)
            branches.inherit(db, event.run, source, copy, now)
        made.append(event.run)
    trial = replace(trial, runs=tuple(made), created=now)
    _save(db, trial)
    return trial


def _trials(db: sqlite3.Connection, search: str) -> list[Trial]:
    active: dict[int, set[str]] = {}
    query = "SELECT trial, state FROM run WHERE search = ? AND state IN ('running', 'paused')"
    for row in db.execute(query, (search,)):
        active.setdefault(row["trial"], set()).add(row["state"])
    found = []
    for row in db.execute("SELECT * FROM trial WHERE search = ? ORDER BY number", (search,)):
        states = active.get(row["number"], set())
        now = State.RUNNING if "running" in states else State.PAUSED if states else State.QUEUED
        found.append(_trial(row, State(row["state"]) if row["state"] in _ENDED else now))
    return found


def _trial(row: sqlite3.Row, state: State) -> Trial:
    known = {name: row[name] for name in ("search", "number", "best_epoch", "cause", "created", "ended")}
    plan, made = _object(row["plan"]), _list(row["runs"])
    if "values" not in plan:
        return Trial(**known | {"values": {}, "state": State.FAILED, "cause": "The record of this trial is damaged.", "told": True})
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in plan.pop("values").items()}
    score = None if row["score"] is None or not math.isfinite(row["score"]) else row["score"]
    flags = {"pruned": bool(row["pruned"]), "told": bool(row["told"])}
    return Trial(**known | plan | flags, values=values, state=state, runs=tuple(map(str, made)), score=score)


def _save(db: sqlite3.Connection, trial: Trial) -> None:
    plan = json.dumps({name: getattr(trial, name) if name != "values" else dict(trial.values) for name in _PLAN})
    state = str(trial.state) if trial.is_ended else ""
    values = (
        trial.search, trial.number, state, plan, json.dumps(trial.runs), trial.score, trial.best_epoch, trial.pruned, trial.cause,
        trial.created, trial.ended, trial.told,
    )  # fmt: skip
    db.execute(f"INSERT OR REPLACE INTO trial VALUES ({', '.join('?' * len(values))})", values)


def _row(db: sqlite3.Connection, search: str) -> sqlite3.Row:
    row = db.execute("SELECT * FROM search WHERE id = ?", (search,)).fetchone()
    if row is None:
        raise NotFound(f"There is no search called {search!r}.", "List the searches to see which there are.")
    return row


def _study(row: sqlite3.Row) -> Study:
    names = ("id", "created", "owner", "title", "started", "ended", "seconds", "cause", "hint")
    try:
        asked, state = _search(row["body"]), State(row["state"])
    except (Invalid, ValueError, TypeError) as error:
        raise Damaged(
            f"The record of search {row['id']} cannot be read: {error}.", "Its trials are ordinary runs and are still there."
        ) from None
    known = {name: row[name] for name in names}
    return Study(**known, search=asked, state=state, frozen=_object(row["frozen"]), enqueued=tuple(_list(row["enqueued"])))


@lru_cache(64)
def _search(text: str) -> Search:
    return Search.from_json(text)


def _write(db: sqlite3.Connection, study: Study, now: float) -> None:
    started = study.started or (now if study.state is State.RUNNING else 0.0)
    ended = (study.ended or now) if str(study.state) in _ENDED else 0.0
    frozen, enqueued = json.dumps(dict(study.frozen)), json.dumps([dict(values) for values in study.enqueued])
    values = {
        "title": study.title, "body": study.search.to_json(), "state": str(study.state), "started": started, "ended": ended,
        "seconds": study.seconds, "cause": study.cause, "hint": study.hint, "frozen": frozen, "enqueued": enqueued,
    }  # fmt: skip
    db.execute(f"UPDATE search SET {', '.join(f'{name} = ?' for name in values)} WHERE id = ?", (*values.values(), study.id))


def _note(db: sqlite3.Connection, event: SearchEvent) -> None:
    values = (event.search, event.kind, event.time, json.dumps(dict(event.body)))
    db.execute("INSERT INTO search_event (search, kind, time, body) VALUES (?, ?, ?, ?)", values)


def _object(text: str) -> dict[str, Any]:
    try:
        body = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _list(text: str) -> list[Any]:
    try:
        body = json.loads(text or "[]")
    except (ValueError, RecursionError):
        return []
    return body if isinstance(body, list) else []
