"""A run: its states, the moves between them, the events it is folded from."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from dlcore.errors import Refused


class State(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"

    @property
    def is_finished(self) -> bool:
        return not NEXT[self] or self in (State.STOPPED, State.FAILED)

    @property
    def is_active(self) -> bool:
        """Whether the trainer has work to do for it."""
        return self in (State.QUEUED, State.RUNNING)


# RUNNING → QUEUED is a lost worker; STOPPED and FAILED → QUEUED is a person's retry; DONE never changes.
NEXT: dict[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.RUNNING, State.PAUSED, State.STOPPED, State.FAILED}),
    State.RUNNING: frozenset({State.QUEUED, State.PAUSED, State.DONE, State.STOPPED, State.FAILED}),
    State.PAUSED: frozenset({State.QUEUED, State.STOPPED}),
    State.STOPPED: frozenset({State.QUEUED}),
    State.FAILED: frozenset({State.QUEUED}),
    State.DONE: frozenset(),
}

# What each kind of event does to the state. Kinds not named here leave it as it is.
MOVES: dict[str, State] = {
    "submitted": State.QUEUED,
    "started": State.RUNNING,
    "requeued": State.QUEUED,
    "paused": State.PAUSED,
    "resumed": State.QUEUED,
    "retried": State.QUEUED,
    "stopped": State.STOPPED,
    "failed": State.FAILED,
    "done": State.DONE,
}


@dataclass(frozen=True)
class Event:
    """A fact about a run.

    attempt: which try of the run it belongs to, from 1 (0: before the first). seq: the worker's count within the attempt, from 1;
    0 for events that the trainer or a person adds. body: plain JSON. data: float32 little-endian, for "steps", "epochs", "probe".

    Kinds and bodies:
      submitted  experiment (JSON text), owner, title, parent, colour, kind of run, worker_class
      started    worker, worker_class ("wide" or "narrow"), environment, step (0, or where it goes on)
      progress   fraction, text: how far the download of a data set is
      program    seconds, reused, jit
      steps      names, first; data (count, len(names)): one row per optimizer step, the first is step number `first`, from 0
      epochs     names, first; data (count, len(names)): one row per epoch, the first is epoch number `first`, from 1
      probe      names, step; data (len(names),)
      checkpoint artefact, role ("latest", "final", "kept"), epoch, step, bytes
      view       artefact, role ("view"), epoch, step, bytes: what the net looks like (dlcore/views.py)
      changed    field, value, step, epoch
      log        text
      paused, resumed, retried   step
      stopped    step, epoch
      requeued   cause
      inexact    epoch, metric, was, now
      failed     cause, hint, trace
      done       metrics
      recomputed of ("steps" or "epochs"), first, count: rows that a resumed attempt computed again, bitwise equal
      named      title, tags, note: what a person wrote; starred, archived: how it is to be found; only what changed
      trashed, restored

    "steps" and "epochs" whose body says `inherited` are a branch's copies of its parent's curves (seq 0, attempt 0).
    """

    run: str
    attempt: int
    seq: int
    kind: str
    time: float
    body: Mapping[str, Any] = field(default_factory=dict)
    data: bytes = b""

    def body_json(self) -> str:
        return json.dumps(dict(self.body), separators=(",", ":"))


@dataclass(frozen=True)
class Run:
    """What a run's events add up to (its curves and artefacts are kept apart). Row of the store's table `run`.

    search, trial, repeat: the search it belongs to, the number of its trial (from 1) and which of that trial's runs it is (from 0).
    started, ended: of the whole run; since: when its newest attempt started. seconds: spent running, over all attempts.
    epoch, step: how many are recorded; epochs: how many were asked for.
    """

    id: str
    created: float
    owner: str = ""
    title: str = ""
    experiment: str = "{}"
    state: State = State.QUEUED
    attempt: int = 0
    seq: int = 0
    epoch: int = 0
    epochs: int = 0
    step: int = 0
    worker: str = ""
    worker_class: str = "wide"
    started: float = 0.0
    since: float = 0.0
    ended: float = 0.0
    seconds: float = 0.0
    cause: str = ""
    hint: str = ""
    exact: bool = True
    parent: str = ""
    parent_epoch: int = 0
    kind: str = "interactive"
    colour: int = 0
    trashed: bool = False
    tags: tuple[str, ...] = ()
    note: str = ""
    environment: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    search: str = ""
    trial: int = 0
    repeat: int = 0
    starred: bool = False
    archived: bool = False


def move(run: Run, state: State) -> State:
    """The new state, or `Refused` when the table does not allow the move."""
    if state not in NEXT[run.state]:
        allowed = ", ".join(sorted(NEXT[run.state])) or "nothing: it is finished"
        raise Refused(f"Run {run.id} is {run.state} and cannot become {state}.", f"From {run.state} it can become {allowed}.")
    return state


def is_stale(run: Run, event: Event) -> bool:
    """Whether a worker's event comes from an attempt that the run has left behind, or has been folded already."""
    return event.seq > 0 and (run.state is not State.RUNNING or event.attempt != run.attempt or event.seq <= run.seq)


def fold(run: Run, event: Event) -> Run:
    """The run after the event. Raises `Refused` for an illegal move; callers drop stale events first (`is_stale`)."""
    body = event.body
    changes: dict[str, Any] = {"seq": event.seq} if event.seq else {}
    if event.kind in MOVES and event.kind != "submitted":
        changes["state"] = move(run, MOVES[event.kind])
    if event.kind in ("steps", "epochs", "probe") and run.state is not State.RUNNING and not body.get("inherited"):
        raise Refused(f"Run {run.id} is {run.state} and takes no new {event.kind}.")
    match event.kind:
        case "started":
            changes |= {
                "attempt": event.attempt, "seq": 0, "worker": body["worker"], "worker_class": body["worker_class"],
                "environment": body.get("environment", run.environment), "started": run.started or event.time, "since": event.time,
                "cause": "", "hint": "",
            }  # fmt: skip
        case "program":
            changes["environment"] = {**run.environment, "jit": body["jit"]}
        case "steps":
            changes["step"] = max(run.step, body["first"] + _rows(event))
        case "epochs":
            changes["epoch"] = max(run.epoch, body["first"] + _rows(event) - 1)
        case "resumed" | "retried":
            changes |= {"cause": "", "hint": ""}
        case "failed":
            changes |= {"cause": body["cause"], "hint": body.get("hint", "")}
        case "requeued":
            changes["cause"] = body["cause"]
        case "inexact":
            changes["exact"] = False
        case "done":
            changes["metrics"] = body["metrics"]
        case "named":
            changes |= {key: body[key] for key in ("title", "note", "starred", "archived") if key in body}
            changes |= {"tags": tuple(body["tags"])} if "tags" in body else {}
        case "trashed" | "restored":
            changes["trashed"] = event.kind == "trashed"
    if "state" in changes:
        changes |= _at_a_move(run, changes["state"], event.time)
    return replace(run, **changes)


def _at_a_move(run: Run, state: State, time: float) -> dict[str, Any]:
    """What changes with every move: the time spent running, the worker, the end."""
    changes: dict[str, Any] = {"ended": time if state.is_finished else 0.0}
    if run.state is State.RUNNING:
        changes |= {"seconds": run.seconds + max(0.0, time - run.since), "worker": ""}
    return changes


def epoch_rows(event: Event) -> Iterator[dict[str, Any]]:
    """One dict per epoch in an "epochs" event, {"epoch": 1, "loss": …}; the values are the recorded float32, exactly."""
    names = event.body["names"]
    for offset, row in enumerate(struct.iter_unpack(f"<{len(names)}f", event.data)):
        yield {"epoch": event.body["first"] + offset, **dict(zip(names, row, strict=True))}


def _rows(event: Event) -> int:
    return len(event.data) // (4 * max(1, len(event.body["names"])))
