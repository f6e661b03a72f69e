"""The tables `search`, `trial` and `search_event`: what was asked for, what is tried, what happened. Each function is one transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dlcore.errors import Damaged, Refused
from dlcore.experiment import Experiment
from dlcore.run import Event, Run, State
from dlcore.store import branches, curves, files, log, rows
from dlcore.store import search_rows as table
from dlcore.store.store import Store, mended
from dlcore.studies.search import Search, SearchEvent, Study, Trial


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
        number = rows.new_id(db, now, "search")
        values = (number, now, owner, title, search.to_json(), str(State.QUEUED), 0.0, 0.0, 0.0, "", "", "{}", "[]", "")
        db.execute(f"INSERT INTO search VALUES ({', '.join('?' * len(values))})", values)
        table.note(db, SearchEvent(number, "submitted", now))
    return number


@mended
def load(store: Store, search: str) -> Study:
    """`NotFound`, or `Damaged` when what was asked for cannot be read."""
    with store._database.read() as db:
        return table.read_study(table.find_row(db, search))


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
                found.append(table.read_study(row))
            except Damaged:
                continue
    return found


@mended
def unfinished(store: Store) -> list[str]:
    """Ids of searches for which the trainer has something to do: those under way, and those with trials that have not ended."""
    query = "SELECT id FROM search WHERE state IN ('queued', 'running') UNION SELECT DISTINCT search FROM trial WHERE state = ''"
    with store._database.read() as db:
        return [row[0] for row in db.execute(query)]


@mended
def trials(store: Store, search: str) -> list[Trial]:
    """In the order of their numbers; the state of one that has not ended is that of its runs."""
    with store._database.read() as db:
        return table.load_trials(db, search)


@mended
def runs(store: Store, search: str, *, chosen: Sequence[str] | None = None) -> dict[str, Run]:
    """The runs of the search by id, or only those chosen; damaged ones are left out."""
    found: list[Any] = []
    with store._database.read() as db:
        if chosen is None:
            found = rows.select(db, "WHERE search = ? ORDER BY trial, repeat", (search,))
        for first in range(0, len(chosen or ()), 500):
            some = list(chosen or ())[first : first + 500]
            found += rows.select(db, f"WHERE id IN ({', '.join('?' * len(some))})", some)
    return {run.id: run for run in found if isinstance(run, Run)}


@mended
def events(store: Store, search: str, after: int = 0) -> list[tuple[int, SearchEvent]]:
    """(log id, event), oldest first; after: the log id seen last."""
    with store._database.read() as db:
        query = "SELECT * FROM search_event WHERE search = ? AND id > ? ORDER BY id"
        found = db.execute(query, (search, after)).fetchall()
    return [(row["id"], SearchEvent(search, row["kind"], row["time"], table.json_object(row["body"]))) for row in found]


@mended
def oracle_state(store: Store, search: str) -> dict[str, Any]:
    """The state of the oracle after its newest answer; empty before the first, or when it cannot be read."""
    with store._database.read() as db:
        return table.json_object(table.find_row(db, search)["oracle"])


@mended
def curves_of(store: Store, chosen: Sequence[str], name: str) -> dict[str, curves.Curve]:
    """One curve by epoch of many runs, by run; float32, value i is epoch i + 1. Runs that have recorded none are left out."""
    with store._database.read() as db:
        found = {run: curves.load(db, run, "epochs", name).get(name) for run in chosen}
    return {run: curve for run, curve in found.items() if curve is not None}


@mended
def change(
    store: Store,
    number: str,
    kind: str,
    body: Mapping[str, Any] | None = None,
    *,
    only_from: Collection[State] | None = None,
    **changes: Any,
) -> None:
    """Changes the search (state, cause, hint, search, frozen, enqueued, title) and notes why. `Refused` when it has left `only_from`."""
    with store._database.write(full=True) as db:
        study = table.read_study(table.find_row(db, number))
        if only_from is not None and study.state not in only_from:
            raise Refused(f"Search {number} is {study.state} and cannot be {kind}.", "Look at it again.")
        table.save_study(db, replace(study, **changes), store._clock())
        table.note(db, SearchEvent(number, kind, store._clock(), body or {}))


@mended
def record(
    store: Store, number: str, *, asked: Sequence[Asked] = (), changed: Sequence[Trial] = (), oracle: Mapping[str, Any] | None = None,
    events: Sequence[tuple[str, Mapping[str, Any]]] = (), seconds: float = 0.0, taken: int = 0, only_from: Collection[State] | None = None,
    **changes: Any,
) -> list[Trial]:  # fmt: skip
    """What the trainer has to write down, all of it or nothing: new trials with their runs, changed trials, the oracle's state, events.

    seconds: time spent since the last record. taken: how many of the enqueued values have become trials. Returns the new trials with
    their runs. Other changes are of the search itself.
    """
    with store._database.write(full=bool(changed)) as db:
        now, study = store._clock(), table.read_study(table.find_row(db, number))
        if only_from is not None and study.state not in only_from:
            raise Refused(f"Search {number} has become {study.state} meanwhile.")
        made = [_begin(db, store, study, own, now) for own in asked]
        for trial in changed:
            table.save_trial(db, trial)
        changes |= {"enqueued": study.enqueued[taken:]} if taken else {}
        table.save_study(db, replace(study, seconds=study.seconds + seconds, **changes), now)
        if oracle is not None:
            db.execute("UPDATE search SET oracle = ? WHERE id = ?", (json.dumps(oracle), number))
        for kind, body in events:
            table.note(db, SearchEvent(number, kind, now, body))
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
    table.save_trial(db, trial)
    return trial
