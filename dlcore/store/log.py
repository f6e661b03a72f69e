"""The event log, and what is folded from it in the same transaction: the run's row, its curves, its metrics."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dlcore.errors import Damaged, NotFound, Refused
from dlcore.experiment import Experiment
from dlcore.run import Event, Run, State, fold, is_stale
from dlcore.store import curves, files, rows

QUEUES = ("submitted", "requeued", "resumed", "retried")
_INSERT = "INSERT INTO event (run, attempt, seq, kind, time, body, data) VALUES (?, ?, ?, ?, ?, ?, ?)"


@dataclass
class _Open:
    """A run while events are folded into it."""

    run: Run
    queued: int
    events: int


def append(db: sqlite3.Connection, events: Iterable[Event], only_from: Collection[State] | None = None) -> tuple[list[Event], list[str]]:
    """Adds events, in order; returns those kept (stale ones and rows known already left out) and the paths of files not needed any more.

    Raises `NotFound`, `Damaged`, and `Refused` for a move that the table forbids or a run that has left the states `only_from`.
    """
    opened: dict[str, _Open] = {}
    kept: list[Event] = []
    unneeded: list[str] = []
    for event in events:
        own = opened.get(event.run)
        if own is None:
            own = opened[event.run] = _Open(*rows.load(db, event.run))
            if only_from is not None and own.run.state not in only_from:
                raise Refused(f"Run {event.run} has become {own.run.state} meanwhile.", "Look at it again.")
        if is_stale(own.run, event):
            continue
        if event.kind in ("checkpoint", "view", "started"):
            unneeded += files.adopt(db, event)
        kept += _add(db, own, event)
    for own in opened.values():
        rows.save(db, own.run, own.queued, own.events)
    return kept, unneeded


def submit(db: sqlite3.Connection, run: Run, event: Event) -> None:
    """A new run's row and its first event."""
    rows.save(db, run, _write(db, event), 1)


def read(db: sqlite3.Connection, run: str, after: int = 0, kinds: Collection[str] | None = None) -> list[tuple[int, Event]]:
    """Events with their log ids, oldest first; `Damaged` when one cannot be read."""
    where, values = "", []
    if kinds is not None:
        where, values = f"AND kind IN ({', '.join('?' * len(kinds))})", list(kinds)
    query = f"SELECT * FROM event WHERE run = ? AND id > ? {where} ORDER BY id"
    return [(row["id"], _event(row)) for row in db.execute(query, (run, after, *values))]


def probes(db: sqlite3.Connection, run: str, first: int = 0) -> dict[str, curves.Curve]:
    """What monitors measured, by name, beside "step"; in the order of the steps, the newest measurement of a step; NaN where one lacks."""
    measured = {}
    for _, event in read(db, run, 0, ("probe",)):
        measured[event.body["step"]] = dict(zip(event.body["names"], curves.values(event)[0], strict=True))
    steps = sorted(measured)[first:]
    names = sorted({name for step in steps for name in measured[step]})
    table = {name: np.array([measured[step].get(name, math.nan) for step in steps], dtype=np.float32) for name in names}
    return {"step": np.array(steps, dtype=np.float32)} | table


def rebuild(db: sqlite3.Connection, run: str) -> None:
    """Makes the run's row, curves and metrics anew from its events."""
    events = read(db, run)
    if not events:
        raise NotFound(f"There is no run called {run!r}.")
    if events[0][1].kind != "submitted":
        raise Damaged(f"The first event of run {run} is lost, so its record cannot be made again.")
    curves.drop(db, run)
    own = _Open(first_row(events[0][1]), events[0][0], len(events))
    for number, event in events[1:]:
        own.run = fold(own.run, event)
        own.queued = number if event.kind in QUEUES[2:] else own.queued
        if event.kind in ("steps", "epochs"):
            fold_curve(db, event)
    rows.save(db, own.run, own.queued, own.events)


def submission(experiment: Experiment, kind: str) -> dict[str, Any]:
    """What the experiment itself says in a "submitted" event; search trials train on one core each, many at a time."""
    worker_class = "wide" if kind == "interactive" else "narrow"
    return {"experiment": experiment.to_json(), "kind": kind, "epochs": experiment.epochs, "worker_class": worker_class}


def first_row(event: Event) -> Run:
    """The run after its "submitted" event."""
    body = event.body
    own = ("experiment", "owner", "title", "kind", "colour", "epochs", "worker_class")
    names = (*own, "parent", "parent_epoch", "search", "trial", "repeat")
    return Run(id=event.run, created=event.time, **{name: body[name] for name in names if name in body})


def _add(db: sqlite3.Connection, own: _Open, event: Event) -> list[Event]:
    own.run = fold(own.run, event)
    if event.kind not in ("steps", "epochs"):
        number = _note(db, own, event)
        own.queued = number if event.kind in QUEUES[2:] else own.queued
        return [event]
    fresh = fold_curve(db, event)
    count = len(curves.values(event))
    if count and fresh.skip == count:
        same = replace(event, kind="recomputed", body={"of": event.kind, "first": event.body["first"], "count": count}, data=b"")
        _note(db, own, same)
        return [same]
    trimmed = _without(event, fresh.skip)
    _note(db, own, trimmed)
    return [trimmed, *_inexact(db, own, event, fresh.differs)]


def fold_curve(db: sqlite3.Connection, event: Event) -> curves.Fresh:
    fresh = curves.add(db, event)
    count = len(curves.values(event))
    if event.kind == "epochs" and fresh.skip < count:
        curves.add_metrics(db, _without(event, fresh.skip), changed=bool(fresh.differs))
    return fresh


def _inexact(db: sqlite3.Connection, own: _Open, event: Event, differs: Sequence[tuple[int, str, float, float]]) -> list[Event]:
    """One event for each epoch that came out otherwise; for steps one in all, and only the run's first."""
    if event.kind == "steps":
        differs = differs[:1] if own.run.exact else ()
    added = []
    for row, name, was, now in differs:
        place = {"epoch" if event.kind == "epochs" else "step": event.body["first"] + row}
        body: Mapping[str, Any] = {**place, "metric": name, "was": was, "now": now}
        added.append(Event(event.run, event.attempt, 0, "inexact", event.time, body))
        own.run = fold(own.run, added[-1])
        _note(db, own, added[-1])
    return added


def _without(event: Event, skip: int) -> Event:
    """The event without its first `skip` rows."""
    if not skip:
        return event
    width = 4 * max(1, len(event.body["names"]))
    return replace(event, body={**event.body, "first": event.body["first"] + skip}, data=event.data[skip * width :])


def _note(db: sqlite3.Connection, own: _Open, event: Event) -> int:
    own.events += 1
    return _write(db, event)


def _write(db: sqlite3.Connection, event: Event) -> int:
    row = (event.run, event.attempt, event.seq, event.kind, event.time, event.body_json(), event.data)
    return int(db.execute(_INSERT, row).lastrowid or 0)


def _event(row: sqlite3.Row) -> Event:
    try:
        return Event(row["run"], row["attempt"], row["seq"], row["kind"], row["time"], json.loads(row["body"]), bytes(row["data"]))
    except (ValueError, TypeError) as error:
        raise Damaged(f"Event {row['id']} of run {row['run']} cannot be read: {error}.") from None
